"""What differs between two versions of a plan, section by section and line by line."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

from engine.plans.sections import TITLES, Sections, lines_of

Change = Literal["added", "removed", "changed", "same"]


@dataclass(frozen=True)
class Line:
    """One line of a section, and in which of the two versions it stands."""

    mark: Literal["added", "removed", "same"]
    text: str


@dataclass(frozen=True)
class SectionChange:
    """How a section went from one version to another. `lines` are all of both, in order; none where same."""

    letter: str
    title: str
    change: Change
    lines: tuple[Line, ...]


def compare(before: Sections, after: Sections) -> list[SectionChange]:
    """Every section that either version holds, in the order of the plan."""
    return [_section(letter, before, after) for letter in TITLES if before.get(letter) or after.get(letter)]


def _section(letter: str, before: Sections, after: Sections) -> SectionChange:
    old, new = (lines_of(letter, version.get(letter, {})) for version in (before, after))
    if old == new:
        return SectionChange(letter, TITLES[letter], "same", ())
    change: Change = "changed" if old and new else "added" if new else "removed"
    return SectionChange(letter, TITLES[letter], change, tuple(_lines(old, new)))


def _lines(old: list[str], new: list[str]) -> list[Line]:
    lines: list[Line] = []
    for operation, start, end, new_start, new_end in SequenceMatcher(None, old, new, False).get_opcodes():
        if operation == "equal":
            lines += [Line("same", text) for text in old[start:end]]
            continue
        lines += [Line("removed", text) for text in old[start:end]]
        lines += [Line("added", text) for text in new[new_start:new_end]]
    return lines
