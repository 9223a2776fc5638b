"""The FEEL expressions inside a form, and what they may see."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache

from engine.feel import Expression, PartlySettled, compile_expression, to_json

_STEPS = 20_000


@lru_cache(maxsize=2_000)
def _compiled(text: str) -> Expression:
    return compile_expression(text)


def is_formula(value: object) -> bool:
    """Whether an attribute of a component is an expression rather than a constant."""
    return isinstance(value, str) and value.lstrip().startswith("=")


class Formula:
    """One expression of a form, checked when the form is read.

    Args:
        text: FEEL, with or without the ``=`` that form editors put in front.

    Raises:
        FeelSyntaxError: if it can't be parsed.
    """

    def __init__(self, text: str) -> None:
        self.text = text.strip().removeprefix("=").strip()
        self._compiled = _compiled(self.text)

    def __repr__(self) -> str:
        return f"Formula({self.text!r})"

    def value(self, scope: Scope) -> object:
        """Its value as JSON: dates and times become ISO text. Null where FEEL finds no value.

        Raises:
            LimitExceeded: if it takes more steps than a form's expression may.
        """
        return to_json(self._found(scope))

    def is_true(self, scope: Scope) -> bool:
        """Whether its value is true; neither null nor any other value counts as true.

        Raises:
            LimitExceeded: as `value`.
        """
        return self._found(scope) is True

    def _found(self, scope: Scope) -> object:
        return self._compiled.evaluate(scope.names, now=scope.now, steps=_STEPS).value


class _Names(PartlySettled):
    """Further names before those already there; nothing is read but what is asked for."""

    __slots__ = ("_around", "_own")

    def __init__(self, own: Mapping[str, object], around: Mapping[str, object]) -> None:
        self._own = own
        self._around = around

    def __getitem__(self, name: str) -> object:
        return self._own[name] if name in self._own else self._around[name]

    def __contains__(self, name: object) -> bool:
        return name in self._own or name in self._around

    def __iter__(self) -> Iterator[str]:
        return iter({**dict.fromkeys(self._around), **dict.fromkeys(self._own)})

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def is_settled(self, name: str) -> bool:
        """Whether what lies under this name is a FEEL value with all its parts: answers are not."""
        around = self._around
        return name not in self._own and isinstance(around, PartlySettled) and around.is_settled(name)


@dataclass(frozen=True)
class Scope:
    """What the expressions of a form may see: the moment it is asked, and the names in reach."""

    now: datetime
    names: Mapping[str, object]

    def holds(self, formula: Formula) -> bool:
        """Whether the expression is true; neither null nor any other value counts as true."""
        return formula.is_true(self)

    def having(self, names: Mapping[str, object]) -> Scope:
        """The same moment with further names, which win over those already there."""
        return replace(self, names=_Names(names, self.names))
