"""Numbers for managers: what the past says of what still runs."""
