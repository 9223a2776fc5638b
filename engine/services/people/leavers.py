"""Whoever leaves gives their open tasks back to the group: at once, or when the last day has passed."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import bindparam, select, update

from engine.errors import StepIncident
from engine.services.audit.audit import Actor, Event
from engine.services.incidents import guarded
from engine.services.step import CaseStep
from engine.store import tables

if TYPE_CHECKING:
    from engine.application import Engine

#: How far back an end is looked for by the clock: longer than any downtime.
_LOOKED_BACK = timedelta(days=31)


def give_back_tasks_of_leavers(engine: Engine) -> int:
    """Give back what is held under memberships whose last day has passed; returns how many tasks."""
    today = engine.clock.today()
    span = {"since": today - _LOOKED_BACK, "today": today}
    with engine.database.read() as connection:
        left = connection.execute(_LEFT, span).scalars().all()
    return sum(give_back_tasks(engine, key, Actor.clock()) for key in left)


def give_back_tasks(engine: Engine, membership_key: int, actor: Actor) -> int:
    """Give back every open task that is held under a membership; returns how many.

    Each case is changed under its own lock; what can't be changed now stays for the next time.
    """
    with engine.database.read() as connection:
        cases = connection.execute(_CASES, {"who": membership_key}).scalars().all()
    given = 0
    for case_key in cases:
        with suppress(StepIncident):  # kept with the case
            given += _of_case(engine, case_key, membership_key, actor)
    return given


def _of_case(engine: Engine, case_key: int, membership_key: int, actor: Actor) -> int:
    def work(step: CaseStep) -> int:
        rows = step.connection.execute(_HELD, {"case": step.case_key, "who": membership_key}).all()
        for row in rows:
            step.connection.execute(_UNASSIGN, {"row_key": row.key})
            step.audit.append(Event.TASK_UNCLAIMED, element=row.element_id, task=row.key, left=membership_key)
        return len(rows)

    return guarded(engine, case_key, "give back the tasks of somebody who left", actor, work)


_task, _membership = tables.task, tables.membership
_LEFT = (
    select(_membership.c.key)
    .where(_membership.c.valid_to >= bindparam("since"), _membership.c.valid_to < bindparam("today"))
    .order_by(_membership.c.key)
)
_MINE = (_task.c.assignee_key == bindparam("who"), tables.OPEN_TASK)
_CASES = select(_task.c.case_key).where(*_MINE).group_by(_task.c.case_key).order_by(_task.c.case_key)
_HELD = (
    select(_task.c.key, _task.c.element_id)
    .where(_task.c.case_key == bindparam("case"), *_MINE)
    .order_by(_task.c.key)
)
_UNASSIGN = (
    update(_task)
    .where(_task.c.key == bindparam("row_key"))
    .values(assignee_key=None, state="CREATED", version=_task.c.version + 1)
)
