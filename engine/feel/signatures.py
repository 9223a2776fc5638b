"""What a built-in takes, read from one line such as ``sublist(list: list, length: integer?)``.

A type is one word or several joined by ``|``; ``?`` at the end makes the parameter optional, ``...`` lets it
take all remaining arguments. ``integer`` is a whole number and arrives as a Python int, as does the
``whole part`` of any number.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import ROUND_DOWN, Decimal
from functools import cached_property
from inspect import Parameter as PythonParameter
from inspect import signature as python_signature
from typing import Any, Final

from engine.feel.numbers import WIDE, to_int
from engine.feel.temporal import DaysAndTime, YearsAndMonths
from engine.feel.types import ANY, BY_NAME, SimpleType, Type
from engine.feel.values import Function, Range, Value

_LINE = re.compile(r"\s*(?P<name>[^(]+?)\s*\((?P<parameters>.*)\)\s*(?:->\s*(?P<result>.+?)\s*)?", re.DOTALL)
_CLASSES: dict[str, tuple[type, ...]] = {
    "list": (list,),
    "context": (dict,),
    "range": (Range,),
    "duration": (DaysAndTime, YearsAndMonths),
    "integer": (Decimal,),
    "whole part": (Decimal,),
    "null": (type(None),),
}


class Misfit:
    """The mark of an argument that doesn't fit its parameter."""


MISFIT: Final = Misfit()


@dataclass(frozen=True)
class Parameter:
    """One parameter of a built-in.

    Attributes:
        name: what a call by name says; it may have spaces.
        written: its type as written, for messages.
        classes: the classes its values may have; None for any value, null included.
        whole: whether it must be a whole number, given on as an int.
        truncated: whether the whole part of a number is given on as an int.
        function: whether it may be a function.
        optional: whether it may be left out.
        many: whether it takes all remaining arguments, as a list.
    """

    name: str
    written: str
    classes: frozenset[type] | None
    whole: bool = False
    truncated: bool = False
    function: bool = False
    optional: bool = False
    many: bool = False

    @classmethod
    def read(cls, text: str) -> Parameter:
        """The parameter written as ``name: type``."""
        name, _, written = (part.strip() for part in text.partition(":"))
        many, optional = written.endswith("..."), written.endswith("?")
        words = [word.strip() for word in written.rstrip(".?").split("|")]
        classes = None if "any" in words else frozenset(kind for word in words for kind in _classes(word))
        whole, truncated = "integer" in words, "whole part" in words
        return cls(name, written, classes, whole, truncated, "function" in words, optional, many)

    @property
    def type(self) -> Type:
        """The type as far as ``instance of`` a function's type asks for it."""
        word = self.written.rstrip(".?")
        return BY_NAME["number"] if word in ("integer", "whole part") else BY_NAME.get(word, ANY)

    def fitted(self, value: Value) -> Any:
        """The value as the parameter wants it, or ``MISFIT``."""
        if self.classes is None or type(value) in self.classes:
            return self._int(value) if type(value) is Decimal else value
        if self.function and isinstance(value, Function):
            return value
        if type(value) is list and len(value) == 1:
            return MISFIT if type(value[0]) is list else self.fitted(value[0])
        if list in self.classes and value is not None:
            return [value]
        return MISFIT

    def _int(self, value: Decimal) -> Any:
        if not self.whole and not self.truncated:
            return value
        number = to_int(value.to_integral_value(ROUND_DOWN, WIDE) if self.truncated else value)
        return MISFIT if number is None else number


def _classes(word: str) -> tuple[type, ...]:
    if word in _CLASSES:
        return _CLASSES[word]
    known = BY_NAME.get(word)
    return (known.kind,) if isinstance(known, SimpleType) else ()


@dataclass(frozen=True)
class Signature:
    """A name, parameters and the Python function behind them.

    Attributes:
        name: of the built-in.
        parameters: in the order of a call by position.
        result: the type it answers.
        run: the Python function, called with one argument for each parameter.
        wants: ``evaluation`` or ``clock`` if the function has a keyword-only parameter of that name.
    """

    name: str
    parameters: tuple[Parameter, ...]
    result: Type
    run: Callable[..., Value]
    wants: str = ""

    @classmethod
    def read(cls, line: str, run: Callable[..., Value]) -> Signature:
        """The signature written on a line.

        Raises:
            ValueError: if the line doesn't have the form ``name(parameter: type, ...)``.
        """
        found = _LINE.fullmatch(line)
        if found is None:
            raise ValueError(f"'{line}' is no signature. Write name(parameter: type, parameter: type?).")
        parts = [part for part in found["parameters"].split(",") if part.strip()]
        result = BY_NAME.get(found["result"] or "Any", ANY)
        return cls(found["name"], tuple(map(Parameter.read, parts)), result, run, _wants(run))

    def by_position(self, arguments: Sequence[Value]) -> list[Any] | None:
        """The arguments for the Python function, or None if they don't fit."""
        if len(arguments) < self.least:
            return None
        if self.many:
            fixed = len(self.parameters) - 1
            rest = _fitted([self.parameters[-1]] * (len(arguments) - fixed), arguments[fixed:])
            first = _fitted(self.parameters[:-1], arguments[:fixed])
            return None if rest is None or first is None else [*first, rest]
        return _fitted(self.parameters, arguments) if len(arguments) <= len(self.parameters) else None

    @cached_property
    def least(self) -> int:
        """How many arguments a call has at least."""
        return sum(not part.optional for part in self.parameters)

    @cached_property
    def many(self) -> bool:
        """Whether the last parameter takes all remaining arguments."""
        return bool(self.parameters) and self.parameters[-1].many

    def by_name(self, arguments: dict[str, Value]) -> list[Any] | None:
        """As ``by_position``; an absent parameter of any type is null."""
        bound: list[Any] = []
        if not arguments.keys() <= {part.name for part in self.parameters}:
            return None
        for part in self.parameters:
            if part.name in arguments:
                bound.append(self._named(part, arguments[part.name]))
            elif part.optional:
                bound.append(None)
            else:
                bound.append(None if part.classes is None and not part.many else MISFIT)
        return None if any(argument is MISFIT for argument in bound) else bound

    @staticmethod
    def _named(part: Parameter, value: Value) -> Any:
        if not part.many:
            return part.fitted(value)
        items = value if type(value) is list else [value]
        fitted = [part.fitted(item) for item in items]
        return MISFIT if any(item is MISFIT for item in fitted) else fitted

    def __str__(self) -> str:
        return f"{self.name}({', '.join(f'{part.name}: {part.written}' for part in self.parameters)})"


def _fitted(parameters: Sequence[Parameter], arguments: Sequence[Value]) -> list[Any] | None:
    """Each argument as its parameter wants it; None if one doesn't fit."""
    bound = []
    for part, argument in zip(parameters, arguments, strict=False):
        fitted = part.fitted(argument)
        if fitted is MISFIT:
            return None
        bound.append(fitted)
    return bound


def _wants(run: Callable[..., Value]) -> str:
    try:
        parameters = python_signature(run).parameters.values()
    except ValueError:
        return ""
    only_named = [part.name for part in parameters if part.kind is PythonParameter.KEYWORD_ONLY]
    return next((name for name in ("evaluation", "clock") if name in only_named), "")
