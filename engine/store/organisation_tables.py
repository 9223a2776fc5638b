"""Tables of what an authority keeps of the organisations around it beyond their names."""
