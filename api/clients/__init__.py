"""Systems that sign in by themselves."""
