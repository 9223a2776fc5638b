"""Signing in: passwords, second factors, invitations, systems."""
