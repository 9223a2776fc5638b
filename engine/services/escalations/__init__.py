"""Lateness that reaches a manager: its threads, its coded reasons, its figures."""
