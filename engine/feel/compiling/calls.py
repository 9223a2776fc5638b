"""Function definitions and calls."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from engine.feel.compiling.core import Closure, Compiling, Level, compiles
from engine.feel.errors import LimitExceeded
from engine.feel.evaluation import MOST_CALLS_DEEP, Evaluation, Scope
from engine.feel.functions import CALL_STEPS, BuiltIn
from engine.feel.inference import evident_type
from engine.feel.syntax.tree import Call, FunctionDefinition, Literal, Name, NamedCall, Node
from engine.feel.types import ANY, Type, Unfit, coerced, from_syntax
from engine.feel.values import Function, Value, kind_name


class UserFunction(Function):
    """A function whose body is FEEL, or anything else that can be run in a scope.

    Args:
        name: for messages.
        parameters: names and types, in order.
        body: run in a scope that holds the parameters, inside the scope of the definition.
        scope: of the definition; None for one that sees nothing but its parameters.
        weight: the steps a call costs.
        result: the type of what it answers, as far as that is known.
    """

    def __init__(
        self,
        name: str,
        parameters: tuple[tuple[str, Type], ...],
        body: Closure,
        scope: Scope | None,
        weight: int = 1,
        result: Type = ANY,
    ) -> None:
        self.name = name
        self.result = result
        self.parameters = parameters
        self._body = body
        self._scope = scope
        self._weight = weight

    def call(self, arguments: Sequence[Value], evaluation: Evaluation, position: int) -> Value:
        """The body's value; null with a warning if the arguments don't fit the parameters."""
        if len(arguments) != len(self.parameters):
            evaluation.warn(
                f"{self.name} takes {len(self.parameters)} arguments, not {len(arguments)}", position
            )
            return None
        values: dict[str, Value] = {}
        for (name, wanted), argument in zip(self.parameters, arguments, strict=True):
            try:
                values[name] = argument if wanted is ANY else coerced(argument, wanted, evaluation)
            except Unfit as reason:
                evaluation.warn(f"{self.name}: for '{name}' {reason}", position)
                return None
        return self._run(values, evaluation)

    def _run(self, values: dict[str, Value], evaluation: Evaluation) -> Value:
        evaluation.spend(CALL_STEPS + self._weight)
        evaluation.calls += 1
        if evaluation.calls > MOST_CALLS_DEEP:
            raise LimitExceeded(f"Functions call each other more than {MOST_CALLS_DEEP} deep.")
        result = self._body(Scope(values, self._scope, evaluation))
        evaluation.calls -= 1
        return result

    def call_by_name(self, arguments: dict[str, Value], evaluation: Evaluation, position: int) -> Value:
        """As ``call``, with the arguments put in order by name."""
        names = [name for name, _ in self.parameters]
        if set(arguments) != set(names):
            evaluation.warn(f"{self.name} takes the arguments {', '.join(names) or 'none'}", position)
            return None
        return self.call([arguments[name] for name in names], evaluation, position)


@compiles(FunctionDefinition)
def _definition(node: FunctionDefinition, context: Compiling) -> Closure:
    if node.external:
        position = node.position
        return lambda scope: scope.evaluation.warn("External functions aren't run", position)
    parameters = tuple((name, from_syntax(kind, context.find_type)) for name, kind in node.parameters)
    body = context.inside(Level({name for name, _ in parameters})).closure(node.body)
    weight, result = context.weight(node.body), evident_type(node.body, dict(parameters))
    return lambda scope: UserFunction("the function", parameters, body, scope, weight, result)


@compiles(Call)
def _call(node: Call, context: Compiling) -> Closure:
    arguments = [context.closure(argument) for argument in node.arguments]
    position = node.position
    built_in = _built_in(node.function, context)
    if built_in is not None:
        known = folded(built_in, node)
        if known is not None:
            return lambda scope: known
        call = built_in.call
        return lambda scope: call([argument(scope) for argument in arguments], scope.evaluation, position)
    function, what = context.closure(node.function), _described(node.function)

    def run(scope: Scope) -> Value:
        called = function(scope)
        if not isinstance(called, Function):
            return _not_a_function(called, what, scope.evaluation, position)
        return called.call([argument(scope) for argument in arguments], scope.evaluation, position)

    return run


@compiles(NamedCall)
def _named_call(node: NamedCall, context: Compiling) -> Closure:
    arguments = [context.closure(argument) for argument in node.arguments]
    names, position = node.names, node.position
    function, what = context.closure(node.function), _described(node.function)

    def run(scope: Scope) -> Value:
        called = function(scope)
        if not isinstance(called, Function):
            return _not_a_function(called, what, scope.evaluation, position)
        values = [argument(scope) for argument in arguments]
        if len(set(names)) < len(names):
            scope.evaluation.warn("An argument is given twice", position)
            return None
        return called.call_by_name(dict(zip(names, values, strict=True)), scope.evaluation, position)

    return run


def _built_in(function: Node, context: Compiling) -> BuiltIn | None:
    """The built-in that a call means, unless something in scope has its name."""
    if not isinstance(function, Name) or function.name in context.known:
        return None
    if any(function.name in level.names for level in context.levels):
        return None
    return context.functions.get(function.name)


def _described(function: Node) -> str:
    return f"'{function.name}'" if isinstance(function, Name) else "what is called"


def _not_a_function(value: Value, what: str, evaluation: Evaluation, position: int) -> None:
    evaluation.warn(f"{what} is a {kind_name(value)}, not a function", position)


FOLDABLE = frozenset(("date", "date and time", "duration"))
_ANY_MOMENT = datetime(2000, 1, 1, tzinfo=UTC)


def folded(built_in: BuiltIn, call: Call) -> Value:
    """The value of ``duration("P5D")`` and the like, which is the same in every evaluation; else None."""
    literals = [part.value for part in call.arguments if isinstance(part, Literal)]
    if built_in.name not in FOLDABLE or built_in.foreign or len(literals) < len(call.arguments):
        return None
    return built_in.call(literals, Evaluation(_ANY_MOMENT, 1_000), call.position)
