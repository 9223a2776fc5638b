"""Work on many instances at once, in slices."""
