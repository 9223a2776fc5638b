"""How long records are kept, and their destruction."""
