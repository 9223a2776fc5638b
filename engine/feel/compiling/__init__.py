"""Tree to closures: one function for each kind of node."""
