"""What an expression's value can be.

Strings, booleans, None, ``Decimal``, lists and dictionaries are Python's own; the five temporal classes
come from ``engine.feel.temporal``; ranges and functions are defined here.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from engine.feel.temporal import Date, DateAndTime, DaysAndTime, Time, YearsAndMonths

if TYPE_CHECKING:
    from engine.feel.evaluation import Evaluation
    from engine.feel.types import Type

Value = Any
"""Any FEEL value. What a value is gets decided while evaluating, as in FEEL itself."""


class Unbounded:
    """The missing end of a one-sided range. An end that is None is one whose value isn't known."""

    def __repr__(self) -> str:
        return "UNBOUNDED"


UNBOUNDED: Final = Unbounded()


@dataclass(frozen=True, slots=True)
class Range:
    """An interval of numbers, strings or temporal values, with closed or open ends."""

    low: Value
    high: Value
    low_closed: bool
    high_closed: bool

    @property
    def start(self) -> Value:
        """The lower end, or None if there is none."""
        return None if self.low is UNBOUNDED else self.low

    @property
    def end(self) -> Value:
        """The upper end, or None if there is none."""
        return None if self.high is UNBOUNDED else self.high


class Function(ABC):
    """A function as a value: a built-in, a ``function(...)`` or a knowledge model."""

    name: str
    parameters: tuple[tuple[str, Type], ...]
    result: Type

    @abstractmethod
    def call(self, arguments: Sequence[Value], evaluation: Evaluation, position: int) -> Value:
        """The result for arguments by position; null with a warning if they don't fit."""

    @abstractmethod
    def call_by_name(self, arguments: dict[str, Value], evaluation: Evaluation, position: int) -> Value:
        """The result for arguments by name; null with a warning if they don't fit."""

    def __str__(self) -> str:
        return f"function({', '.join(name for name, _ in self.parameters)})"


KIND_NAMES: dict[type, str] = {
    type(None): "null",
    bool: "boolean",
    Decimal: "number",
    str: "string",
    Date: "date",
    Time: "time",
    DateAndTime: "date and time",
    DaysAndTime: "days and time duration",
    YearsAndMonths: "years and months duration",
    list: "list",
    dict: "context",
    Range: "range",
}


def kind_name(value: Value) -> str:
    """The FEEL name of a value's type, without the types of its parts."""
    return KIND_NAMES.get(type(value), "function")
