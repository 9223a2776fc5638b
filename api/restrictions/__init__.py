"""Restricted cases, over HTTP."""
