"""The engine's services in the field's own words; each change goes the one way through (`step`)."""
