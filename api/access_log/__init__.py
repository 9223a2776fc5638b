"""Who has opened what, over HTTP."""
