"""Letters that the authority prints itself."""
