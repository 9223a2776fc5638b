"""Functions known by name: the built-ins of the standard, and what others add to them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from functools import cached_property
from typing import Any

from engine.feel.errors import LimitExceeded, NoValue
from engine.feel.evaluation import LONGEST_LIST, LONGEST_STRING, Evaluation
from engine.feel.inward import handed_out, taken_in
from engine.feel.signatures import Signature
from engine.feel.syntax.names import Layer, layer
from engine.feel.temporal import DateAndTime, Time
from engine.feel.types import Type
from engine.feel.values import Function, Value, kind_name


class EvaluationClock:
    """The clock that a registered function may ask for: it stands still during an evaluation."""

    def __init__(self, evaluation: Evaluation) -> None:
        self._evaluation = evaluation

    def now(self) -> datetime:
        """The evaluation's instant, aware."""
        return self._evaluation.instant

    def today(self) -> date:
        """The evaluation's day in Europe/London."""
        return self._evaluation.today().to_python()


class BuiltIn(Function):
    """A function written in Python, with one or more signatures tried in order."""

    def __init__(self, name: str, signatures: Sequence[Signature], foreign: bool = False) -> None:
        self.name = name
        self.signatures = tuple(signatures)
        self.foreign = foreign
        first = self.signatures[0]
        self.parameters = tuple((part.name, part.type) for part in first.parameters if not part.optional)
        self.result: Type = first.result

    def call(self, arguments: Sequence[Value], evaluation: Evaluation, position: int) -> Value:
        """The result for arguments by position."""
        for signature in self.signatures:
            bound = signature.by_position(arguments)
            if bound is not None:
                return self._run(signature, bound, evaluation, position)
        return self._refuse(arguments, evaluation, position)

    def call_by_name(self, arguments: dict[str, Value], evaluation: Evaluation, position: int) -> Value:
        """The result for arguments by name."""
        for signature in self.signatures:
            bound = signature.by_name(arguments)
            if bound is not None:
                return self._run(signature, bound, evaluation, position)
        return self._refuse(list(arguments.values()), evaluation, position)

    def _refuse(self, arguments: Sequence[Value], evaluation: Evaluation, position: int) -> None:
        given = ", ".join(kind_name(argument) for argument in arguments)
        wanted = " or ".join(str(signature) for signature in self.signatures[:3])
        evaluation.warn(f"{self.name}({given}) isn't possible; it takes {wanted}", position)

    def _run(self, signature: Signature, bound: list[Any], evaluation: Evaluation, position: int) -> Value:
        evaluation.spend(_cost(bound))
        try:
            if self.foreign:
                result = _foreign(signature, bound, evaluation)
            elif signature.wants:
                result = signature.run(*bound, evaluation=evaluation)
            else:
                result = signature.run(*bound)
        except NoValue as reason:
            evaluation.warn(f"{self.name}: {reason}", position)
            return None
        except (ArithmeticError, ValueError) as reason:
            evaluation.warn(f"{self.name} has no result: {reason or type(reason).__name__}", position)
            return None
        return _paid(result, evaluation)


def _foreign(signature: Signature, bound: list[Any], evaluation: Evaluation) -> Value:
    """A registered function's result: it is given Python's values and may answer such."""
    wanted = {"clock": EvaluationClock(evaluation)} if signature.wants else {}
    try:
        result = signature.run(*(handed_out(argument) for argument in bound), **wanted)
    except (NoValue, LimitExceeded, RecursionError):
        raise
    except Exception as error:
        raise NoValue(str(error) or type(error).__name__) from error
    return taken_in(result, evaluation.today)


CALL_STEPS = 4
"""Steps of any call of a built-in: up to ten microseconds."""
ZONE_STEPS = 12
"""Steps of finding the offset of a named zone: up to 30 microseconds."""


def _cost(arguments: list[Any]) -> int:
    cost = CALL_STEPS
    for argument in arguments:
        kind = type(argument)
        if kind is list:
            cost += len(argument) // 4
        elif kind is str:
            cost += len(argument) // 256
        elif kind is dict:
            cost += len(argument) // 4
    return cost


def _paid(result: Value, evaluation: Evaluation) -> Value:
    kind = type(result)
    if kind is str:
        if len(result) > LONGEST_STRING:
            raise LimitExceeded(f"A string has more than {LONGEST_STRING} characters. Work on a part of it.")
        evaluation.spend(len(result) // 16)
    elif kind is list:
        if len(result) > LONGEST_LIST:
            raise LimitExceeded(f"A list has more than {LONGEST_LIST} items. Work on fewer.")
        evaluation.spend(len(result) // 8)
    elif kind is dict:
        evaluation.spend(len(result))
    elif kind in (Time, DateAndTime) and result.zone is not None:
        evaluation.spend(ZONE_STEPS)
    return result


class Functions(Mapping[str, BuiltIn]):
    """Functions by name. Immutable: ``extended`` makes a new one."""

    def __init__(self, functions: Iterable[BuiltIn]) -> None:
        self._functions = {function.name: function for function in functions}

    def __getitem__(self, name: str) -> BuiltIn:
        return self._functions[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._functions)

    def __len__(self) -> int:
        return len(self._functions)

    __hash__ = object.__hash__

    def __eq__(self, other: object) -> bool:
        return self is other

    @cached_property
    def layer(self) -> Layer:
        """The names as the parser wants them."""
        return layer(self._functions)

    def extended(self, signature: str, function: Callable[..., Any]) -> Functions:
        """These functions and one more, or one more signature for a name that is there already.

        Args:
            signature: for example ``deadline(rule: string, anchor: date)``; a type may be ``any``.
            function: called with the arguments by position, dates and times as those of ``datetime``. It
                may have a keyword-only parameter ``clock`` (``now()``, ``today()``) and answer any Python
                value that an expression may be given. What it raises becomes null with a warning.

        Raises:
            ValueError: if the signature can't be read.
        """
        read = Signature.read(signature, function)
        before = self._functions.get(read.name)
        signatures = (*before.signatures, read) if before else (read,)
        added = BuiltIn(read.name, signatures, foreign=True)
        return Functions([*(f for f in self._functions.values() if f is not before), added])


def family(declarations: Iterable[tuple[str, Callable[..., Value]]]) -> list[BuiltIn]:
    """Built-ins from (signature, function) pairs; pairs of one name are its overloads, tried in order."""
    by_name: dict[str, list[Signature]] = {}
    for line, function in declarations:
        read = Signature.read(line, function)
        by_name.setdefault(read.name, []).append(read)
    return [BuiltIn(name, signatures) for name, signatures in by_name.items()]
