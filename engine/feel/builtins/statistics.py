"""Built-ins that make one value of many."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from engine.feel.errors import NoValue
from engine.feel.functions import family
from engine.feel.numbers import CONTEXT, ONE, ZERO
from engine.feel.operators.comparison import order
from engine.feel.values import Value

Aggregate = Callable[[list[Value]], Value]


def numbers(items: list[Value], least: int = 1) -> list[Decimal]:
    """The items, which must all be numbers, and so many at least.

    Raises:
        NoValue: if they aren't.
    """
    if any(type(item) is not Decimal for item in items):
        raise NoValue("all items are numbers")
    if len(items) < least:
        raise NoValue(f"it needs at least {least} numbers")
    return items


def _extreme(items: list[Value], sign: int) -> Value:
    if not items:
        raise NoValue("the list is empty")
    best, *rest = items
    for item in rest or [best]:
        result = order(item, best)
        if result is None:
            raise NoValue("the items can't be compared with each other")
        if result * sign > 0:
            best = item
    return best


def least(items: list[Value]) -> Value:
    """The smallest of values of one type."""
    return _extreme(items, -1)


def greatest(items: list[Value]) -> Value:
    """The largest of values of one type."""
    return _extreme(items, 1)


def total(items: list[Value]) -> Decimal:
    """The sum of numbers."""
    result = ZERO
    for item in numbers(items):
        result = CONTEXT.add(result, item)
    return result


def _product(items: list[Value]) -> Decimal:
    result = ONE
    for item in numbers(items):
        result = CONTEXT.multiply(result, item)
    return result


def _mean(items: list[Value]) -> Decimal:
    return CONTEXT.divide(total(items), Decimal(len(items)))


def _median(items: list[Value]) -> Decimal:
    ordered = sorted(numbers(items))
    middle = len(ordered) // 2
    if len(ordered) % 2:
        return ordered[middle]
    return CONTEXT.divide(CONTEXT.add(ordered[middle - 1], ordered[middle]), Decimal(2))


def _mode(items: list[Value]) -> list[Value]:
    counts: dict[Decimal, int] = {}
    for item in numbers(items, least=0):
        counts[item] = counts.get(item, 0) + 1
    most = max(counts.values(), default=0)
    return sorted(item for item, count in counts.items() if count == most)


def _deviation(items: list[Value]) -> Decimal:
    """Of a sample: the squares are divided by one less than their number."""
    mean = _mean(numbers(items, least=2))
    squares = ZERO
    for item in items:
        distance = CONTEXT.subtract(item, mean)
        squares = CONTEXT.fma(distance, distance, squares)
    return CONTEXT.sqrt(CONTEXT.divide(squares, Decimal(len(items) - 1)))


_AGGREGATES: dict[str, Aggregate] = {
    "min": least,
    "max": greatest,
    "sum": total,
    "product": _product,
    "mean": _mean,
    "median": _median,
    "mode": _mode,
    "stddev": _deviation,
}
_RESULTS = {"min": "Any", "max": "Any", "mode": "list"}


def _signatures(name: str, aggregate: Aggregate) -> list[tuple[str, Aggregate]]:
    result = _RESULTS.get(name, "number")
    return [(f"{name}(list: list) -> {result}", aggregate), (f"{name}(list: any...) -> {result}", aggregate)]


STATISTICS = family(pair for name, aggregate in _AGGREGATES.items() for pair in _signatures(name, aggregate))
