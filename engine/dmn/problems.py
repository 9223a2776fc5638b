"""What is wrong with a model, found when it is read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ModelProblem:
    """One mistake in a model.

    Attributes:
        element: the id of the element it is in, or of the nearest around it that has one; else a name.
        message: what is wrong.
        remedy: what to do about it.
        line: of the file, from 1; None if it isn't known.
    """

    element: str
    message: str
    remedy: str
    line: int | None = None

    def __str__(self) -> str:
        return f"{self.element}: {self.message} {self.remedy}"


class ModelRefused(Exception):
    """The file can't be used as a model; ``problems`` names every mistake found in it."""

    def __init__(self, name: str, problems: Sequence[ModelProblem]) -> None:
        self.name = name
        self.problems = tuple(problems)
        first = self.problems[0] if self.problems else ""
        more = f" (and {len(self.problems) - 1} more)" if len(self.problems) > 1 else ""
        super().__init__(f"{name} can't be used: {first}{more}")


class UnknownDecision(LookupError):
    """A model has no decision or service of this name or id; the message lists those it has."""
