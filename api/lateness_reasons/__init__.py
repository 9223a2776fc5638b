"""Coded reasons for lateness."""
