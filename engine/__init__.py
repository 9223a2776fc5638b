"""The engine: time, law, expressions, the workflow adapter, the store and the services."""
