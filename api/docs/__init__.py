"""Pages for people: what this is, and the operations in plain words."""
