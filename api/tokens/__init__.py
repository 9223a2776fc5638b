"""Personal tokens."""
