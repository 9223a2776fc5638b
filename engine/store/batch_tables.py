"""Tables of work on many instances at once, and how far it has come."""
