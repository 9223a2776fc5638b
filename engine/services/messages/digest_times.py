"""When digests are due: on the first working morning after there is something to say.

An authority's digests are made together. What was missed while nobody looked (a night, a week of downtime)
makes one round of digests, in working hours.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import Connection, func, select

from engine.clock import day_of
from engine.store import tables
from engine.store.hearing_tables import WAITS, hearing
from engine.store.types import AnyRow

if TYPE_CHECKING:
    from engine.application import Engine

_DAY = timedelta(days=1)


def next_round(engine: Engine, connection: Connection) -> datetime | None:
    """The earliest instant at which an authority's digests are due; None: nobody has anything to be told."""
    instants = [round_of(engine, row) for row in connection.execute(_WAITING).all()]
    return min((instant for instant in instants if instant is not None), default=None)


def due_rounds(engine: Engine, connection: Connection) -> list[str]:
    """The authorities whose digests are due now."""
    now = engine.clock.now()
    rounds = [(row.code, round_of(engine, row)) for row in connection.execute(_WAITING).all()]
    return [code for code, instant in rounds if instant is not None and instant <= now]


def round_of(engine: Engine, row: AnyRow) -> datetime | None:
    """When the digests of a row of `_WAITING` are due."""
    since = min((at for at in (row.waits_since, row.stands_since) if at is not None), default=None)
    if since is None:
        return None
    due = morning_after(engine, row.code, max(since, row.digested_at or since))
    now = engine.clock.now()
    return due if due > now else engine.working_hours.moment_from(now, engine.calendar(row.code))


def morning_after(engine: Engine, authority: str, instant: datetime) -> datetime:
    """The first instant after another at which a working day begins."""
    calendar, hours = engine.calendar(authority), engine.working_hours
    day = calendar.next_working_day_from(day_of(instant))
    morning = hours.morning(day)
    return morning if morning > instant else hours.morning(calendar.next_working_day_from(day + _DAY))


def is_first_of_week(engine: Engine, authority: str, day: date) -> bool:
    """Whether no day of its week before it was a working day: boards are told weekly."""
    calendar = engine.calendar(authority)
    return not any(calendar.is_working_day(day - back * _DAY) for back in range(1, day.weekday() + 1))


_authority, _escalation = tables.authority, tables.escalation

#: What waits for a digest, and what was missed and stands, of each authority; answered by indexes alone.
_WAITING = select(
    _authority.c.code,
    _authority.c.digested_at,
    select(func.min(hearing.c.created_at))
    .where(hearing.c.authority == _authority.c.code, WAITS)
    .scalar_subquery()
    .label("waits_since"),
    select(func.min(_escalation.c.changed_at))
    .where(_escalation.c.authority == _authority.c.code, tables.STANDS)
    .scalar_subquery()
    .label("stands_since"),
).where(_authority.c.code >= "")  # by their index, from the first
