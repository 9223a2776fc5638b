"""A digest on one page: grouped by what is to be done, what is new and worst first, then how many more."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

#: Limits that are shown; with their links and headings, a page.
MOST = 20


@dataclass
class Line:
    """A limit in a digest."""

    thread: int
    case_key: int
    title: str
    due_on: date
    level: str
    is_missed: bool
    is_answered: bool
    is_new: bool
    #: Whether its reader was warned of it since their last digest, before the ladder would tell.
    is_warned: bool = False
    #: What is told by it.
    hearings: list[int] = field(default_factory=list)
    #: The hearing to be written, where its reader stands in for whoever was told.
    stands_in: dict[str, Any] = field(default_factory=dict)

    def heard(self, key: int, is_new: bool) -> None:
        """Note which hearing waits to be told by this line."""
        if is_new:
            self.hearings.append(key)

    @property
    def group(self) -> int:
        """Which of `_GROUPS` it belongs to."""
        if not self.is_missed:
            return 3 if self.is_warned else 4
        if self.is_answered:
            return 2
        return 0 if self.is_new else 1


#: What is to be done, the most urgent first.
_GROUPS = (
    "Newly missed: decide, or say what stands in the way",
    "Missed and still not done: decide, or say what stands in the way",
    "Missed and answered, but not done: see that it is done",
    "Likely to be missed: see what would help, while there is time",
    "Coming up: see that it is done in time",
)


def page(lines: Iterable[Line], today: date) -> dict[str, object]:
    """The body of a digest: what is shown, and how much more there is."""
    found = sorted(lines, key=lambda line: (line.group, line.due_on, line.thread))
    groups: list[dict[str, object]] = []
    for nth, title in enumerate(_GROUPS):
        every = [line for line in found if line.group == nth]
        shown = [line for line in found[:MOST] if line.group == nth]
        if shown:
            groups.append({"title": title, "count": len(every), "lines": [_shown(line) for line in shown]})
    return {
        "day": today.isoformat(),
        "count": len(found),
        "more": max(len(found) - MOST, 0),
        "groups": groups,
        "link": "/escalations",
    }


def _shown(line: Line) -> dict[str, object]:
    return {
        "case": str(line.case_key),
        "title": line.title,
        "dueOn": line.due_on.isoformat(),
        "level": line.level,
        "link": f"/escalations/{line.thread}",
    }
