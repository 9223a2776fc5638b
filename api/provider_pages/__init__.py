"""The way to an OpenID provider and back, for browsers."""
