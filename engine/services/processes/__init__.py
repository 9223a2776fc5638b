"""Processes as their owners know them: deployed, watched, controlled, and carried to other versions."""
