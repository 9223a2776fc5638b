"""A ladder that is ready to be asked: who hears of a limit, on which day."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence

from engine.ladder.cells import EVER
from engine.ladder.rows import Row
from engine.ladder.rung import Rung
from engine.ladder.sorting import chosen, columns
from engine.ladder.words import NOT_ANSWERED

_Steps = tuple[tuple[int, ...], tuple[Rung | None, ...]]


class Ladder:
    """Rows that cover every input once. It never changes; threads may share it.

    Days are counted from the last compliant day of a limit: -7 is a week ahead, 0 that day, 1 the first late
    one. `agency` is the code of the organisation that owes it, `SETTING` for every setting; `answered` the
    code of the last answer.
    """

    def __init__(self, rows: Sequence[Row]) -> None:
        self.rows = tuple(rows)
        by_name = columns(rows)
        self._agency, self._rule = by_name["agency"], by_name["rule"]
        self._kind, self._answered = by_name["kind"], by_name["answered"]
        self._steps: dict[int, _Steps] = {}

    def decide(
        self, *, agency: str, rule: str, kind: str, days: int, answered: str = NOT_ANSWERED
    ) -> Rung | None:
        """Who is told on a day; None: nobody yet."""
        starts, rungs = self._of(agency, rule, kind, answered)
        return rungs[bisect_right(starts, days) - 1]

    def first_day(self, agency: str, rule: str, kind: str) -> int | None:
        """The first day on which somebody is told while nobody has answered; None: nobody ever is."""
        starts, rungs = self._of(agency, rule, kind, NOT_ANSWERED)
        return next((start for start, rung in zip(starts, rungs, strict=True) if rung is not None), None)

    def next_change(
        self, *, agency: str, rule: str, kind: str, after: int, answered: str = NOT_ANSWERED
    ) -> int | None:
        """The first day after another on which another row speaks; None: the last one has spoken."""
        starts, _ = self._of(agency, rule, kind, answered)
        index = bisect_right(starts, after)
        return starts[index] if index < len(starts) else None

    def steps(
        self, *, agency: str, rule: str, kind: str, answered: str = NOT_ANSWERED
    ) -> list[tuple[int | None, Rung | None]]:
        """Every rung with the day from which it stands, from the bottom up; None: from ever."""
        starts, rungs = self._of(agency, rule, kind, answered)
        return [(None if day == -EVER else day, rung) for day, rung in zip(starts, rungs, strict=True)]

    def _of(self, agency: str, rule: str, kind: str, answered: str) -> _Steps:
        bits = (
            self._agency.rows(agency)
            & self._rule.rows(rule)
            & self._kind.rows(kind)
            & self._answered.rows(answered)
        )
        known = self._steps.get(bits)
        if known is None:
            known = self._steps[bits] = steps_of(chosen(self.rows, bits))
        return known


def steps_of(rows: Iterable[Row]) -> _Steps:
    """The days from which each of some rows stands, that cover all days once; equal neighbours are one."""
    runs = sorted((first, row.number, row.rung) for row in rows for first, _ in row.days.runs)
    starts: list[int] = []
    rungs: list[Rung | None] = []
    for first, _, rung in runs:
        if not rungs or rungs[-1] != rung:
            starts.append(first)
            rungs.append(rung)
    return tuple(starts), tuple(rungs)
