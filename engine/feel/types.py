"""Types: what a value must be, and the few conversions that a declared type implies."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING

from engine.feel.syntax.tree import TypeName
from engine.feel.temporal import Date, DateAndTime, DaysAndTime, Time, YearsAndMonths, midnight_utc
from engine.feel.values import UNBOUNDED, Function, Range, Value

if TYPE_CHECKING:
    from engine.feel.evaluation import Evaluation


class Type:
    """A type. ``accepts`` looks at a value; null belongs to every type, as the absence of a value."""

    def accepts(self, value: Value) -> bool:
        """Whether a value that isn't null is of this type."""
        return True

    def holds(self, value: Value) -> bool:
        """Whether a part of a value is of this type: null is."""
        return value is None or self.accepts(value)

    def admits(self, value: Value, evaluation: Evaluation) -> bool:
        """As ``holds``, with the values that a declared type allows taken into account."""
        return self.holds(value)

    def resolved(self) -> Type:
        """The type itself, where this is only its name."""
        return self

    @property
    def is_known(self) -> bool:
        """Whether there is such a type: a name may name none."""
        return True

    def __str__(self) -> str:
        return "Any"


ANY = Type()


class NullType(Type):
    """The type of null alone."""

    def accepts(self, value: Value) -> bool:
        """Nothing but null."""
        return value is None

    def __str__(self) -> str:
        return "Null"


@dataclass(frozen=True, repr=False)
class SimpleType(Type):
    """One of the types without parts."""

    name: str
    kind: type

    def accepts(self, value: Value) -> bool:
        """Whether the value is of the one class."""
        return type(value) is self.kind

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True, repr=False)
class ListType(Type):
    """A list whose items are of one type."""

    item: Type = ANY

    def __str__(self) -> str:
        return f"list<{self.item}>"

    def accepts(self, value: Value) -> bool:
        """Whether it is a list of such items."""
        return type(value) is list and (self.item is ANY or all(map(self.item.holds, value)))

    def admits(self, value: Value, evaluation: Evaluation) -> bool:
        """Whether it is null or a list of such items, each of them allowed."""
        if value is None or (type(value) is list and self.item is ANY):
            return True
        return type(value) is list and all(self.item.admits(item, evaluation) for item in value)


@dataclass(frozen=True, repr=False)
class ContextType(Type):
    """A context with at least these entries."""

    fields: Mapping[str, Type]
    label: str = ""

    def __str__(self) -> str:
        parts = ", ".join(f"{key}: {part}" for key, part in self.fields.items())
        return self.label or f"context<{parts}>"

    def accepts(self, value: Value) -> bool:
        """Whether it is a context with these entries, each null or of its type."""
        if type(value) is not dict:
            return False
        return all(key in value and part.holds(value[key]) for key, part in self.fields.items())

    def admits(self, value: Value, evaluation: Evaluation) -> bool:
        """Whether it is null or a context with these entries, each of them allowed."""
        if type(value) is not dict:
            return value is None
        return all(key in value and part.admits(value[key], evaluation) for key, part in self.fields.items())


@dataclass(frozen=True, repr=False)
class RangeType(Type):
    """A range whose ends are of one type."""

    item: Type = ANY

    def __str__(self) -> str:
        return f"range<{self.item}>"

    def accepts(self, value: Value) -> bool:
        """Whether it is a range with such ends."""
        if type(value) is not Range:
            return False
        return all(end is UNBOUNDED or self.item.holds(end) for end in (value.low, value.high))


@dataclass(frozen=True, repr=False)
class FunctionType(Type):
    """A function that takes at least these arguments and answers this type."""

    parameters: tuple[Type, ...] | None = None
    result: Type = ANY
    by_name: Mapping[str, Type] = field(default_factory=dict, compare=False)
    """The same parameters by name, where a declaration names them."""

    def __str__(self) -> str:
        if self.parameters is None:
            return "function"
        return f"function<{', '.join(map(str, self.parameters))}> -> {self.result}"

    def accepts(self, value: Value) -> bool:
        """Whether it is a function that can stand in for one of this type."""
        if not isinstance(value, Function):
            return False
        own = FunctionType(tuple(part for _, part in value.parameters), value.result)
        return self.parameters is None or conforms(own, self)


class NamedType(Type):
    """A type known by name only, found when it is needed: a type may contain itself."""

    def __init__(self, name: str, find: Callable[[str], Type | None]) -> None:
        self.name = name
        self._find = find

    def resolved(self) -> Type:
        """The type of this name, or Any if there is none (which is reported when the model is read)."""
        found = self._find(self.name)
        return ANY if found is None else found.resolved()

    @property
    def is_known(self) -> bool:
        """Whether a type of this name has been declared."""
        return self._find(self.name) is not None

    def accepts(self, value: Value) -> bool:
        """As the type of this name."""
        return self.resolved().accepts(value)

    def admits(self, value: Value, evaluation: Evaluation) -> bool:
        """As the type of this name."""
        return self.resolved().admits(value, evaluation)

    def __str__(self) -> str:
        return self.name


NUMBER = SimpleType("number", Decimal)
STRING = SimpleType("string", str)
BOOLEAN = SimpleType("boolean", bool)
DATE = SimpleType("date", Date)
TIME = SimpleType("time", Time)
DATE_AND_TIME = SimpleType("date and time", DateAndTime)
DAYS_AND_TIME = SimpleType("days and time duration", DaysAndTime)
YEARS_AND_MONTHS = SimpleType("years and months duration", YearsAndMonths)
NULL = NullType()

BY_NAME: dict[str, Type] = {
    "Any": ANY,
    "Null": NULL,
    "list": ListType(),
    "context": ContextType({}, "context"),
    "range": RangeType(),
    "function": FunctionType(),
    "dateTime": DATE_AND_TIME,
    "dayTimeDuration": DAYS_AND_TIME,
    "yearMonthDuration": YEARS_AND_MONTHS,
    "day time duration": DAYS_AND_TIME,
    **{
        kind.name: kind
        for kind in (
            NUMBER, STRING, BOOLEAN, DATE, TIME, DATE_AND_TIME, DAYS_AND_TIME, YEARS_AND_MONTHS,
        )
    },
}  # fmt: skip
"""The types everybody knows, with the names of older versions of the standard."""


def from_syntax(written: TypeName | None, find: Callable[[str], Type | None] = BY_NAME.get) -> Type:
    """The type that is written in an expression.

    Args:
        written: the type as parsed; None means Any.
        find: finds a declared type by name; unknown names are Any (they are reported by ``check``).
    """
    if written is None:
        return ANY
    parts = tuple(from_syntax(part, find) for part in written.parts)
    if written.result is not None:
        return FunctionType(parts, from_syntax(written.result, find))
    if written.keys or (written.name == "context" and written.parts):
        return ContextType(dict(zip(written.keys, parts, strict=True)))
    if parts:
        return ListType(parts[0]) if written.name == "list" else RangeType(parts[0])
    known = BY_NAME.get(written.name)
    return known if known is not None else NamedType(written.name, find)


def conforms(narrow: Type, wide: Type) -> bool:
    """Whether every value of ``narrow`` can stand where ``wide`` is expected."""
    narrow, wide = narrow.resolved(), wide.resolved()
    if wide is ANY or narrow is NULL or narrow is wide:
        return True
    if isinstance(narrow, ListType | RangeType) and isinstance(wide, type(narrow)):
        return conforms(narrow.item, wide.item)
    if isinstance(narrow, ContextType) and isinstance(wide, ContextType):
        fields = narrow.fields
        return all(key in fields and conforms(fields[key], part) for key, part in wide.fields.items())
    if isinstance(narrow, FunctionType) and isinstance(wide, FunctionType):
        return _function_conforms(narrow, wide)
    return narrow == wide


def _function_conforms(narrow: FunctionType, wide: FunctionType) -> bool:
    if narrow.parameters is None or wide.parameters is None:
        return wide.parameters is None
    if len(narrow.parameters) != len(wide.parameters) or not conforms(narrow.result, wide.result):
        return False
    pairs = zip(wide.parameters, narrow.parameters, strict=True)
    return all(conforms(given, taken) for given, taken in pairs)


class Unfit(Exception):
    """The value doesn't fit the declared type and nothing implied makes it fit."""


def coerced(value: Value, wanted: Type, evaluation: Evaluation) -> Value:
    """The value as a declared type wants it.

    In this order: it fits; it is a list of one whose item fits; it is a single value where a list of such
    is wanted; it is a date where a date and time is wanted.

    Raises:
        Unfit: for any other value. Text is never turned into a number or the other way round.
    """
    if value is None or wanted is ANY:
        return value
    if type(value) is list or type(value) is dict:
        evaluation.weigh(value)
    wanted = wanted.resolved()
    as_function = _as_function(value, wanted) if isinstance(wanted, FunctionType) else None
    if as_function is not None:
        return as_function
    if wanted.admits(value, evaluation):
        return value
    items = item_type(wanted)
    if items is None:
        single = value[0] if type(value) is list and len(value) == 1 else value
        return _single(single, wanted, evaluation)
    several = value if type(value) is list else [value]
    changed = [_single(item, items, evaluation) for item in several]
    if not wanted.admits(changed, evaluation):
        raise Unfit(f"the value isn't of the type {wanted}")
    return changed


class ReturningFunction(Function):
    """A function that a declared type adds to: what it answers becomes of the type's result, or null.

    Args:
        function: that is called.
        result: the declared type of its answer.
    """

    def __init__(self, function: Function, result: Type) -> None:
        self.name = function.name
        self.parameters = function.parameters
        self.result = result
        self._function = function

    def call(self, arguments: Sequence[Value], evaluation: Evaluation, position: int) -> Value:
        """The function's answer, of the declared type."""
        return self._fitted(self._function.call(arguments, evaluation, position), evaluation, position)

    def call_by_name(self, arguments: dict[str, Value], evaluation: Evaluation, position: int) -> Value:
        """As ``call``."""
        return self._fitted(
            self._function.call_by_name(arguments, evaluation, position), evaluation, position
        )

    def _fitted(self, answer: Value, evaluation: Evaluation, position: int) -> Value:
        try:
            return coerced(answer, self.result, evaluation)
        except Unfit as reason:
            evaluation.warn(f"What {self.name} answers: {reason}", position)
            return None


def _as_function(value: Value, wanted: FunctionType) -> Function | None:
    """A function of a declared type, as far as its own types don't say otherwise; None for anything else."""
    if not isinstance(value, Function) or wanted.parameters is None:
        return None
    pairs = list(zip(wanted.parameters, (kind for _, kind in value.parameters), strict=False))
    if len(wanted.parameters) != len(value.parameters) or not all(_may_take(*pair) for pair in pairs):
        return None
    own, result = value.result.resolved(), wanted.result.resolved()
    if own is not ANY and not conforms(own, result):
        return None
    return value if result is ANY else ReturningFunction(value, result)


def _may_take(given: Type, taken: Type) -> bool:
    return given.resolved() is ANY or conforms(given, taken)


def item_type(wanted: Type) -> Type | None:
    """The type of a list's items, or None if it isn't the type of a list."""
    wanted = wanted.resolved()
    return wanted.item if isinstance(wanted, ListType) else None


def _single(value: Value, wanted: Type, evaluation: Evaluation) -> Value:
    """As ``coerced``, without any conversion between a list and its item."""
    if wanted.admits(value, evaluation):
        return value
    if wanted.resolved() is DATE_AND_TIME and type(value) is Date:
        return midnight_utc(value)
    raise Unfit(f"the value isn't of the type {wanted}")
