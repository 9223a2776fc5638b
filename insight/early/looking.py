"""How the limits of an authority stand on a morning: those that run, and those that were to be met before."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Connection, and_, bindparam, select

from engine.clock import day_of
from engine.services.principals import SEND_TEAM
from engine.store import tables
from engine.store.forecast_tables import forecast
from engine.store.types import AnyRow
from insight.early.experience import HORIZON, Past, spans

#: No task works towards it yet: others come first. A task waits for somebody to take it. Somebody has it. They
#: wait for what they asked others to contribute. Who owes it has said that it will be late.
UNTOUCHED, UNCLAIMED, CLAIMED, WAITING, SAID_LATE = (
    "untouched",
    "unclaimed",
    "claimed",
    "waiting",
    "said_late",
)
#: All settings together: each alone has too few limits to be known by.
SETTINGS = "setting"
#: How far back limits are looked at.
LOOKED_BACK = timedelta(days=730)
#: The form by which an agency says whether it expects to be in time, and how a "no" stands in its answers.
_ACKNOWLEDGEMENT, _NOT_IN_TIME = "acknowledge_request", '"onTime":false'


@dataclass(frozen=True)
class Task:
    """An open task that works towards a limit."""

    key: int
    element_id: str
    organisation: str
    rule: str | None
    occurrence: str
    assignee_key: int | None
    outstanding: int


@dataclass(frozen=True)
class Running:
    """A limit that runs, and how the work on it stands.

    Attributes:
        tasks: the open tasks that work towards it.
        others: the other open tasks of its case.
        said_late: the organisations of the case that said they would be late, as far as it concerns this limit.
        trail: each state that the work was in with the morning since which it stood so; today's included.
        told_at_level: where its thread of lateness stands, if one is open.
    """

    deadline_key: int
    case_key: int
    rule: str
    organisation: str
    due_on: date
    tasks: tuple[Task, ...]
    others: tuple[Task, ...]
    said_late: tuple[str, ...]
    trail: tuple[tuple[date, str], ...]
    is_known: bool
    warned: bool
    told_at_level: str | None

    @property
    def state(self) -> str:
        """How the work stands today."""
        return self.trail[-1][1]


def agency(organisation: str) -> str:
    """Whose limits are compared with one another."""
    return SETTINGS if organisation.startswith("urn:") else organisation


def running(connection: Connection, authority: str, today: date) -> Iterator[Running]:
    """The limits whose last day lies within the horizon, and how each stands this morning."""
    asked = {"authority": authority, "today": today, "horizon": today + timedelta(days=HORIZON)}
    tasks = _tasks(connection, authority)
    said = _said_late(connection, asked)
    for row in connection.execute(_RUNNING, asked):
        if not row.exceptions:
            yield _as_it_stands(row, tasks.get(row.case_key, ()), said.get(row.case_key, {}), today)


def past(connection: Connection, authority: str, today: date) -> Iterator[Past]:
    """The limits whose last day is over. What was withdrawn or superseded was neither kept nor missed."""
    asked = {"authority": authority, "today": today, "since": today - LOOKED_BACK}
    for row in connection.execute(_PAST, asked):
        ended_on = row.met_on or row.due_on
        trail = [(date.fromisoformat(day), state) for day, state in row.trail or ()]
        first_seen = day_of(row.opened_at) + timedelta(days=1)
        yield Past(
            rule=row.rule,
            organisation=agency(row.organisation),
            due_on=row.due_on,
            is_missed=row.met_on is None or row.met_on > row.due_on,
            spans=spans(trail, first_seen, ended_on, row.due_on),
        )


def state_of_work(tasks: Sequence[Task]) -> str:
    """How the open tasks of a limit stand."""
    if not tasks:
        return UNTOUCHED
    if any(task.outstanding for task in tasks):
        return WAITING
    return CLAIMED if any(task.assignee_key is not None for task in tasks) else UNCLAIMED


def _as_it_stands(row: AnyRow, tasks: Sequence[Task], said: Mapping[str, date], today: date) -> Running:
    own = tuple(task for task in tasks if (task.rule, task.occurrence) == (row.rule, row.occurrence))
    late = tuple(sorted(who for who, on in said.items() if on >= day_of(row.opened_at) and _concerns(row, who)))
    trail = [(date.fromisoformat(day), state) for day, state in row.trail or ()]
    state = SAID_LATE if late else state_of_work(own)
    if not trail or trail[-1][1] != state:
        trail.append((today, state))
    return Running(
        deadline_key=row.key,
        case_key=row.case_key,
        rule=row.rule,
        organisation=row.organisation,
        due_on=row.due_on,
        tasks=own,
        others=tuple(task for task in tasks if task not in own),
        said_late=late,
        trail=tuple(trail),
        is_known=row.trail is not None,
        warned=row.warned_at is not None,
        told_at_level=row.level,
    )


def _concerns(row: AnyRow, organisation: str) -> bool:
    """An agency's word concerns what it owes itself, and the SEND team's limits, which wait for all."""
    return organisation == row.organisation or row.organisation == SEND_TEAM


def _tasks(connection: Connection, authority: str) -> dict[int, list[Task]]:
    found: dict[int, list[Task]] = defaultdict(list)
    for row in connection.execute(_OPEN_TASKS, {"authority": authority}):
        found[row.case_key].append(
            Task(
                row.key,
                row.element_id,
                row.organisation,
                row.rule,
                row.occurrence,
                row.assignee_key,
                row.outstanding or 0,
            )
        )
    return found


def _said_late(connection: Connection, asked: Mapping[str, Any]) -> dict[int, dict[str, date]]:
    """By case: the organisations that said they would be late, and the last day on which each did."""
    found: dict[int, dict[str, date]] = defaultdict(dict)
    for row in connection.execute(_SAID_LATE, asked):
        found[row.case_key][row.organisation] = day_of(row.created_at)
    return found


_deadline, _task, _document, _escalation = (
    tables.deadline,
    tables.task,
    tables.document,
    tables.escalation,
)
_IS_AHEAD = and_(
    _deadline.c.authority == bindparam("authority"),
    _deadline.c.status == "running",
    _deadline.c.nature == "deadline",
    _deadline.c.due_on.between(bindparam("today"), bindparam("horizon")),
)
_RUNNING = (
    select(
        _deadline.c.key,
        _deadline.c.case_key,
        _deadline.c.rule,
        _deadline.c.occurrence,
        _deadline.c.organisation,
        _deadline.c.due_on,
        _deadline.c.opened_at,
        _deadline.c.exceptions,
        forecast.c.trail,
        forecast.c.warned_at,
        _escalation.c.level,
    )
    .outerjoin(forecast, forecast.c.deadline_key == _deadline.c.key)
    .outerjoin(
        _escalation, and_(_escalation.c.deadline_key == _deadline.c.key, _escalation.c.state != "resolved")
    )
    .where(_IS_AHEAD)
    .order_by(_deadline.c.key)
)
_PAST = (
    select(
        _deadline.c.rule,
        _deadline.c.organisation,
        _deadline.c.due_on,
        _deadline.c.met_on,
        _deadline.c.opened_at,
        forecast.c.trail,
    )
    .outerjoin(forecast, forecast.c.deadline_key == _deadline.c.key)
    .where(
        _deadline.c.authority == bindparam("authority"),
        _deadline.c.nature == "deadline",
        _deadline.c.due_on >= bindparam("since"),
        _deadline.c.due_on < bindparam("today"),
        _deadline.c.status.in_(("running", "on_time", "late", "late_excused")),
    )
    .order_by(_deadline.c.key)
)
_OPEN_TASKS = (
    select(
        _task.c.key,
        _task.c.case_key,
        _task.c.element_id,
        _task.c.organisation,
        _task.c.rule,
        _task.c.occurrence,
        _task.c.assignee_key,
        _task.c.outstanding,
    )
    .where(_task.c.authority == bindparam("authority"), tables.OPEN_TASK)
    .order_by(_task.c.key)
)
_SAID_LATE = (
    select(_document.c.case_key, _document.c.organisation, _document.c.created_at)
    .where(
        _document.c.form_key == _ACKNOWLEDGEMENT,
        _document.c.content.contains(_NOT_IN_TIME),
        _document.c.case_key.in_(select(_deadline.c.case_key).where(_IS_AHEAD)),
    )
    .order_by(_document.c.key)
)
