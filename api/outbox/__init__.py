"""What waits to be sent, what was sent, and what didn't arrive."""
