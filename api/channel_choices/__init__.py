"""By which way people want to be told."""
