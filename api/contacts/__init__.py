"""What an authority tells of itself in letters."""
