"""People as members of organisations."""
