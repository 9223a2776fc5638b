"""The organisations that work with an authority, and their teams."""
