"""The documents of cases, and the files that they lie in."""
