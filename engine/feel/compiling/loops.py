"""``for``, ``some`` and ``every``."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal

from engine.feel.compiling.core import Closure, Compiling, Level, compiles
from engine.feel.errors import LimitExceeded
from engine.feel.evaluation import LONGEST_LIST, Evaluation, Scope
from engine.feel.functions import CALL_STEPS
from engine.feel.numbers import to_int
from engine.feel.syntax.tree import For, Iteration, Quantified
from engine.feel.temporal import Date
from engine.feel.values import UNBOUNDED, Range, Value, kind_name

Domain = Closure
_GROWING = frozenset(("partial",))


class _NoDomain(Exception):
    """An iteration's domain is null or can't be walked: the whole expression is null."""


@compiles(For)
def _for(node: For, context: Compiling) -> Closure:
    level = Level({"partial"}, growing=_GROWING)
    inside = context.inside(level)
    domains = _domains(node.iterations, inside, level)
    body, weight, position = inside.closure(node.body), context.weight(node.body), node.position

    def run(scope: Scope) -> Value:
        results: list[Value] = []
        evaluation = scope.evaluation
        try:
            for inner in _turns(domains, {"partial": results}, scope, position):
                evaluation.steps -= weight
                if evaluation.steps < 0 or len(results) >= LONGEST_LIST:
                    raise _too_much(evaluation)
                results.append(body(inner))
        except _NoDomain:
            return None
        return results

    return run


def _too_much(evaluation: Evaluation) -> LimitExceeded:
    evaluation.spend(0)
    return LimitExceeded(f"'for' makes more than {LONGEST_LIST} items. Work on fewer.")


@compiles(Quantified)
def _quantified(node: Quantified, context: Compiling) -> Closure:
    level = Level(set())
    inside = context.inside(level)
    domains = _domains(node.iterations, inside, level)
    body, weight, position = inside.closure(node.body), context.weight(node.body), node.position
    every = node.every

    def run(scope: Scope) -> Value:
        outcome: bool | None = every
        evaluation = scope.evaluation
        try:
            for inner in _turns(domains, {}, scope, position):
                evaluation.steps -= weight
                if evaluation.steps < 0:
                    evaluation.spend(0)
                answer = body(inner)
                if answer is (not every):
                    return answer
                if answer is not every:
                    outcome = None
        except _NoDomain:
            return None
        return outcome

    return run


def _domains(
    iterations: Iterable[Iteration], inside: Compiling, level: Level
) -> list[tuple[str, Closure, Closure | None]]:
    """Name, domain and last end of each iteration; a later domain sees the earlier names."""
    domains = []
    for iteration in iterations:
        last = None if iteration.last is None else inside.closure(iteration.last)
        domains.append((iteration.name, inside.closure(iteration.domain), last))
        level.names.add(iteration.name)
    return domains


def _turns(
    domains: list[tuple[str, Closure, Closure | None]],
    values: dict[str, Value],
    scope: Scope,
    position: int,
) -> Iterator[Scope]:
    """A scope for each combination of the iterations, the last one moving fastest."""
    name, domain, last = domains[0]
    before = Scope(values, scope, scope.evaluation)
    if last is None:
        items = walkable(domain(before), scope.evaluation, position)
    else:
        items = between(domain(before), last(before), scope.evaluation, position)
    if items is None:
        raise _NoDomain
    for item in items:
        turn = {**values, name: item}
        if len(domains) == 1:
            yield Scope(turn, scope, scope.evaluation)
        else:
            scope.evaluation.spend(1)
            yield from _turns(domains[1:], turn, scope, position)


def walkable(value: Value, evaluation: Evaluation, position: int) -> Iterable[Value] | None:
    """What an iteration walks over: a list's items, a range's values, or the single value itself."""
    if value is None:
        evaluation.warn("The domain of an iteration is null", position)
        return None
    if type(value) is list:
        return value
    if type(value) is not Range:
        return [value]
    if value.low is UNBOUNDED or value.high is UNBOUNDED:
        evaluation.warn("An iteration can't walk over a range without end", position)
        return None
    return _open_ends(value, evaluation, position)


def _open_ends(span: Range, evaluation: Evaluation, position: int) -> Iterable[Value] | None:
    items = between(span.low, span.high, evaluation, position)
    if items is None or (span.low_closed and span.high_closed):
        return items
    skipped = ([] if span.low_closed else [span.low]) + ([] if span.high_closed else [span.high])
    return (item for item in items if item not in skipped)


def between(low: Value, high: Value, evaluation: Evaluation, position: int) -> Iterator[Value] | None:
    """The whole numbers or days from one end to the other, downwards if the first is the larger."""
    first, last = _place(low), _place(high)
    if type(low) is not type(high) or first is None or last is None:
        evaluation.warn(
            f"An iteration can't go from a {kind_name(low)} to a {kind_name(high)}: "
            "both must be whole numbers or dates",
            position,
        )
        return None
    places = range(first, last + 1) if first <= last else range(first, last - 1, -1)
    return _days(places, evaluation) if type(low) is Date else map(Decimal, places)


def _days(numbers: range, evaluation: Evaluation) -> Iterator[Date]:
    for number in numbers:
        evaluation.spend(CALL_STEPS)
        yield Date.from_number(number)


def _place(value: Value) -> int | None:
    if type(value) is Date:
        return value.number
    return to_int(value) if type(value) is Decimal else None
