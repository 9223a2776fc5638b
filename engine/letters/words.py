"""Dates as people read them."""

from __future__ import annotations

from datetime import date

_MONTHS = (
    "January February March April May June July August September October November December".split()  # noqa: SIM905 -- quoted one by one they read worse
)


def in_words(day: date) -> str:
    """A day as a letter writes it, whatever the machine's language: 2 November 2026."""
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"
