"""Cases, their limits and their history."""
