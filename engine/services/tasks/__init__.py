"""User tasks: listed, given out, worked on together, and completed."""
