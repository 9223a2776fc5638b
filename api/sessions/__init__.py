"""Sessions, and who asks."""
