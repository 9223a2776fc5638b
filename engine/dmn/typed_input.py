"""Values from JSON as their declared types want them: text becomes a date, time or duration."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from engine.dmn.types import AllowedValues
from engine.feel.inward import taken_in
from engine.feel.temporal import (
    Date,
    DateAndTime,
    Time,
    read_date,
    read_date_and_time,
    read_duration,
    read_time,
)
from engine.feel.types import (
    DATE,
    DATE_AND_TIME,
    DAYS_AND_TIME,
    TIME,
    YEARS_AND_MONTHS,
    ContextType,
    ListType,
    Type,
)
from engine.feel.values import Value


def _moment(text: str) -> DateAndTime | Date | None:
    return read_date_and_time(text) or read_date(text)


_READERS: dict[Type, Callable[[str], Any]] = {
    DATE: read_date,
    TIME: read_time,
    DATE_AND_TIME: _moment,
    DAYS_AND_TIME: read_duration,
    YEARS_AND_MONTHS: read_duration,
}


def typed_input(value: Any, wanted: Type, today: Callable[[], Date]) -> Value:
    """The FEEL value of a caller's value, with text read as the temporal type that is wanted.

    Text that can't be read stays text; whether it fits is decided by coercion.

    Raises:
        TypeError, ValueError, ArithmeticError: for a value that has no meaning in FEEL.
    """
    return _typed(taken_in(value, today), wanted, today)


def _typed(value: Value, wanted: Type, today: Callable[[], Date]) -> Value:
    wanted = _plain(wanted)
    if isinstance(wanted, ListType):
        items = value if type(value) is list else [value]
        typed = [_typed(item, wanted.item, today) for item in items]
        return typed if type(value) is list else typed[0]
    if type(value) is dict and isinstance(wanted, ContextType):
        return {key: _entry(key, item, wanted, today) for key, item in value.items()}
    reader = _READERS.get(wanted) if type(value) is str else None
    if reader is None:
        if type(value) is list and len(value) == 1:
            return [_typed(value[0], wanted, today)]
        return value
    read = reader(value)
    if isinstance(read, Time):
        return read.on(today().number)
    return value if read is None else read


def _entry(key: str, value: Value, wanted: ContextType, today: Callable[[], Date]) -> Value:
    return _typed(value, wanted.fields[key], today) if key in wanted.fields else value


def _plain(wanted: Type) -> Type:
    """The type below its restrictions."""
    wanted = wanted.resolved()
    while isinstance(wanted, AllowedValues):
        wanted = wanted.base.resolved()
    return wanted
