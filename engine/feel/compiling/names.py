"""Names, paths and ``@`` literals."""

from __future__ import annotations

from decimal import Decimal

from engine.feel.compiling.core import Closure, Compiling, compiles
from engine.feel.evaluation import Evaluation, Scope, listed, read_variable
from engine.feel.properties import PROPERTIES
from engine.feel.syntax.tree import AtLiteral, Name, Path
from engine.feel.temporal import Time, read_temporal
from engine.feel.values import Value, kind_name


@compiles(AtLiteral)
def _at_literal(node: AtLiteral, _: Compiling) -> Closure:
    value, position = read_temporal(node.text), node.position
    if value is None:
        message = f'@"{node.text}" is no date, time or duration'
        return lambda scope: scope.evaluation.warn(message, position)
    if isinstance(value, Time) and value.zone is not None:
        timed = value
        return lambda scope: timed.on(scope.evaluation.today().number)
    return lambda scope: value


@compiles(Name)
def _name(node: Name, context: Compiling) -> Closure:
    read = reader(node, context)
    if not any(node.name in level.growing for level in context.levels):
        return read

    def read_copy(scope: Scope) -> Value:
        value = read(scope)
        # Without the copy a list could come to contain itself.
        return listed(scope.evaluation, value) if type(value) is list else value

    return read_copy


def reader(node: Name, context: Compiling) -> Closure:
    """The closure that reads a name, as directly as the scopes allow."""
    levels = list(reversed(context.levels))
    for depth, level in enumerate(levels):
        if level.dynamic:
            return _searching(node, context)
        if node.name in level.names:
            return _local(node.name, depth)
    return _outer(node, len(levels), context)


def _local(name: str, depth: int) -> Closure:
    if depth == 0:
        return lambda scope: scope.values[name]
    if depth == 1:
        return lambda scope: scope.parent.values[name]  # type: ignore[union-attr]

    def read(scope: Scope) -> Value:
        for _ in range(depth):
            scope = scope.parent  # type: ignore[assignment]
        return scope.values[name]

    return read


def _outer(node: Name, depth: int, context: Compiling) -> Closure:
    """A variable of the caller, or a built-in of that name."""
    name, position = node.name, node.position
    fallback = context.functions.get(name)

    def missing(scope: Scope) -> Value:
        if fallback is None:
            scope.evaluation.warn(f"There is no variable '{name}'", position)
        return fallback

    def read_here(scope: Scope) -> Value:
        try:
            return read_variable(scope, name)
        except KeyError:
            return missing(scope)

    def read_above(scope: Scope) -> Value:
        for _ in range(depth):
            scope = scope.parent  # type: ignore[assignment]
        return read_here(scope)

    return read_above if depth else read_here


def _searching(node: Name, context: Compiling) -> Closure:
    """Inside a filter: the item's own entries come before what is outside."""
    plan = [(level.dynamic, node.name in level.names) for level in reversed(context.levels)]
    outermost = _outer(node, 0, context)
    name = node.name

    def read(scope: Scope) -> Value:
        for dynamic, defined in plan:
            if defined or (dynamic and name in scope.values):
                return scope.values[name]
            scope = scope.parent  # type: ignore[assignment]
        return outermost(scope)

    return read


@compiles(Path)
def _path(node: Path, context: Compiling) -> Closure:
    source, name, position = context.closure(node.source), node.name, node.position

    def read(scope: Scope) -> Value:
        value = source(scope)
        if type(value) is dict and name in value:
            return value[name]
        return step(value, name, scope.evaluation, position)

    return read


def step(value: Value, name: str, evaluation: Evaluation, position: int) -> Value:
    """``value.name``: an entry, a property, or a list of those of each item."""
    if value is None:
        return None
    if type(value) is list:
        evaluation.spend(1 + len(value) // 4)
        return [step(item, name, evaluation, position) for item in value]
    if type(value) is dict:
        if name in value:
            return value[name]
        evaluation.warn(f"The context has no entry '{name}'", position)
        return None
    read = PROPERTIES.get((type(value), name))
    if read is None:
        evaluation.warn(f"A {kind_name(value)} has no '{name}'", position)
        return None
    found = read(value)
    return Decimal(found) if type(found) is int else found
