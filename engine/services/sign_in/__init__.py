"""Letting people and systems in: passwords, second factors, providers, sessions and tokens."""
