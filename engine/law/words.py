"""Days and numbers as people write them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
_NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
_ORDINALS = (
    "",
    "first",
    "second",
    "third",
    "fourth",
    "fifth",
    "sixth",
    "seventh",
    "eighth",
    "ninth",
    "tenth",
)
_UNITS = {"working_days": "working days", "tribunal_working_days": "tribunal working days"}


def in_words(day: date) -> str:
    """A day as in *Monday 2 November 2026*."""
    return f"{_WEEKDAYS[day.weekday()]} {without_weekday(day)}"


def without_weekday(day: date) -> str:
    """A day as in *2 November 2026*."""
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


def month_name(month: int) -> str:
    """The name of a month, 1 to 12."""
    return _MONTHS[month - 1]


def month_number(name: str) -> int | None:
    """The number of a month by its name, or None."""
    return _MONTHS.index(name) + 1 if name in _MONTHS else None


def counted(number: int, unit: str) -> str:
    """A length as in *six weeks*, *one month*, *15 working days*."""
    name = _UNITS.get(unit, unit)
    return f"{number_in_words(number)} {name.removesuffix('s') if number == 1 else name}"


def number_in_words(number: int) -> str:
    """A number as a word up to ten, in figures above."""
    return _NUMBERS[number] if 0 <= number < len(_NUMBERS) else str(number)


def ordinal(number: int) -> str:
    """A place in a row, as in *third* or *15th*."""
    if 0 < number < len(_ORDINALS):
        return _ORDINALS[number]
    last_two = number % 100
    ending = "th" if 10 <= last_two <= 20 else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"


def joined(items: Sequence[str], last: str = "and") -> str:
    """Items as in *one, two and three*."""
    if len(items) < 2:
        return "".join(items)
    return f"{', '.join(items[:-1])} {last} {items[-1]}"


def sentence(text: str) -> str:
    """Text with a capital at its beginning."""
    return text[:1].upper() + text[1:]
