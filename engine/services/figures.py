"""What the database knows of how the installation stands: figures without a person or a case in them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, Select, bindparam, func, select

from engine.store import tables
from engine.store.message_tables import STUCK

if TYPE_CHECKING:
    from engine.application import Engine


#: How many there are, by the values that tell them apart.
Counts = Mapping[tuple[str, ...], int]


@dataclass(frozen=True)
class Figures:
    """How things stood at an instant. Ages are seconds; None where there is nothing to be old."""

    #: By authority and status; `overdue` are the running ones that are broken.
    deadlines: Counts
    #: By authority and level; those that aren't resolved.
    escalations: Counts
    #: By authority and organisation.
    open_tasks: Counts
    incidents: int
    #: By kind of message.
    outbox_waiting: Counts
    outbox_age: float | None
    #: By channel: how long the message that is due first has been due.
    outbox_overdue: Mapping[tuple[str, ...], float]
    #: By state and channel: messages that go no further unless somebody sees to it.
    outbox_stuck: Counts
    timers_asleep: int
    overdue_timer_age: float | None


def figures(engine: Engine) -> Figures:
    """Count what stands now, in one look."""
    now = engine.clock.now()
    with engine.database.read() as connection:
        oldest_message = connection.execute(_OLDEST_MESSAGE).scalar()
        return Figures(
            deadlines={**_counts(connection, _DEADLINES), **_overdue(connection, now)},
            escalations=_counts(connection, _ESCALATIONS),
            open_tasks=_counts(connection, _TASKS),
            incidents=connection.execute(_INCIDENTS).scalar_one(),
            outbox_waiting=_counts(connection, _OUTBOX),
            outbox_age=_age(oldest_message, now),
            outbox_overdue=_overdue_messages(connection, now),
            outbox_stuck=_counts(connection, _STUCK),
            timers_asleep=connection.execute(_TIMERS).scalar_one(),
            overdue_timer_age=_overdue_age(connection, now),
        )


def overdue_timer_age(engine: Engine) -> float | None:
    """How many seconds the oldest timer that should have fired is late; None when none is."""
    with engine.database.read() as connection:
        return _overdue_age(connection, engine.clock.now())


def undelivered(engine: Engine) -> int:
    """How many messages failed that tell of no case, so that no caseworker has a task about them."""
    with engine.database.read() as connection:
        return int(connection.execute(_UNDELIVERED).scalar_one())


def _overdue_age(connection: Connection, now: datetime) -> float | None:
    earliest = connection.execute(_EARLIEST_TIMER).scalar()
    return _age(earliest, now) if earliest is not None and earliest < now else None


def _overdue_messages(connection: Connection, now: datetime) -> dict[tuple[str, ...], float]:
    rows = connection.execute(_OVERDUE_MESSAGES, {"now": now}).all()
    return {(row.channel,): (now - row.since).total_seconds() for row in rows}


def _age(since: datetime | None, now: datetime) -> float | None:
    return None if since is None else max((now - since).total_seconds(), 0.0)


def _counts(connection: Connection, query: Select[Any], **values: object) -> dict[tuple[str, ...], int]:
    """The last column counted, by all before it."""
    return {tuple(row[:-1]): row[-1] for row in connection.execute(query, values).all()}


def _overdue(connection: Connection, now: datetime) -> Counts:
    found = _counts(connection, _OVERDUE, now=now)
    return {(authority, "overdue"): count for (authority,), count in found.items()}


_deadline, _escalation, _task, _outbox = tables.deadline, tables.escalation, tables.task, tables.outbox
_DEADLINES = select(_deadline.c.authority, _deadline.c.status, func.count()).group_by(
    _deadline.c.authority, _deadline.c.status
)
_OVERDUE = (
    select(_deadline.c.authority, func.count())
    .where(
        _deadline.c.status == "running",
        _deadline.c.nature == "deadline",
        _deadline.c.broken_at <= bindparam("now"),
    )
    .group_by(_deadline.c.authority)
)
_ESCALATIONS = (
    select(_escalation.c.authority, _escalation.c.level, func.count())
    .where(_escalation.c.state != "resolved")
    .group_by(_escalation.c.authority, _escalation.c.level)
)
_TASKS = (
    select(_task.c.authority, _task.c.organisation, func.count())
    .where(tables.OPEN_TASK)
    .group_by(_task.c.authority, _task.c.organisation)
)
_INCIDENTS = select(func.count()).select_from(tables.incident).where(tables.incident.c.state == "open")
_OUTBOX = select(_outbox.c.kind, func.count()).where(_outbox.c.state == "waiting").group_by(_outbox.c.kind)
_OLDEST_MESSAGE = select(func.min(_outbox.c.created_at)).where(_outbox.c.state == "waiting")
_OVERDUE_MESSAGES = (
    select(_outbox.c.channel, func.min(_outbox.c.next_at).label("since"))
    .where(_outbox.c.state == "waiting", _outbox.c.next_at <= bindparam("now"))
    .group_by(_outbox.c.channel)
)
_STUCK = (
    select(_outbox.c.state, _outbox.c.channel, func.count())
    .where(STUCK)
    .group_by(_outbox.c.state, _outbox.c.channel)
)
_UNDELIVERED = select(func.count()).where(STUCK, _outbox.c.state == "failed", _outbox.c.case_key.is_(None))
_TIMERS = select(func.count()).select_from(tables.timer)
_EARLIEST_TIMER = select(func.min(tables.timer.c.due_at)).where(tables.NOT_HELD)
