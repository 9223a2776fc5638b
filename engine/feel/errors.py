"""What can go wrong with an expression.

FeelSyntaxError   the text isn't FEEL: found when a diagram or table is uploaded
LimitExceeded     a bound on steps, size, depth or pattern time: stops the evaluation, never null
NoValue           a built-in can't answer: becomes null with a warning, never leaves an evaluation
"""

from __future__ import annotations

from dataclasses import dataclass


class FeelSyntaxError(ValueError):
    """The text isn't a FEEL expression; ``position`` counts characters from 0."""

    def __init__(self, message: str, position: int = 0) -> None:
        super().__init__(f"{message} (at character {position + 1})")
        self.message = message
        self.position = position


class LimitExceeded(Exception):
    """An expression needs more steps, room or time than it is allowed. Nothing inside FEEL catches it."""


class NoValue(Exception):
    """Raised by a built-in or registered function that has no answer: null, with this as the warning."""


@dataclass(frozen=True, slots=True)
class FeelWarning:
    """Why a part of an expression became null.

    Attributes:
        message: what happened, in words.
        position: the character of the expression it happened at, from 0; None if it isn't known.
        where: the id or name of the element that holds the expression; empty outside a decision.
    """

    message: str
    position: int | None = None
    where: str = ""

    def __str__(self) -> str:
        place = f"{self.where}: " if self.where else ""
        return place + self.message


@dataclass(frozen=True, slots=True)
class Problem:
    """A mistake found without evaluating: its ``position`` in the text, counted from 0."""

    message: str
    position: int
