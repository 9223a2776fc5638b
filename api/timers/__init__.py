"""Timers: what is due when, what is late, and moving what the law does not."""
