"""Turns what the engine put in the outbox into messages."""
