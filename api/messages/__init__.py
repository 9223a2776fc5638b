"""Messages to running processes."""
