"""Who is told of events by HTTP, and what became of each message."""
