"""What people and time do to a case, each ready to be sent, and sent again."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from functools import partial

from sqlalchemy import func, select

from engine.errors import StepIncident
from engine.services.sweep import sweep
from engine.services.tasks import tasks
from engine.store import tables
from tests.engine.services.drawing import deploy_small, small_processes, start
from tests.support.desk import MONDAY, CaseDesk, Desk

#: Sends one and the same request, or lets one and the same moment come.
Act = Callable[[], object]
_WEEK = timedelta(weeks=1)


def rows_by_table(desk: Desk) -> dict[str, int]:
    """How many rows every table has."""
    with desk.engine.database.read() as connection:
        return {
            table.name: connection.execute(select(func.count()).select_from(table)).scalar_one()
            for table in tables.metadata.sorted_tables
        }


def completing(case: CaseDesk, element_id: str) -> Act:
    """One person's complete answer to one task."""
    task = case.task(element_id)
    who = case.worker(task)
    return partial(tasks.complete, case.desk.engine, who, task.key, dict(case.example(task, who)))


def decision(desk: Desk) -> Act:
    """The decision to assess: it closes limits, records facts, sends notices and opens tasks."""
    case = desk.request()
    case.until("decide_assess")
    return completing(case, "decide_assess")


def advice(desk: Desk) -> Act:
    """One adviser's advice, while all others are waited for."""
    case = desk.request()
    case.until("give_advice")
    return completing(case, "give_advice")


def timers(desk: Desk) -> Act:
    """Every chase and limit of the advice, and lateness that climbs, in one sweep after downtime."""
    desk.request().until("give_advice")
    desk.jump_to(MONDAY + 7 * _WEEK)
    return partial(sweep, desk.engine)


def correction(desk: Desk) -> Act:
    """The request came a week earlier than was written: every limit and timer moves."""
    case = desk.request()
    case.until("give_advice")
    return partial(case.correct, "request_received_on", MONDAY - _WEEK)


def withdrawal(desk: Desk) -> Act:
    """The family moves on."""
    case = desk.request()
    case.until("give_advice")
    return partial(case.withdraw, MONDAY)


def request(desk: Desk) -> Act:
    """A request for an assessment."""
    return desk.request


def failure(desk: Desk) -> Act:
    """A step that its diagram can't carry out: what is kept of it is an incident."""
    deploy_small(desk, *small_processes())
    case = desk.request()
    start(case, "fails_when_asked")
    complete = completing(case, "ask")

    def act() -> None:
        with suppress(StepIncident):
            complete()

    return act


#: By name, each made ready on a desk of its own.
ACTS: dict[str, Callable[[Desk], Act]] = {
    "complete a task": decision,
    "give advice": advice,
    "let timers fire": timers,
    "correct a date": correction,
    "withdraw": withdrawal,
    "raise a request": request,
    "fail with an incident": failure,
}
