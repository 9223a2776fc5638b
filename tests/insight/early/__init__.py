"""Numbers for managers."""
