"""Bank holidays and their corrections."""
