"""User tasks and their forms."""
