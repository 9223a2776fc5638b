"""Tables of what process owners and administrators did to running instances."""
