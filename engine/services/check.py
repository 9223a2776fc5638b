"""Proves that what is projected agrees with what the states say; a difference is a defect."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, bindparam, select

from engine.clock import format_instant
from engine.errors import EhcError
from engine.services.audit.audit import Actor, verify
from engine.services.days import as_day
from engine.services.deadlines.deadline_rows import Deadline
from engine.services.escalations.alert_check import unheard
from engine.services.instances import LiveInstance, StepFault
from engine.services.plans.check_plans import plan_differences
from engine.services.reviews.review_check import review_problems
from engine.services.step import CaseStep
from engine.store import tables
from engine.store.types import AnyRow

if TYPE_CHECKING:
    from engine.application import Engine


@dataclass(frozen=True)
class Difference:
    """Something that doesn't agree: where, and what."""

    case_key: int
    instance_key: int | None
    problem: str


def check(engine: Engine) -> Iterator[Difference]:
    """Every difference between states and tables, and every lost review; changes and locks nothing."""
    with engine.database.read() as connection:
        cases = connection.execute(_CASES).scalars().all()
    for case_key in cases:
        with engine.database.read() as connection:
            yield from _case(engine, connection, case_key)
    for case_key, problem in review_problems(engine):
        yield Difference(case_key, None, problem)


def _case(engine: Engine, connection: Connection, case_key: int) -> Iterator[Difference]:
    for broken in verify(connection, case_key):
        yield Difference(case_key, None, f"audit event {broken.sequence}: {broken.problem}")
    step = CaseStep.look(engine, connection, case_key, Actor.clock())
    for row in connection.execute(_INSTANCES, {"case": case_key}).all():
        stored = _Projected(connection, case_key, row.key)
        if row.status != "active":
            yield from _ended(case_key, row, stored)
            continue
        try:
            live = LiveInstance.restore(step, row)
        except (StepFault, EhcError) as problem:
            yield Difference(case_key, row.key, f"its state can't be restored: {problem}")
            continue
        yield from _instance(step, live, stored)
    yield from _deadlines(step)
    for told in plan_differences(step):
        yield Difference(case_key, None, told)


class _Projected:
    """What the tables say is open in an instance, by token."""

    def __init__(self, connection: Connection, case_key: int, instance_key: int) -> None:
        of = {"in_case": case_key, "of": instance_key}
        self.tasks = _by_token(connection, _TASKS, of)
        self.timers = _by_token(connection, _TIMERS, of)
        self.subscriptions = _by_token(connection, _SUBSCRIPTIONS, of)


def _by_token(connection: Connection, query: Any, of: Mapping[str, int]) -> dict[int, AnyRow]:
    return {row.token: row for row in connection.execute(query, of)}


def _ended(case_key: int, row: AnyRow, stored: _Projected) -> Iterator[Difference]:
    for what, rows in (
        ("task", stored.tasks),
        ("timer", stored.timers),
        ("subscription", stored.subscriptions),
    ):
        for token in sorted(rows):
            yield Difference(case_key, row.key, f"{what} {token} is open though the instance is {row.status}")


def _instance(step: CaseStep, live: LiveInstance, stored: _Projected) -> Iterator[Difference]:
    workflow = live.workflow
    if not live.is_active:
        yield Difference(step.case_key, live.key, f"it's stored as active; its state is {workflow.status}")
    tasks = {task.token: task for task in workflow.open_tasks()}
    armed = {timer.token: timer for timer in workflow.timers() if timer.due_at is not None}
    heard = {item.token: item for item in workflow.subscriptions()}
    for problem in (
        *_same("task", stored.tasks, tasks),
        *_same("timer", stored.timers, armed),
        *_same("subscription", stored.subscriptions, heard),
        *_tasks(stored.tasks, tasks),
        *_timers(stored.timers, armed),
    ):
        yield Difference(step.case_key, live.key, problem)


def _same(what: str, stored: Mapping[int, Any], expected: Mapping[int, Any]) -> Iterator[str]:
    for token in sorted(stored.keys() - expected.keys()):
        yield f"{what} {token} is in the table but not in the state"
    for token in sorted(expected.keys() - stored.keys()):
        yield f"{what} {token} is in the state but not in the table"


def _tasks(stored: Mapping[int, AnyRow], expected: Mapping[int, Any]) -> Iterator[str]:
    for token in sorted(stored.keys() & expected.keys()):
        row, task = stored[token], expected[token]
        if row.element_id != task.element_id:
            yield f"task {token} is stored as {row.element_id}; in the state it's {task.element_id}"
        if row.due_on != as_day(task.due_date):
            yield f"task {token} is stored as due on {row.due_on}; the state says {as_day(task.due_date)}"


def _timers(stored: Mapping[int, AnyRow], expected: Mapping[int, Any]) -> Iterator[str]:
    for token in sorted(stored.keys() & expected.keys()):
        due_at, armed_at = stored[token].due_at, expected[token].due_at
        if due_at != armed_at:
            says = format_instant(armed_at)
            yield f"timer {token} is stored as due at {format_instant(due_at)}; the state says {says}"


def _deadlines(step: CaseStep) -> Iterator[Difference]:
    for row in step.ledger.deadlines.values():
        for problem in _deadline(step, row):
            yield Difference(step.case_key, None, problem)
    for problem in unheard(step):
        yield Difference(step.case_key, None, problem)


def _deadline(step: CaseStep, row: Deadline) -> Iterator[str]:
    found = step.ledger.due(row.rule, row.occurrence)
    if row.is_running and found is not None:
        if row.due_on != found.last_day:
            yield f"{row.rule} is stored as due on {row.due_on}; the law says {found.last_day}"
        elif row.broken_at != found.broken_at:
            yield f"{row.rule} is stored as broken from {row.broken_at}; the law says {found.broken_at}"
    if row.met_on is not None and row.status != step.ledger.outcome(row):
        yield f"{row.rule} is stored as {row.status}; met on {row.met_on} it's {step.ledger.outcome(row)}"
    if row.alert_at is not None and not row.is_told_of:
        yield f"{row.rule} would raise lateness, though it's {row.status}"


_CASES = select(tables.ehc_case.c.key).order_by(tables.ehc_case.c.key)
_INSTANCES = (
    select(tables.instance)
    .where(tables.instance.c.case_key == bindparam("case"))
    .order_by(tables.instance.c.key)
)
_TASKS = select(tables.task).where(
    tables.task.c.case_key == bindparam("in_case"),
    tables.task.c.instance_key == bindparam("of"),
    tables.OPEN_TASK,
)
_TIMERS = select(tables.timer).where(tables.timer.c.instance_key == bindparam("of"))
_SUBSCRIPTIONS = select(tables.subscription).where(tables.subscription.c.instance_key == bindparam("of"))
