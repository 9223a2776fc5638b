"""Agreements between authorities, over HTTP."""
