"""Several things at the same time, each in a thread of its own; none starts before all can."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

#: Seconds after which threads that wait for one another count as stuck.
PATIENCE = 60

Outcome = TypeVar("Outcome")


def at_once(works: Sequence[Callable[[], Outcome]]) -> list[Outcome | Exception]:
    """What each gave, or the exception that it ended with, in the order of the works."""
    start = threading.Barrier(len(works))

    def run(work: Callable[[], Outcome]) -> Outcome | Exception:
        start.wait(PATIENCE)
        try:
            return work()
        except Exception as problem:
            return problem

    with ThreadPoolExecutor(len(works)) as pool:
        return list(pool.map(run, works, timeout=PATIENCE))


def kinds(outcomes: Sequence[Any]) -> list[str]:
    """The outcomes' type names, sorted, to compare who won and who lost."""
    return sorted(type(outcome).__name__ for outcome in outcomes)
