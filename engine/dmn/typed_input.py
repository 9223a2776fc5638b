"""Values from JSON as their declared types want them: text becomes a date, time or duration."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from engine.dmn.types import unrestricted
from engine.feel.inward import taken_in
from engine.feel.numbers import from_text
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
    BOOLEAN,
    DATE,
    DATE_AND_TIME,
    DAYS_AND_TIME,
    NUMBER,
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


NUMBER_TEXT = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]{1,4})?")
_BOOLEANS = {"true": True, "false": False}
_TEXT_READERS: dict[Type, Callable[[str], Any]] = {
    **_READERS,
    NUMBER: lambda text: from_text(text) if NUMBER_TEXT.fullmatch(text) else None,
    BOOLEAN: _BOOLEANS.get,
}


def typed_input(value: Any, wanted: Type, today: Callable[[], Date], all_text: bool = False) -> Value:
    """The FEEL value of a caller's value, with text read as the type that is wanted.

    Text that can't be read stays text; whether it fits is decided by coercion.

    Args:
        value: as the caller gives it.
        wanted: the declared type.
        today: the evaluation's day, for times in a named zone.
        all_text: whether text is read as a number or a boolean too, not only as a date, time or duration.

    Raises:
        TypeError, ValueError, ArithmeticError: for a value that has no meaning in FEEL.
    """
    readers = _TEXT_READERS if all_text else _READERS
    return _Typing(readers, today).typed(taken_in(value, today), wanted)


@dataclass(frozen=True)
class _Typing:
    """Reads the texts in a value.

    Attributes:
        readers: what reads the text of a type.
        today: the evaluation's day.
    """

    readers: Mapping[Type, Callable[[str], Any]]
    today: Callable[[], Date]

    def typed(self, value: Value, wanted: Type) -> Value:
        """The value with its texts read, in lists and contexts too."""
        wanted = unrestricted(wanted)
        if isinstance(wanted, ListType):
            items = value if type(value) is list else [value]
            typed = [self.typed(item, wanted.item) for item in items]
            return typed if type(value) is list else typed[0]
        if type(value) is dict and isinstance(wanted, ContextType):
            fields = wanted.fields
            return {
                key: self.typed(item, fields[key]) if key in fields else item for key, item in value.items()
            }
        if type(value) is str:
            return self._read(value, wanted)
        return [self.typed(value[0], wanted)] if type(value) is list and len(value) == 1 else value

    def _read(self, text: str, wanted: Type) -> Value:
        reader = self.readers.get(wanted)
        read = None if reader is None else reader(text)
        if isinstance(read, Time):
            return read.on(self.today().number)
        return text if read is None else read
