"""Lengths as they are written in the data file: *6 weeks*, *3 to 6 months*, *31 March*, *immediate*."""

from __future__ import annotations

import re
from calendar import monthrange
from typing import Final

from engine.law.rules import Length, Unit
from engine.law.words import month_number

FORM: Final = (
    "Write it as in '6 weeks', '3 to 6 months', '15 working days', '10 tribunal working days', '31 March', "
    "'the date', 'immediate', 'as soon as practicable', 'reasonable notice', 'as regulation 44' or 'none'."
)
"""The forms a length takes."""

_UNITS: Final[dict[str, Unit]] = {
    "day": "days",
    "week": "weeks",
    "month": "months",
    "working day": "working_days",
    "tribunal working day": "tribunal_working_days",
}
_PHRASES: Final[dict[str, Unit]] = {
    "the date": "date",
    "immediate": "immediate",
    "as soon as practicable": "asap",
    "reasonable notice": "reasonable_notice",
    "as regulation 44": "as_reg44",
    "none": "none",
}
_COUNTED = re.compile(r"(?:([1-9]\d*) to )?([1-9]\d*) ((?:tribunal )?working day|day|week|month)s?")
_DATED = re.compile(r"([1-9]\d?) ([A-Z][a-z]+)")


def read_length(text: object) -> Length | None:
    """The length that a text means, or None if it has none of the forms."""
    if not isinstance(text, str):
        return None
    if text in _PHRASES:
        return Length(_PHRASES[text], text=text)
    if match := _COUNTED.fullmatch(text):
        return _counted(match, text)
    if match := _DATED.fullmatch(text):
        return _dated(match, text)
    return None


def _counted(match: re.Match[str], text: str) -> Length | None:
    earliest = int(match[1]) if match[1] else None
    number = int(match[2])
    if earliest is not None and earliest >= number:
        return None
    return Length(_UNITS[match[3]], number, earliest, text=text)


def _dated(match: re.Match[str], text: str) -> Length | None:
    month, day = month_number(match[2]), int(match[1])
    # A year without leap day decides: 29 February isn't a date of every year.
    if month is None or day > monthrange(2027, month)[1]:
        return None
    return Length("date", month=month, day=day, text=text)
