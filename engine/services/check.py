"""Proves that what is projected agrees with what the states say; a difference is a defect."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, bindparam, select

from engine.clock import format_instant
from engine.errors import EhcError
from engine.services.audit import Actor, verify
from engine.services.environment import as_day
from engine.services.instances import LiveInstance, StepFault
from engine.services.step import CaseStep
from engine.store import tables

if TYPE_CHECKING:
    from engine.application import Engine


@dataclass(frozen=True)
class Difference:
    """Something that doesn't agree: where, and what."""

    case_key: int
    instance_key: int | None
    problem: str


def check(engine: Engine) -> Iterator[Difference]:
    """Every difference between states and tables, over all cases; changes nothing."""
    with engine.database.read() as connection:
        for broken in verify(connection):
            yield Difference(broken.case_key, None, f"audit event {broken.sequence}: {broken.problem}")
        for case_key in connection.execute(_CASES).scalars().all():
            yield from _case(engine, connection, case_key)


def _case(engine: Engine, connection: Connection, case_key: int) -> Iterator[Difference]:
    step = CaseStep.lock(engine, connection, case_key, Actor.clock())
    for row in connection.execute(_INSTANCES, {"case": case_key}).all():
        try:
            live = LiveInstance.restore(step, row)
        except (StepFault, EhcError) as problem:
            yield Difference(case_key, row.key, f"its state can't be restored: {problem}")
            continue
        yield from _instance(connection, case_key, live)
    yield from _deadlines(step)


def _instance(connection: Connection, case_key: int, live: LiveInstance) -> Iterator[Difference]:
    of = {"of": live.key}
    tasks = {row.token: row for row in connection.execute(_TASKS, of)}
    expected = {task.token: task for task in live.workflow.open_tasks()}
    yield from _same(case_key, live.key, "task", tasks.keys(), expected.keys())
    for token in tasks.keys() & expected.keys():
        if tasks[token].due_on != as_day(expected[token].due_date):
            yield Difference(case_key, live.key, f"task {token} has another due date than its limit")
    timers = {row.token: row.due_at for row in connection.execute(_TIMERS, of)}
    armed = {timer.token: timer.due_at for timer in live.workflow.timers() if timer.due_at is not None}
    yield from _same(case_key, live.key, "timer", timers.keys(), armed.keys())
    for token in timers.keys() & armed.keys():
        if timers[token] != armed[token]:
            stored = format_instant(timers[token])
            yield Difference(case_key, live.key, f"timer {token} is stored as {stored}, the state differs")


def _same(case_key: int, key: int, what: str, stored: Any, expected: Any) -> Iterator[Difference]:
    for token in sorted(stored - expected):
        yield Difference(case_key, key, f"{what} {token} is in the table but not in the state")
    for token in sorted(expected - stored):
        yield Difference(case_key, key, f"{what} {token} is in the state but not in the table")


def _deadlines(step: CaseStep) -> Iterator[Difference]:
    for row in step.ledger.deadlines.values():
        found = step.ledger.due(row.rule, row.occurrence)
        if found is not None and row.is_running and row.due_on != found.last_day:
            problem = f"{row.rule} is stored as due on {row.due_on}; the law says {found.last_day}"
            yield Difference(step.case_key, None, problem)


_CASES = select(tables.ehc_case.c.key).order_by(tables.ehc_case.c.key)
_INSTANCES = select(tables.instance).where(
    tables.instance.c.case_key == bindparam("case"), tables.instance.c.status == "active"
)
_TASKS = select(tables.task).where(
    tables.task.c.instance_key == bindparam("of"), tables.task.c.state.in_(("CREATED", "ASSIGNED"))
)
_TIMERS = select(tables.timer).where(tables.timer.c.instance_key == bindparam("of"))
