"""Lateness that reached a manager."""
