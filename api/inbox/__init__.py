"""Messages as their reader finds them in the application."""
