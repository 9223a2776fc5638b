"""Tables of what people keep on tasks and escalations: comments, drafts, contributions, saved filters."""
