"""Tables of what was brought in from another system, so that it is brought in once."""
