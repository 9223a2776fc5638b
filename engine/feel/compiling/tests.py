"""``in``, and the cells of decision tables."""

from __future__ import annotations

from collections.abc import Callable

from engine.feel.compiling.collections import interval
from engine.feel.compiling.core import Closure, Compiling, compiles
from engine.feel.compiling.operators import compare
from engine.feel.evaluation import Evaluation, Scope
from engine.feel.operators.comparison import contains, equal
from engine.feel.operators.logic import disjunction
from engine.feel.syntax.tree import In, Interval, Name, Node, OneSided, Tests, children
from engine.feel.values import Range, Value

Test = Callable[[Value, Scope], bool | None]
SUBJECT = "?"
"""The name of the value that a cell tests."""


@compiles(In)
def _in(node: In, context: Compiling) -> Closure:
    value = context.closure(node.value)
    tests = [_test(test, context) for test in node.tests]

    def run(scope: Scope) -> Value:
        inner = value(scope)
        return disjunction(test(inner, scope) for test in tests)

    return run


@compiles(Tests)
def _tests(node: Tests, context: Compiling) -> Closure:
    """A cell: whether the value of ``?`` passes; null if no test decides it."""
    if not node.tests:
        return lambda scope: True
    subject = context.closure(Name(0, SUBJECT))
    tests = [_cell_test(test, context) for test in node.tests]
    wanted = not node.negated

    def run(scope: Scope) -> Value:
        value = subject(scope)
        result = disjunction(test(value, scope) for test in tests)
        return None if result is None else result is wanted

    return run


def _test(node: Node, context: Compiling) -> Test:
    if isinstance(node, OneSided):
        return _comparing(node, context)
    if isinstance(node, Interval):
        return _within(node, context)
    closure = context.closure(node)
    return lambda value, scope: passes(value, closure(scope), scope.evaluation)


def _cell_test(node: Node, context: Compiling) -> Test:
    """As ``_test``; an expression that speaks of ``?`` answers itself."""
    if isinstance(node, (OneSided, Interval)) or not mentions(node, SUBJECT):
        return _test(node, context)
    closure = context.closure(node)

    def run(value: Value, scope: Scope) -> bool | None:
        answer = closure(scope)
        return answer if isinstance(answer, bool) else passes(value, answer, scope.evaluation)

    return run


def _comparing(node: OneSided, context: Compiling) -> Test:
    end, operator, position = context.closure(node.end), node.operator, node.position
    return lambda value, scope: compare(operator, value, end(scope), scope.evaluation, position)


def _within(node: Interval, context: Compiling) -> Test:
    low, high = context.closure(node.low), context.closure(node.high)
    closed = node.low_closed, node.high_closed

    def run(value: Value, scope: Scope) -> bool | None:
        span = interval(low(scope), high(scope), *closed)
        return None if span is None else contains(span, value)

    return run


def passes(value: Value, tested: Value, evaluation: Evaluation) -> bool | None:
    """Whether a value is in a range, is or is in a list, or is equal to anything else."""
    kind = type(tested)
    if kind is Range and type(value) is not Range:
        return contains(tested, value)
    if kind is not list:
        return equal(value, tested, evaluation)
    evaluation.spend(1 + len(tested) // 4)
    if type(value) is list and equal(value, tested, evaluation):
        return True
    return any(_member(value, item, evaluation) for item in tested)


def _member(value: Value, item: Value, evaluation: Evaluation) -> bool:
    if type(item) is Range and contains(item, value):
        return True
    return equal(value, item, evaluation) is True


def mentions(root: Node, name: str) -> bool:
    """Whether a name is read anywhere in a tree."""
    waiting = [root]
    while waiting:
        node = waiting.pop()
        if isinstance(node, Name) and node.name == name:
            return True
        waiting.extend(children(node))
    return False
