"""What was begun elsewhere and is brought in: cases, plans, and the register of settings."""
