"""Values of the caller to FEEL values and back: dates and times of Python and FEEL's own."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from engine.feel.numbers import from_python
from engine.feel.temporal import TEMPORAL_CLASSES, Date, DateAndTime, DaysAndTime, Time
from engine.feel.values import Function, Range, Value

DEEPEST = 100
PLAIN = frozenset((str, bool, type(None), Date, DateAndTime, DaysAndTime, Range, *TEMPORAL_CLASSES)) - {Time}
"""Classes whose values are FEEL values as they are. A ``Decimal`` may have too many digits, a ``Time`` may
not know its offset yet."""


class Settled(dict[str, Any]):
    """Variables that are FEEL values already, so that reading one turns nothing."""


class PartlySettled(Mapping[str, Any]):
    """Variables that know which of them are FEEL values already, so that reading such a one turns nothing."""

    __slots__ = ()

    def is_settled(self, name: str) -> bool:
        """Whether what lies under this name is a FEEL value with all its parts."""
        raise NotImplementedError


def taken_in(value: Any, today: Callable[[], Date], depth: int = 0) -> Value:
    """The FEEL value of a Python value.

    Args:
        value: a string, number, boolean, None, list, mapping, date, time, datetime or timedelta, or a FEEL
            value.
        today: the day on which a time in a named zone takes its offset.
        depth: how deeply ``value`` is nested.

    Raises:
        TypeError: for a value of any other class.
        ValueError: for one nested more than 100 levels deep.
        ArithmeticError: for a number outside FEEL's range.
    """
    if type(value) in PLAIN or isinstance(value, Function):
        return value
    if depth > DEEPEST:
        raise ValueError(f"it is nested more than {DEEPEST} levels deep")
    if isinstance(value, (Decimal, int, float)):
        return from_python(value)
    if isinstance(value, (list, tuple)):
        return [taken_in(item, today, depth + 1) for item in value]
    if isinstance(value, Mapping):
        return {str(key): taken_in(item, today, depth + 1) for key, item in value.items()}
    return _moment(value, today)


def _moment(value: Any, today: Callable[[], Date]) -> Value:
    if isinstance(value, Time):
        return value.on(today().number) if value.zone and value.offset is None else value
    if isinstance(value, datetime):
        return DateAndTime.from_python(value)
    if isinstance(value, date):
        return Date.from_python(value)
    if isinstance(value, time):
        return Time.from_python(value)
    if isinstance(value, timedelta):
        return DaysAndTime.from_python(value)
    if isinstance(value, str):
        return str(value)
    raise TypeError(f"a value of the class {type(value).__name__} has no meaning in FEEL")


def handed_out(value: Value) -> Any:
    """A FEEL value for a Python function: dates, date and times and day durations as those of ``datetime``.

    Raises:
        ValueError, OverflowError: for a date or duration beyond Python's range.
    """
    if isinstance(value, (Date, DateAndTime, DaysAndTime)):
        return value.to_python()
    if type(value) is list:
        return [handed_out(item) for item in value]
    return value
