"""What may follow a dot after a temporal value or a range."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from engine.feel.temporal import Date, DateAndTime, DaysAndTime, Time, YearsAndMonths
from engine.feel.temporal.zones import NANOS
from engine.feel.values import Range

Property = Callable[[Any], Any]


def _offset(moment: Time | DateAndTime) -> DaysAndTime | None:
    return None if moment.offset is None else DaysAndTime(moment.offset * NANOS)


_CLOCK: dict[str, Property] = {
    "hour": lambda moment: moment.nanos // NANOS // 3_600,
    "minute": lambda moment: moment.nanos // NANOS // 60 % 60,
    "second": lambda moment: moment.nanos // NANOS % 60,
    "time offset": _offset,
    "timezone": lambda moment: moment.zone,
}
_BY_CLASS: dict[type, dict[str, Property]] = {
    Date: {
        "year": lambda day: day.year,
        "month": lambda day: day.month,
        "day": lambda day: day.day,
        "weekday": lambda day: day.weekday,
    },
    Time: _CLOCK,
    DateAndTime: {
        "year": lambda moment: moment.date.year,
        "month": lambda moment: moment.date.month,
        "day": lambda moment: moment.date.day,
        "weekday": lambda moment: moment.date.weekday,
        "date": lambda moment: moment.date,
        "time": lambda moment: moment.time,
    }
    | _CLOCK,
    DaysAndTime: {
        "days": lambda length: length.parts()[0],
        "hours": lambda length: length.parts()[1],
        "minutes": lambda length: length.parts()[2],
        "seconds": lambda length: length.parts()[3],
    },
    YearsAndMonths: {
        "years": lambda length: length.parts()[0],
        "months": lambda length: length.parts()[1],
    },
    Range: {
        "start": lambda interval: interval.start,
        "end": lambda interval: interval.end,
        "start included": lambda interval: interval.low_closed,
        "end included": lambda interval: interval.high_closed,
    },
}
PROPERTIES: dict[tuple[type, str], Property] = {
    (kind, name): read for kind, properties in _BY_CLASS.items() for name, read in properties.items()
}
"""Functions by class and name; ints they answer become numbers."""

NAMES = frozenset(name for _, name in PROPERTIES)
"""All property names, for the parser: ``time offset`` has a space."""
