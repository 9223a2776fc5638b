"""What is wrong with a ladder, said cell by cell."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Literal


@dataclass(frozen=True, slots=True)
class LadderFinding:
    """One remark about a cell, a row or the whole table.

    Attributes:
        element: the id of the cell, row, column or decision that is meant.
        severity: an error refuses the ladder, a warning doesn't.
        rule: stable short name of the rule.
        message: what is the matter, with the row's number and the column.
        remedy: what the process owner can do about it.
    """

    element: str
    severity: Literal["error", "warning"]
    rule: str
    message: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.element}: {self.message} {self.remedy}"


class LadderRefused(ValueError):
    """The table can't be used as a ladder; `findings` holds every remark, warnings included."""

    def __init__(self, name: str, findings: Iterable[LadderFinding]) -> None:
        self.name = name
        self.findings = tuple(findings)
        errors = [finding for finding in self.findings if finding.severity == "error"]
        super().__init__("\n".join(f"{name}: {finding}" for finding in errors))


def error(element: str, rule: str, message: str, remedy: str) -> LadderFinding:
    """A remark that refuses the ladder."""
    return LadderFinding(element, "error", rule, message, remedy)


def warning(element: str, rule: str, message: str, remedy: str) -> LadderFinding:
    """A remark that the process owner should look at, and may leave."""
    return LadderFinding(element, "warning", rule, message, remedy)


def instead(word: str, known: Iterable[str]) -> str:
    """A sentence with the words that look most like one that isn't known, or with all of a few."""
    words = sorted(known)
    near = get_close_matches(word, words, n=3, cutoff=0.6)
    if near:
        return f"Did you mean {' or '.join(near)}?"
    return f"Write one of {', '.join(words)}." if len(words) <= _FEW else "Look its name up."


_FEW = 12
