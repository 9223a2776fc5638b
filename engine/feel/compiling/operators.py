"""Arithmetic, comparison and logic."""

from __future__ import annotations

import operator as python
from collections.abc import Callable
from decimal import Decimal

from engine.feel.compiling.core import Closure, Compiling, compiles
from engine.feel.evaluation import Evaluation, Scope, joined
from engine.feel.functions import ZONE_STEPS
from engine.feel.numbers import CONTEXT
from engine.feel.operators.arithmetic import TABLES, calculate, negate, why_none
from engine.feel.operators.comparison import equal, order
from engine.feel.operators.logic import conjunction, disjunction
from engine.feel.syntax.tree import (
    And,
    Arithmetic,
    Between,
    Comparison,
    If,
    InstanceOf,
    Literal,
    Name,
    Negation,
    Or,
    Sum,
)
from engine.feel.temporal import DateAndTime
from engine.feel.types import NULL, from_syntax
from engine.feel.values import Value, kind_name

POWER_STEPS = 100
"""What a power costs more than other arithmetic: up to 150 microseconds."""
TEMPORAL_STEPS = 8
"""What arithmetic on dates, times and durations costs."""


@compiles(Arithmetic)
def _arithmetic(node: Arithmetic, context: Compiling) -> Closure:
    left, right = context.closure(node.left), context.closure(node.right)
    operator, position = node.operator, node.position
    on_numbers = TABLES[operator][Decimal, Decimal]
    steps = POWER_STEPS if operator == "**" else 0

    def run(scope: Scope) -> Value:
        a, b = left(scope), right(scope)
        if steps:
            scope.evaluation.spend(steps)
        if type(a) is Decimal and type(b) is Decimal:
            try:
                return on_numbers(a, b)
            except ArithmeticError:
                pass
        return _calculated(operator, a, b, scope.evaluation, position)

    return run


def _calculated(operator: str, a: Value, b: Value, evaluation: Evaluation, position: int) -> Value:
    evaluation.spend(TEMPORAL_STEPS)
    result = calculate(operator, a, b)
    if result is None:
        evaluation.warn(why_none(operator, kind_name(a), kind_name(b)), position)
    elif type(result) is DateAndTime and result.zone is not None:
        evaluation.spend(ZONE_STEPS)
    return result


@compiles(Sum)
def _sum(node: Sum, context: Compiling) -> Closure:
    terms, position = [context.closure(term) for term in node.terms], node.position

    def run(scope: Scope) -> Value:
        values = [term(scope) for term in terms]
        if type(values[0]) is str and all(type(value) is str for value in values):
            return joined(values, scope.evaluation)
        total = values[0]
        for value in values[1:]:
            total = _added(total, value, scope.evaluation, position)
        return total

    return run


def _added(left: Value, right: Value, evaluation: Evaluation, position: int) -> Value:
    if type(left) is Decimal and type(right) is Decimal:
        try:
            return CONTEXT.add(left, right)
        except ArithmeticError:
            pass
    if type(left) is str and type(right) is str:
        return joined((left, right), evaluation)
    return _calculated("+", left, right, evaluation, position)


@compiles(Negation)
def _negation(node: Negation, context: Compiling) -> Closure:
    operand, position = context.closure(node.operand), node.position

    def run(scope: Scope) -> Value:
        value = operand(scope)
        result = negate(value)
        if result is None:
            scope.evaluation.warn(f"A {kind_name(value)} has no negative", position)
        return result

    return run


_ORDER_TESTS: dict[str, Callable[[int], bool]] = {
    "<": lambda result: result < 0,
    "<=": lambda result: result <= 0,
    ">": lambda result: result > 0,
    ">=": lambda result: result >= 0,
}


def compare(operator: str, left: Value, right: Value, evaluation: Evaluation, position: int) -> bool | None:
    """The result of a comparison: true, false, or null with a warning if the two can't be compared."""
    if operator in ("=", "!="):
        same = equal(left, right, evaluation)
        if same is None:
            _incomparable(operator, left, right, evaluation, position)
            return None
        return same is (operator == "=")
    result = order(left, right)
    if result is None:
        _incomparable(operator, left, right, evaluation, position)
        return None
    return _ORDER_TESTS[operator](result)


def _incomparable(operator: str, left: Value, right: Value, evaluation: Evaluation, position: int) -> None:
    evaluation.warn(f"{kind_name(left)} {operator} {kind_name(right)} can't be decided", position)


@compiles(Comparison)
def _comparison(node: Comparison, context: Compiling) -> Closure:
    left, operator, position = context.closure(node.left), node.operator, node.position
    if isinstance(node.right, Literal):
        quick = _with_constant(left, operator, node.right.value, position)
        if quick is not None and isinstance(node.left, Name) and not context.levels:
            return _variable_with_constant(node.left.name, operator, node.right.value, quick)
        if quick is not None:
            return quick
    right = context.closure(node.right)
    return lambda scope: compare(operator, left(scope), right(scope), scope.evaluation, position)


def _with_constant(left: Closure, operator: str, constant: Value, position: int) -> Closure | None:
    """The common comparisons with a literal, without looking anything up."""
    kind = type(constant)
    if kind not in (bool, str, Decimal) or (kind is bool and operator not in ("=", "!=")):
        return None
    quick = _QUICK[operator]

    def run(scope: Scope) -> Value:
        value = left(scope)
        if type(value) is kind:
            return quick(value, constant)
        return compare(operator, value, constant, scope.evaluation, position)

    return run


def _variable_with_constant(name: str, operator: str, constant: Value, slow: Closure) -> Closure:
    """The commonest of these, a variable of the caller: read and compared in one go."""
    kind, quick = type(constant), _QUICK[operator]

    def run(scope: Scope) -> Value:
        value = scope.values.get(name)
        if type(value) is kind or (type(value) is int and kind is Decimal):
            return quick(value, constant)
        return slow(scope)

    return run


_QUICK: dict[str, Callable[[Value, Value], bool]] = {
    "=": python.eq,
    "!=": python.ne,
    "<": python.lt,
    "<=": python.le,
    ">": python.gt,
    ">=": python.ge,
}


@compiles(Between)
def _between(node: Between, context: Compiling) -> Closure:
    value, low, high = (context.closure(part) for part in (node.value, node.low, node.high))
    position = node.position

    def run(scope: Scope) -> Value:
        inner, evaluation = value(scope), scope.evaluation
        above = compare(">=", inner, low(scope), evaluation, position)
        below = compare("<=", inner, high(scope), evaluation, position)
        return conjunction((above, below))

    return run


@compiles(And)
def _and(node: And, context: Compiling) -> Closure:
    operands = [context.closure(operand) for operand in node.operands]
    if len(operands) == 2:
        return _and_two(*operands)
    return lambda scope: conjunction(operand(scope) for operand in operands)


def _and_two(first: Closure, second: Closure) -> Closure:
    def run(scope: Scope) -> Value:
        left = first(scope)
        if left is False:
            return False
        right = second(scope)
        if right is False:
            return False
        return True if left is True and right is True else None

    return run


@compiles(Or)
def _or(node: Or, context: Compiling) -> Closure:
    operands = [context.closure(operand) for operand in node.operands]
    return lambda scope: disjunction(operand(scope) for operand in operands)


@compiles(If)
def _if(node: If, context: Compiling) -> Closure:
    condition, yes, no = (context.closure(part) for part in (node.condition, node.yes, node.no))
    position = node.position

    def run(scope: Scope) -> Value:
        value = condition(scope)
        if value is True:
            return yes(scope)
        if value is False or value is None:
            return no(scope)
        scope.evaluation.warn(f"The condition of 'if' is a {kind_name(value)}, not a boolean", position)
        return None

    return run


@compiles(InstanceOf)
def _instance_of(node: InstanceOf, context: Compiling) -> Closure:
    value, wanted = context.closure(node.value), from_syntax(node.type, context.find_type)
    position = node.position

    def run(scope: Scope) -> Value:
        inner = value(scope)
        if not wanted.is_known:
            scope.evaluation.warn(f"There is no type '{wanted}'", position)
            return None
        if type(inner) is list or type(inner) is dict:
            scope.evaluation.weigh(inner)
        if inner is None:
            return wanted.resolved() is NULL
        return wanted.accepts(inner)

    return run
