"""Built-ins that compare points and ranges (the standard's table of range functions).

Each is written once for two spans; a point is a span closed at both ends. Where the standard gives a point
a rule of its own, that follows from it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from engine.feel.errors import NoValue
from engine.feel.functions import family
from engine.feel.operators.comparison import order
from engine.feel.values import UNBOUNDED, Range, Value

Relation = Callable[["Span", "Span"], bool]


class Span(NamedTuple):
    """Two ends and whether they belong to it."""

    low: Value
    high: Value
    low_closed: bool
    high_closed: bool


def _span(value: Value) -> Span:
    if isinstance(value, Range):
        return Span(value.low, value.high, value.low_closed, value.high_closed)
    return Span(value, value, True, True)


def _order(left: Value, right: Value, left_end: int, right_end: int) -> int:
    """The order of two ends; a missing one is infinite, -1 for a lower and 1 for an upper end.

    Raises:
        NoValue: if the ends can't be compared.
    """
    if left is UNBOUNDED or right is UNBOUNDED:
        first = left_end if left is UNBOUNDED else 0
        second = right_end if right is UNBOUNDED else 0
        return (first > second) - (first < second)
    result = order(left, right)
    if result is None:
        raise NoValue("the ends can't be compared")
    return result


def _lows(a: Span, b: Span) -> int:
    return _order(a.low, b.low, -1, -1)


def _highs(a: Span, b: Span) -> int:
    return _order(a.high, b.high, 1, 1)


def _high_to_low(a: Span, b: Span) -> int:
    return _order(a.high, b.low, 1, -1)


def _before(a: Span, b: Span) -> bool:
    gap = _high_to_low(a, b)
    return gap < 0 or (gap == 0 and not (a.high_closed and b.low_closed))


def _meets(a: Span, b: Span) -> bool:
    return _high_to_low(a, b) == 0 and a.high_closed and b.low_closed


def _overlaps(a: Span, b: Span) -> bool:
    return not _before(a, b) and not _before(b, a)


def _overlaps_before(a: Span, b: Span) -> bool:
    lows, highs = _lows(a, b), _highs(a, b)
    begins = lows < 0 or (lows == 0 and a.low_closed and not b.low_closed)
    ends = highs < 0 or (highs == 0 and (not a.high_closed or b.high_closed))
    return begins and not _before(a, b) and ends


def _overlaps_after(a: Span, b: Span) -> bool:
    lows, highs = _lows(b, a), _highs(b, a)
    begins = lows < 0 or (lows == 0 and b.low_closed and not a.low_closed)
    ends = highs < 0 or (highs == 0 and (not b.high_closed or a.high_closed))
    return begins and not _before(b, a) and ends


def _finishes(a: Span, b: Span) -> bool:
    lows = _lows(a, b)
    later = lows > 0 or (lows == 0 and (not a.low_closed or b.low_closed))
    return _highs(a, b) == 0 and a.high_closed == b.high_closed and later


def _starts(a: Span, b: Span) -> bool:
    highs = _highs(a, b)
    sooner = highs < 0 or (highs == 0 and (not a.high_closed or b.high_closed))
    return _lows(a, b) == 0 and a.low_closed == b.low_closed and sooner


def _during(a: Span, b: Span) -> bool:
    lows, highs = _lows(b, a), _highs(a, b)
    from_here = lows < 0 or (lows == 0 and (b.low_closed or not a.low_closed))
    to_here = highs < 0 or (highs == 0 and (b.high_closed or not a.high_closed))
    return from_here and to_here


def _coincides(a: Span, b: Span) -> bool:
    return _lows(a, b) == 0 and _highs(a, b) == 0 and a[2:] == b[2:]


def _swapped(relation: Relation) -> Relation:
    return lambda a, b: relation(b, a)


def _on_values(relation: Relation) -> Callable[[Value, Value], bool]:
    return lambda left, right: relation(_span(left), _span(right))


_POINT = "number|string|date|time|date and time|duration"
_FORMS = {
    "points": f"(point1: {_POINT}, point2: {_POINT})",
    "point and range": f"(point: {_POINT}, range: range)",
    "range and point": f"(range: range, point: {_POINT})",
    "ranges": "(range1: range, range2: range)",
}
_ANYTHING = ("points", "point and range", "range and point", "ranges")
_TABLE: dict[str, tuple[Relation, tuple[str, ...]]] = {
    "before": (_before, _ANYTHING),
    "after": (_swapped(_before), _ANYTHING),
    "meets": (_meets, ("ranges",)),
    "met by": (_swapped(_meets), ("ranges",)),
    "overlaps": (_overlaps, ("ranges",)),
    "overlaps before": (_overlaps_before, ("ranges",)),
    "overlaps after": (_overlaps_after, ("ranges",)),
    "finishes": (_finishes, ("point and range", "ranges")),
    "finished by": (_swapped(_finishes), ("range and point", "ranges")),
    "includes": (_swapped(_during), ("range and point", "ranges")),
    "during": (_during, ("point and range", "ranges")),
    "starts": (_starts, ("point and range", "ranges")),
    "started by": (_swapped(_starts), ("range and point", "ranges")),
    "coincides": (_coincides, ("points", "ranges")),
}
RANGES = family(
    (f"{name}{_FORMS[form]} -> boolean", _on_values(relation))
    for name, (relation, forms) in _TABLE.items()
    for form in forms
)
