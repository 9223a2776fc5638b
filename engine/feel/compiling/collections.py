"""Lists, contexts, intervals and filters."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from engine.feel.compiling.core import Closure, Compiling, Level, compiles
from engine.feel.compiling.names import reader
from engine.feel.evaluation import Evaluation, Scope
from engine.feel.numbers import to_int
from engine.feel.operators.comparison import order
from engine.feel.syntax.tree import (
    ContextNode,
    Filter,
    FunctionDefinition,
    Interval,
    ListNode,
    Literal,
    Name,
    OneSided,
)
from engine.feel.values import UNBOUNDED, Range, Value, kind_name

_NOTHING: dict[str, Any] = {}


@compiles(ListNode)
def _list(node: ListNode, context: Compiling) -> Closure:
    items = [context.closure(item) for item in node.items]
    steps = 2 + len(items) // 4

    def run(scope: Scope) -> Value:
        scope.evaluation.spend(steps)
        return [item(scope) for item in items]

    return run


@compiles(ContextNode)
def _context(node: ContextNode, context: Compiling) -> Closure:
    position = node.position
    if len(set(node.keys)) < len(node.keys):
        return lambda scope: scope.evaluation.warn("A context has two entries of one name", position)
    level = Level(set())
    inside = context.inside(level)
    steps = 4 + len(node.keys) // 2
    entries: list[tuple[str, Closure]] = []
    for key, value in zip(node.keys, node.values, strict=True):
        if isinstance(value, FunctionDefinition):
            level.names.add(key)  # a function may call itself
        entries.append((key, inside.closure(value)))
        level.names.add(key)

    def run(scope: Scope) -> Value:
        scope.evaluation.spend(steps)
        values: dict[str, Value] = {}
        inner = Scope(values, scope, scope.evaluation)
        for key, entry in entries:
            values[key] = entry(inner)
        return values

    return run


@compiles(Interval)
def _interval(node: Interval, context: Compiling) -> Closure:
    low, high = context.closure(node.low), context.closure(node.high)
    low_closed, high_closed, position = node.low_closed, node.high_closed, node.position

    def run(scope: Scope) -> Value:
        result = interval(low(scope), high(scope), low_closed, high_closed)
        if result is None:
            scope.evaluation.warn("The ends of a range are of two types or in the wrong order", position)
        return result

    return run


def interval(low: Value, high: Value, low_closed: bool, high_closed: bool) -> Range | None:
    """The range between two ends; an end that is null isn't known. None if the ends don't fit."""
    if low is not None and high is not None:
        result = order(low, high)
        if result is None or result > 0:
            return None
    return Range(low, high, low_closed, high_closed)


@compiles(OneSided)
def _one_sided(node: OneSided, context: Compiling) -> Closure:
    end, operator, position = context.closure(node.end), node.operator, node.position

    def run(scope: Scope) -> Value:
        result = one_sided(operator, end(scope))
        if result is None:
            scope.evaluation.warn(f"'{operator}' makes no range here", position)
        return result

    return run


def one_sided(operator: str, end: Value) -> Range | None:
    """The range that ``< end`` and its kin stand for; None for ``!=``, which is no range."""
    if operator == "=":
        return Range(end, end, True, True)
    if operator in ("<", "<="):
        return Range(UNBOUNDED, end, False, operator == "<=")
    if operator in (">", ">="):
        return Range(end, UNBOUNDED, operator == ">=", False)
    return None


@compiles(Filter)
def _filter(node: Filter, context: Compiling) -> Closure:
    source = reader(node.source, context) if isinstance(node.source, Name) else context.closure(node.source)
    position = node.position
    if isinstance(node.condition, Literal) and type(node.condition.value) is Decimal:
        number = node.condition.value
        return lambda scope: pick(source(scope), number, scope.evaluation, position)
    inside = context.inside(Level({"item"})).inside(Level(set(), dynamic=True))
    condition, weight = inside.closure(node.condition), context.weight(node.condition)

    def run(scope: Scope) -> Value:
        return select(source(scope), condition, scope, weight, position)

    return run


def select(source: Value, condition: Closure, scope: Scope, weight: int, position: int) -> Value:
    """The items for which the condition is true, or the one at its position if it is a number."""
    if source is None:
        return None
    items = source if type(source) is list else [source]
    evaluation = scope.evaluation
    named: dict[str, Value] = {"item": None}
    entries = Scope(_NOTHING, Scope(named, scope, evaluation), evaluation)
    if not items:
        first = condition(entries)
        return pick(items, first, evaluation, position) if type(first) is Decimal else []
    kept = []
    for index, item in enumerate(items):
        evaluation.spend(weight)
        named["item"] = item
        entries.values = item if type(item) is dict else _NOTHING
        result = condition(entries)
        if index == 0 and type(result) is Decimal:
            return pick(source, result, evaluation, position)
        if result is True:
            kept.append(item)
    return kept


def pick(source: Value, number: Decimal, evaluation: Evaluation, position: int) -> Value:
    """The item at a position: 1 is the first, -1 the last; null if there is none."""
    if source is None:
        return None
    items = source if type(source) is list else [source]
    index = to_int(number)
    if index is not None and 1 <= abs(index) <= len(items):
        return items[index - 1] if index > 0 else items[index]
    evaluation.warn(f"A {kind_name(source)} of {len(items)} has no item {number}", position)
    return None
