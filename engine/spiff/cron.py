"""Repeating times written as cron expressions, such as ``0 0 6 * * MON-FRI``: in London, at six on weekdays.

Six fields: second, minute, hour, day of the month, month, day of the week. A field is ``*``, a number, a
range ``1-5``, a step ``*/15`` or a list of these; months and days may be named. A day must fit both fields.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

from engine.clock import LONDON

_MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
_DAYS = ("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT")
_FIELDS: tuple[tuple[str, int, int, tuple[str, ...]], ...] = (
    ("second", 0, 59, ()),
    ("minute", 0, 59, ()),
    ("hour", 0, 23, ()),
    ("day of the month", 1, 31, ()),
    ("month", 1, 12, ("", *_MONTHS)),
    ("day of the week", 0, 7, _DAYS),
)
_SHORT = {
    "@yearly": "0 0 0 1 1 *",
    "@annually": "0 0 0 1 1 *",
    "@monthly": "0 0 0 1 * *",
    "@weekly": "0 0 0 * * 0",
    "@daily": "0 0 0 * * *",
    "@midnight": "0 0 0 * * *",
    "@hourly": "0 0 * * * *",
}
_FARTHEST = 366 * 9


@dataclass(frozen=True)
class Cron:
    """The values that each field allows, in order."""

    seconds: tuple[int, ...]
    minutes: tuple[int, ...]
    hours: tuple[int, ...]
    days: frozenset[int]
    months: frozenset[int]
    weekdays: frozenset[int]

    def after(self, instant: datetime) -> datetime:
        """The first time after an instant, in UTC.

        Raises:
            OverflowError: if there is none within eight years, such as on 31 June.
        """
        day = instant.astimezone(LONDON).date()
        for _ in range(_FARTHEST):
            if day.day in self.days and day.month in self.months and day.isoweekday() % 7 in self.weekdays:
                for moment in (
                    datetime.combine(day, clock, LONDON).astimezone(UTC) for clock in self._clocks()
                ):
                    if moment > instant:
                        return moment
            day += timedelta(days=1)
        raise OverflowError("The cron expression names no day that comes.")

    def _clocks(self) -> list[time]:
        return [time(h, m, s) for h in self.hours for m in self.minutes for s in self.seconds]


def looks_like_cron(text: str) -> bool:
    """Whether a text is meant as a cron expression."""
    return text.strip() in _SHORT or (text[:1] in set("0123456789*") and len(text.split()) == len(_FIELDS))


def parse_cron(text: str) -> Cron:
    """Read a cron expression.

    Raises:
        ValueError: if a field cannot be read, or none is left to happen.
    """
    fields = _SHORT.get(text.strip(), text).split()
    if len(fields) != len(_FIELDS):
        raise ValueError(f"'{text}' is not a cron expression of six fields, such as 0 0 6 * * MON-FRI.")
    values = [_values(field, *bounds) for field, bounds in zip(fields, _FIELDS, strict=True)]
    seconds, minutes, hours = (tuple(sorted(each)) for each in values[:3])
    weekdays = frozenset(day % 7 for day in values[5])
    return Cron(seconds, minutes, hours, frozenset(values[3]), frozenset(values[4]), weekdays)


def _values(field: str, what: str, low: int, high: int, names: tuple[str, ...]) -> set[int]:
    found: set[int] = set()
    for part in field.split(","):
        span, _, step = part.partition("/")
        first, _, last = span.partition("-")
        if span in ("*", "?"):
            begin, end = low, high
        else:
            begin = _number(first, what, names)
            end = _number(last, what, names) if last else (high if step else begin)
        width = _number(step, what, ()) if step else 1
        if not low <= begin <= end <= high or width < 1:
            raise ValueError(f"'{part}' is no {what}; it goes from {low} to {high}.")
        found |= set(range(begin, end + 1, width))
    return found


def _number(text: str, what: str, names: tuple[str, ...]) -> int:
    if text.upper() in names and text:
        return names.index(text.upper())
    if not text.isdecimal():
        raise ValueError(f"'{text}' is no {what} in a cron expression.")
    return int(text)
