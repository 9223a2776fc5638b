"""How fast a replay runs and what memory it takes, from its first tasks to its last."""

from __future__ import annotations

import os
import resource
import time
from bisect import bisect_left
from dataclasses import dataclass
from pathlib import Path

_PARTS = 10
#: Tasks between two looks at the memory and the processor's time, which cost more than a look at the clock.
_LOOK_EVERY = 50
_STATM = Path("/proc/self/statm")
_KILOBYTE = 1024


@dataclass(frozen=True)
class Stretch:
    """A tenth of a replay's tasks: how many, in how many seconds, and the process's memory at its end.

    `processor_seconds` are those that the process itself worked: they tell less of what else runs beside it.
    """

    tasks: int
    seconds: float
    memory_bytes: int
    processor_seconds: float

    @property
    def tasks_per_second(self) -> float:
        """Tasks completed in a second, everything else that happened between them included."""
        return self.tasks / self.seconds if self.seconds else 0.0


class Pace:
    """Counts completed tasks against the seconds since the start."""

    def __init__(self) -> None:
        self._began = time.perf_counter()
        self._at: list[float] = []
        self._worked_before = time.process_time()
        self._worked: list[float] = []
        self._memory: list[int] = []

    @property
    def tasks(self) -> int:
        """Tasks completed until now."""
        return len(self._at)

    @property
    def seconds(self) -> float:
        """Seconds since the start."""
        return time.perf_counter() - self._began

    def completed(self) -> None:
        """One more task is completed."""
        if len(self._at) % _LOOK_EVERY == 0:
            self._memory.append(memory_in_use())
            self._worked.append(time.process_time() - self._worked_before)
        self._at.append(self.seconds)

    def tenths(self) -> tuple[Stretch, ...]:
        """The run in ten stretches of the same number of tasks; none where there are fewer than ten."""
        size = len(self._at) // _PARTS
        if not size:
            return ()
        looks = [(nth * _LOOK_EVERY, worked) for nth, worked in enumerate(self._worked)]
        looks.append((len(self._at), time.process_time() - self._worked_before))
        return tuple(self._stretch(size * part, size * (part + 1), looks) for part in range(_PARTS))

    def _stretch(self, first: int, end: int, looks: list[tuple[int, float]]) -> Stretch:
        seconds = self._at[end - 1] - (self._at[first - 1] if first else 0.0)
        memory = self._memory[(end - 1) // _LOOK_EVERY]
        return Stretch(end - first, seconds, memory, _worked_by(end, looks) - _worked_by(first, looks))


def _worked_by(task: int, looks: list[tuple[int, float]]) -> float:
    """The processor's seconds up to a task: those of the looks before and after it, in proportion."""
    after = bisect_left(looks, (task, 0.0))
    (number, worked), (before, worked_before) = looks[after], looks[max(after - 1, 0)]
    share = (task - before) / (number - before) if number > before else 1.0
    return worked_before + share * (worked - worked_before)


def memory_in_use() -> int:
    """Bytes of memory that this process holds; where the system doesn't say, the most it ever held."""
    try:
        return int(_STATM.read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except OSError:
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * _KILOBYTE
