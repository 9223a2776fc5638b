"""Whom a user task is offered to, when it is due, and how urgent it is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING

from engine.clock import format_instant, parse_instant
from engine.feel import to_json
from engine.spiff.expressions import Formula, shown
from engine.spiff.timing import parse_moment

if TYPE_CHECKING:
    from engine.spiff.tokens import Token

Day = date | datetime
LISTS = ("candidate_groups", "candidate_users")
DAYS = ("due_date", "follow_up_date")
DEFAULT_PRIORITY = 50


@dataclass(frozen=True)
class Schedule:
    """The formulas of a user task by attribute; an attribute that the diagram leaves out is missing."""

    formulas: Mapping[str, Formula] = field(default_factory=dict)

    def work_out(self, token: Token, but: Sequence[str] = ()) -> None:
        """Work all expressions out and keep their values with the token; constants stay in the diagram."""
        for name, formula in self.formulas.items():
            if formula.expression is not None and name not in but:
                value = _attribute(formula, name, formula.value(token))
                if value is not None:
                    token.internal_data[name] = value

    def rework_due_date(self, token: Token) -> None:
        """Work the due date out again."""
        formula = self.formulas.get("due_date")
        if formula is None or formula.expression is None:
            return
        due = _attribute(formula, "due_date", formula.value(token))
        if due is None:
            token.internal_data.pop("due_date", None)
        else:
            token.internal_data["due_date"] = due

    def attribute(self, token: Token, name: str) -> object:
        """One attribute's value as plain JSON; ``None`` where there is none.

        What is kept with the token stands, also where a token that came from another version keeps what
        this one writes differently.
        """
        if name in token.internal_data:
            return token.internal_data[name]
        formula = self.formulas.get(name)
        if formula is None:
            return None
        return constant_attribute(formula, name)

    def day(self, token: Token, name: str) -> Day | None:
        """A date attribute: a London date, or an instant where the diagram gives a time."""
        text = self.attribute(token, name)
        return as_day(text) if isinstance(text, str) else None

    def names(self, token: Token, name: str) -> tuple[str, ...]:
        """A list attribute."""
        value = self.attribute(token, name)
        return tuple(value) if isinstance(value, list) else ()

    def priority(self, token: Token) -> int:
        """0 to 100; 50 where the diagram says nothing."""
        value = self.attribute(token, "priority")
        return value if isinstance(value, int) else DEFAULT_PRIORITY


def constant_attribute(formula: Formula, name: str) -> object:
    """The value of a constant as plain JSON; ``None`` for an expression.

    Raises:
        StepFailed: if the text cannot be such an attribute.
    """
    return _attribute(formula, name, formula.text) if formula.expression is None else None


def as_day(text: str) -> Day:
    """A kept date or instant as a value."""
    return date.fromisoformat(text) if len(text) == 10 else parse_instant(text)


def _attribute(formula: Formula, name: str, value: object) -> object:
    """A value as the attribute needs it, in plain JSON."""
    plain = value if isinstance(value, str) else to_json(value)
    if plain is None or plain == "":
        return None
    if name in LISTS:
        return _names(formula, plain, value)
    if name in DAYS:
        return _day(formula, plain, value)
    if name == "priority":
        return _priority(formula, plain, value)
    if isinstance(plain, list | dict):
        raise formula.place.fails(
            f"The {name.replace('_', ' ')} '{formula.text}' gives {shown(value)}, not a text."
        )
    return str(plain)


def _names(formula: Formula, plain: object, value: object) -> list[str]:
    if isinstance(plain, str):
        return [part.strip() for part in plain.split(",") if part.strip()]
    if isinstance(plain, list) and all(isinstance(part, str) for part in plain):
        return list(plain)
    raise formula.place.fails(f"The candidates '{formula.text}' give {shown(value)}, not a list of texts.")


def _day(formula: Formula, plain: object, value: object) -> str:
    if isinstance(plain, str):
        try:
            if len(plain) == 10:
                return date.fromisoformat(plain).isoformat()
            return format_instant(parse_moment(plain))
        except ValueError:
            pass
    raise formula.place.fails(
        f"The date '{formula.text}' gives {shown(value)}, not a date or a date and time."
    )


def _priority(formula: Formula, plain: object, value: object) -> int:
    try:
        number = int(plain) if isinstance(plain, str | int) else -1
    except ValueError:
        number = -1
    if 0 <= number <= 100:
        return number
    raise formula.place.fails(
        f"The priority '{formula.text}' gives {shown(value)}, not a whole number from 0 to 100."
    )
