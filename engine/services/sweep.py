"""What is due happens: timers fire and lateness is raised, case by case, each in its own transaction.

A firing is a step like any other, checked under the case's lock, so it happens at most once; after
downtime each overdue timer fires once. Nothing that sleeps is opened.
"""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import bindparam, func, select

from engine.errors import StepIncident
from engine.services.audit import Actor
from engine.services.incidents import guarded
from engine.services.step import CaseStep
from engine.store import tables

if TYPE_CHECKING:
    from engine.application import Engine

#: Cases taken from the index at a time.
_AT_ONCE = 200


def sweep(engine: Engine) -> int:
    """Carry out everything that is due by now; returns how many cases were moved."""
    moved = 0
    before: list[int] = []
    while (cases := _due_cases(engine)) and cases != before:
        for case_key in cases:
            _move(engine, case_key)
        moved += len(cases)
        before = cases
    return moved


def next_due(engine: Engine) -> datetime | None:
    """The earliest instant at which something is due; None when everything sleeps for ever."""
    with engine.database.read() as connection:
        found = [connection.execute(query).scalar() for query in (_NEXT_TIMER, _NEXT_ALERT)]
    return min((instant for instant in found if instant is not None), default=None)


def _due_cases(engine: Engine) -> list[int]:
    now = {"now": engine.clock.now()}
    with engine.database.read() as connection:
        timers = connection.execute(_DUE_TIMERS, now).scalars().all()
        alerts = connection.execute(_DUE_ALERTS, now).scalars().all()
    return list(dict.fromkeys((*timers, *alerts)))


def _move(engine: Engine, case_key: int) -> None:
    with suppress(StepIncident):  # stored already; its timers are held until somebody retries
        guarded(engine, case_key, "fire what is due", Actor.clock(), CaseStep.fire_due)


_timer, _deadline = tables.timer, tables.deadline
_DUE_TIMERS = (
    select(_timer.c.case_key)
    .where(tables.NOT_HELD, _timer.c.due_at <= bindparam("now"))
    .order_by(_timer.c.due_at)
    .limit(_AT_ONCE)
)
_DUE_ALERTS = (
    select(_deadline.c.case_key)
    .where(tables.ALERTS, _deadline.c.alert_at <= bindparam("now"))
    .order_by(_deadline.c.alert_at)
    .limit(_AT_ONCE)
)
_NEXT_TIMER = select(func.min(_timer.c.due_at)).where(tables.NOT_HELD)
_NEXT_ALERT = select(func.min(_deadline.c.alert_at)).where(tables.ALERTS)
