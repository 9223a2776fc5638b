"""Order, equality and membership, in three values: true, false and null (not comparable)."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from decimal import Decimal
from typing import Any

from engine.feel.evaluation import Evaluation
from engine.feel.temporal import Date, DateAndTime, DaysAndTime, Time, YearsAndMonths
from engine.feel.temporal.zones import NANOS
from engine.feel.values import UNBOUNDED, Function, Range, Value

_ORDERED: dict[type, Callable[[Any], Any]] = {
    Decimal: lambda value: value,
    str: lambda value: value,
    Date: lambda value: (value.year, value.month, value.day),
    DaysAndTime: lambda value: value.nanos,
    YearsAndMonths: lambda value: value.months,
    Time: lambda value: value.line,
    DateAndTime: lambda value: value.line,
}
ORDERED = frozenset(_ORDERED)
"""Classes whose values have an order."""


def order(left: Value, right: Value) -> int | None:
    """Negative, zero or positive as ``left`` is less than, equal to or more than ``right``.

    None if they can't be compared: null, different types, or only one of them with a time zone.
    """
    kind = type(left)
    if kind is not type(right) or kind not in ORDERED:
        return None
    if kind in (Time, DateAndTime) and left.is_zoned != right.is_zoned:
        return None
    place = _ORDERED[kind]
    first, second = place(left), place(right)
    return int(first > second) - int(first < second)


def less(left: Value, right: Value) -> bool | None:
    """Whether ``left < right``."""
    result = order(left, right)
    return None if result is None else result < 0


def equal(left: Value, right: Value, evaluation: Evaluation) -> bool | None:
    """Whether two values are equal: null for different types, false if only one is null."""
    if left is None or right is None:
        return left is right
    kind = type(left)
    if kind is not type(right):
        both_functions = isinstance(left, Function) and isinstance(right, Function)
        return False if both_functions else None
    if kind is bool or kind is str or kind is Decimal:
        return bool(left == right)
    if kind is list or kind is dict:
        evaluation.weigh(left)
        evaluation.weigh(right)
    return _equal(left, right)


def _equal(left: Value, right: Value) -> bool | None:
    """As ``equal``, for values that have been weighed already."""
    kind = type(left)
    if left is None or kind is not type(right):
        return left is right or None
    if kind is list:
        pairs = zip(left, right, strict=False)
        return len(left) == len(right) and all(_equal(a, b) for a, b in pairs)
    if kind is dict:
        return left.keys() == right.keys() and all(_equal(part, right[key]) for key, part in left.items())
    if kind is Range:
        return _same_range(left, right)
    if kind is Time or kind is DateAndTime:
        return _same_moment(left, right)
    if kind in ORDERED:
        result = order(left, right)
        return None if result is None else result == 0
    return bool(left == right)


def _same_range(left: Range, right: Range) -> bool:
    """Whether two ranges have equal ends, closed alike; an end that is null differs from none at all."""
    closed = (left.low_closed, left.high_closed) == (right.low_closed, right.high_closed)
    return closed and all(_equal(a, b) is True for a, b in ((left.low, right.low), (left.high, right.high)))


def _same_moment(left: Time | DateAndTime, right: Time | DateAndTime) -> bool:
    """Whether two times are the same to the second, as the standard has it; never with and without zone."""
    return left.is_zoned == right.is_zoned and left.line // NANOS == right.line // NANOS


def contains(interval: Range, value: Value) -> bool | None:
    """Whether a range holds a value; null if that can't be known."""
    above = _above(interval.low, value, interval.low_closed)
    below = _above(value, interval.high, interval.high_closed)
    if above is False or below is False:
        return False
    return True if above and below else None


def _above(low: Value, high: Value, closed: bool) -> bool | None:
    if low is UNBOUNDED or high is UNBOUNDED:
        return True
    result = order(low, high)
    return None if result is None else result < 0 or (closed and result == 0)


def stamp(value: Value) -> Hashable:
    """Something hashable that is equal for equal values only: 1 and 1.0 have one, null has one."""
    kind = type(value)
    if kind is list:
        return ("list", *(stamp(item) for item in value))
    if kind is dict:
        return frozenset((key, stamp(item)) for key, item in value.items())
    if kind is Range:
        return (Range, stamp(value.low), stamp(value.high), value.low_closed, value.high_closed)
    if kind in (Time, DateAndTime):
        return (kind, value.line // NANOS, value.is_zoned)
    return (kind, value) if value is not UNBOUNDED else UNBOUNDED


def same(left: Value, right: Value) -> bool:
    """``is()``: the same value of the same type, with the same zone if it has one."""
    if type(left) is not type(right):
        return False
    if isinstance(left, (Time, DateAndTime)):
        return (left.line, left.zone, left.offset) == (right.line, right.zone, right.offset)
    return stamp(left) == stamp(right)
