"""What is due happens, case by case, each in its own transaction.

Timers fire, lateness is raised, final copies that aren't known to have arrived are chased, and digests of
lateness are made.

A firing is a step like any other, checked under the case's lock, so it happens at most once; after
downtime each overdue timer fires once. Nothing that sleeps is opened.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import bindparam, func, literal_column, select, union_all

from engine.errors import StepIncident
from engine.services.audit.audit import Actor
from engine.services.incidents import guarded
from engine.services.messages.digests import make_due, next_round
from engine.services.notices.delivery_chases import chase_due
from engine.services.step import CaseStep
from engine.services.tasks.contribution_rows import (
    DUE_CONTRIBUTIONS,
    NEXT_CONTRIBUTION,
    chase_contributions,
)
from engine.store import tables
from engine.store.batch_tables import RUNNING_BATCH, batch
from engine.store.types import Soonest

if TYPE_CHECKING:
    from engine.application import Engine

#: Rows taken from each index at a time.
_AT_ONCE = 200


def sweep(engine: Engine, *, stopping: Callable[[], bool] = lambda: False) -> int:
    """Carry out everything that is due by now; returns how many times a case, or an
    authority's digests, were moved on.

    Args:
        stopping: asked before each case; what is left when it says yes is still due.

    Raises:
        ExceptionGroup: some cases couldn't be moved. All others were.
    """
    moved, stuck, problems = 0, set[int](), list[Exception]()
    while not stopping() and (cases := _due_cases(engine, stuck)):
        for case_key in cases:
            if stopping():
                break
            if _is_moved(engine, case_key, problems):
                moved += 1
            else:
                stuck.add(case_key)
    moved += make_due(engine, stopping=stopping)  # what was raised above is told with the rest
    if problems:
        raise ExceptionGroup("What was due couldn't be done in every case", problems)
    return moved


def next_due(engine: Engine) -> datetime | None:
    """The earliest instant at which something is due; None when everything sleeps for ever."""
    with engine.database.read() as connection:
        found = [*connection.execute(_NEXT).scalars().all(), next_round(engine, connection)]
    return min((instant for instant in found if instant is not None), default=None)


def _due_cases(engine: Engine, stuck: set[int]) -> list[int]:
    """Some of the cases with something due, the earliest first; it looks past those that are stuck."""
    at_once = _AT_ONCE
    while True:
        rows = _due(engine, at_once)
        cases = [case_key for case_key in dict.fromkeys(rows) if case_key not in stuck]
        if cases or len(rows) < at_once:
            return cases
        at_once *= 2


def _due(engine: Engine, at_once: int) -> list[int]:
    """The cases of what is due, a row each: timers first, lateness, copies and contributions to be chased."""
    with engine.database.read() as connection:
        found = connection.execute(_DUE, {"now": engine.clock.now(), "most": at_once}).all()
    # Each index gives its own in their order, but they come together in any.
    return [case_key for _, _, case_key in sorted(found, key=lambda row: row[:2])]


def _is_moved(engine: Engine, case_key: int, problems: list[Exception]) -> bool:
    """Whether anything came of it: what nothing comes of isn't tried again and again."""
    try:
        return _move(engine, case_key)
    except StepIncident as stored:
        return stored.held > 0
    except Exception as problem:  # one case that can't be moved holds up no other
        problem.add_note(f"This was case {case_key}, when what was due there was to be done.")
        problems.append(problem)
        return False


def _move(engine: Engine, case_key: int) -> bool:
    def work(step: CaseStep) -> bool:
        before = step.audit.sequence
        step.fire_due()
        if step.copies_due:
            chase_due(step)
        if step.audit.sequence == before:  # nothing else was due here: somebody awaits a contribution
            chase_contributions(step)
        return step.audit.sequence > before or step.alerts_followed > 0

    return guarded(engine, case_key, "fire what is due", Actor.clock(), work)


_timer, _deadline, _delivery = tables.timer, tables.deadline, tables.delivery
#: The six questions that are asked of what sleeps; each is answered by an index alone.
DUE_TIMERS = (
    select(_timer.c.due_at, _timer.c.case_key)
    .where(tables.NOT_HELD, _timer.c.due_at <= bindparam("now"))
    .order_by(_timer.c.due_at)
    .limit(bindparam("most"))
)
DUE_ALERTS = (
    select(_deadline.c.alert_at, _deadline.c.case_key)
    .where(tables.ALERTS, _deadline.c.alert_at <= bindparam("now"))
    .order_by(_deadline.c.alert_at)
    .limit(bindparam("most"))
)
DUE_CHASES = (
    select(_delivery.c.chase_at, _delivery.c.case_key)
    .where(tables.CHASES, _delivery.c.chase_at <= bindparam("now"))
    .order_by(_delivery.c.chase_at)
    .limit(bindparam("most"))
)
_DUE = union_all(
    *(
        select(literal_column(str(nth)), *each.subquery().columns)
        for nth, each in enumerate((DUE_TIMERS, DUE_ALERTS, DUE_CHASES, DUE_CONTRIBUTIONS))
    )
)
NEXT_TIMER = select(func.min(_timer.c.due_at)).where(tables.NOT_HELD)
NEXT_ALERT = select(func.min(_deadline.c.alert_at)).where(tables.ALERTS)
NEXT_CHASE = select(func.min(_delivery.c.chase_at)).where(tables.CHASES)
#: When something is due in any case.
NEXT_OF_CASES: tuple[Soonest, ...] = (NEXT_TIMER, NEXT_ALERT, NEXT_CHASE, NEXT_CONTRIBUTION)
#: A batch that runs is due from the moment it was made.
NEXT_BATCH = select(func.min(batch.c.created_at)).where(RUNNING_BATCH)
#: Asked at once: whoever waits for what is next asks after every step.
_NEXT = union_all(*NEXT_OF_CASES, NEXT_BATCH)
