"""Consents of families, over HTTP."""
