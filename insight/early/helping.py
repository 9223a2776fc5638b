"""What would help a limit that is likely to be missed, in codes and in words."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any

from insight.early.experience import EQUAL, Likelihood
from insight.early.looking import SAID_LATE, UNCLAIMED, UNTOUCHED, WAITING, Running

#: Steps before it that are named at most.
_MOST_NAMED = 3
#: From this share of comparable limits missed it isn't the one case any more, but the organisation.
_MANY = 0.5


@dataclass(frozen=True)
class Help:
    """One thing that would help.

    Attributes:
        task_key: the task that it is about, and `organisation` whose that is; None where it is about none.
    """

    code: str
    task_key: int | None = None
    organisation: str | None = None

    def stored(self) -> dict[str, Any]:
        """As the table keeps it."""
        return {"code": self.code, "task": self.task_key, "organisation": self.organisation}


def helps(limit: Running, found: Likelihood, away: Collection[int]) -> list[Help]:
    """What would help, the nearest at hand first.

    Args:
        away: the memberships whose holders are away today, or have left.
    """
    return [*_of_work(limit), *_of_holders(limit, away), *_of_organisation(limit, found)]


def _of_work(limit: Running) -> Iterator[Help]:
    if limit.state == SAID_LATE:
        for organisation in limit.said_late:
            yield Help("agree_a_date", organisation=organisation)
    unclaimed = [task for task in limit.tasks if task.assignee_key is None]
    if limit.state in (UNCLAIMED, SAID_LATE) and unclaimed:
        yield Help("claim", unclaimed[0].key, unclaimed[0].organisation)
    if limit.state == WAITING:
        for task in limit.tasks:
            if task.outstanding:
                yield Help("chase_contribution", task.key, task.organisation)
    if limit.state == UNTOUCHED:
        for task in limit.others[:_MOST_NAMED]:
            yield Help("chase", task.key, task.organisation)


def _of_holders(limit: Running, away: Collection[int]) -> Iterator[Help]:
    for task in limit.tasks:
        if task.assignee_key in away:
            yield Help("cover", task.key, task.organisation)


def _of_organisation(limit: Running, found: Likelihood) -> Iterator[Help]:
    is_its_own = found.basis.startswith("organisation") and found.comparable >= EQUAL
    if is_its_own and found.missed >= _MANY * found.comparable:
        yield Help("ask_capacity", organisation=limit.organisation)
