"""Tables of how long records are kept, what holds them, and proof of their destruction."""
