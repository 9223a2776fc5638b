"""Who is told of events by HTTP."""
