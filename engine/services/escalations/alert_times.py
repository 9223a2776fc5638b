"""When somebody must hear of a limit: the ladder's days as instants, with days off respected.

What the ladder tells ahead of a limit, or on its last day, is brought forward to the last working day by
then: nobody reads it on a Sunday. What it tells of a limit that was missed stands from 00:00 of its day.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import TYPE_CHECKING

from sqlalchemy import Connection

from engine.calendar import Calendar
from engine.clock import start_of_day
from engine.ladder import LEVELS, NOT_ANSWERED, Ladder, Rung

if TYPE_CHECKING:
    from engine.application import Engine
    from engine.services.deadlines.deadline_rows import Deadline

_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Place:
    """Where a ladder is asked: for one agency's limit of one rule, as it was answered."""

    ladder: Ladder
    calendar: Calendar
    agency: str
    rule: str
    kind: str
    due_on: date
    answered: str = NOT_ANSWERED

    def day(self, today: date) -> int:
        """The day of the ladder that counts on a day, from the last compliant day."""
        if today > self.due_on:
            return (today - self.due_on).days
        told_until = self.calendar.next_working_day_from(today + _DAY) - _DAY
        return (min(told_until, self.due_on) - self.due_on).days

    def instant(self, day: int) -> datetime:
        """When a day of the ladder begins to count."""
        on = self.due_on + timedelta(days=day)
        return start_of_day(self.calendar.last_working_day_by(on) if day <= 0 else on)

    def rung(self, today: date) -> Rung | None:
        """Who is told on a day; None: nobody yet."""
        return self._decide(self.day(today))

    def first(self) -> datetime | None:
        """The first instant at which somebody must hear of it; None: nobody ever does."""
        day = self.ladder.first_day(self.agency, self.rule, self.kind)
        return None if day is None else self.instant(day)

    def next(self, today: date, *, least: str | None = None) -> datetime | None:
        """The instant after today at which another row speaks, of this level at least; None: none does."""
        if least is not None:
            return next((at for at, rung in self.coming(today) if _is_at_least(rung, least)), None)
        day = self.ladder.next_change(
            agency=self.agency, rule=self.rule, kind=self.kind, answered=self.answered, after=self.day(today)
        )
        return None if day is None else self.instant(day)

    def coming(self, today: date) -> Iterator[tuple[datetime, Rung]]:
        """Every row that speaks after today, if nothing happens, with the instant from which it does."""
        day: int | None = self.day(today)
        while day is not None:
            day = self.ladder.next_change(
                agency=self.agency, rule=self.rule, kind=self.kind, answered=self.answered, after=day
            )
            rung = None if day is None else self._decide(day)
            if day is not None and rung is not None:
                yield self.instant(day), rung

    def _decide(self, day: int) -> Rung | None:
        return self.ladder.decide(
            agency=self.agency, rule=self.rule, kind=self.kind, days=day, answered=self.answered
        )


class AlertTimes:
    """The ladder that is in force for a case, read when it is first asked."""

    def __init__(self, engine: Engine, connection: Connection, authority: str, calendar: Calendar) -> None:
        self._engine = engine
        self._connection = connection
        self._authority = authority
        self._calendar = calendar

    @cached_property
    def _ladder(self) -> Ladder:
        within = self._engine.database.joins
        return self._engine.ladders.in_force(self._connection, self._authority, within)

    def place(self, deadline: Deadline, answered: str | None = None) -> Place:
        """Where the ladder is asked for a limit that has a day."""
        assert deadline.due_on is not None
        agency = self._engine.ladders.agency(self._connection, self._authority, deadline.organisation)
        return Place(
            ladder=self._ladder,
            calendar=self._calendar,
            agency=agency,
            rule=deadline.rule,
            kind=deadline.kind,
            due_on=deadline.due_on,
            answered=answered or NOT_ANSWERED,
        )

    def first(self, deadline: Deadline) -> datetime | None:
        """The instant from which somebody must hear of a limit; None for one that nobody is told of."""
        return self.place(deadline).first() if deadline.is_told_of else None


def _is_at_least(rung: Rung, level: str) -> bool:
    return LEVELS.index(rung.level) >= LEVELS.index(level)
