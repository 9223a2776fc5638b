"""How the limits of an authority that run stand on a morning, and how the work on them does."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Connection, and_, bindparam, select

from engine.clock import day_of
from engine.services.principals import SEND_TEAM
from engine.store import tables
from engine.store.forecast_tables import forecast
from engine.store.types import AnyRow
from insight.early.experience import HORIZON

#: How the work stands: no task works towards it yet, others come first; a task waits for somebody to take it;
#: somebody has it; they wait for what they asked others to contribute; who owes it has said it will be late;
#: its tasks are done, and what they gave is being looked at.
UNTOUCHED, UNCLAIMED, CLAIMED, WAITING, SAID_LATE, HANDED_IN = (
    "untouched",
    "unclaimed",
    "claimed",
    "waiting",
    "said_late",
    "handed_in",
)
#: Each state with the morning since which the work stood so, the first first.
Trail = Sequence[tuple[date, str]]
#: All settings together: each alone has too few limits to be known by.
SETTINGS = "setting"
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
        work: how these stand, whatever its agency says.
        others: the other open tasks of its case.
        said_late: organisations that said they would be late, as far as it concerns this limit.
        trail: each state that the work was in with the morning since which it stood so; today's included.
        told_at_level: where its thread of lateness stands, if one is open.
    """

    deadline_key: int
    case_key: int
    rule: str
    organisation: str
    due_on: date
    tasks: tuple[Task, ...]
    work: str
    others: tuple[Task, ...]
    said_late: tuple[str, ...]
    trail: Trail
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
    around = _Around(
        _tasks(connection, authority),
        {tuple(row) for row in connection.execute(_DONE, asked)},
        _said_late(connection, asked),
    )
    for row in connection.execute(_RUNNING, asked):
        if not row.exceptions:
            yield _as_it_stands(row, around, today)


def state_of_work(tasks: Sequence[Task], *, were_any: bool) -> str:
    """How the work stands, going by the open tasks of a limit and whether others of it are done."""
    if not tasks:
        return HANDED_IN if were_any else UNTOUCHED
    if any(task.outstanding for task in tasks):
        return WAITING
    return CLAIMED if any(task.assignee_key is not None for task in tasks) else UNCLAIMED


@dataclass(frozen=True)
class _Around:
    """What else is known of cases on a morning.

    Attributes:
        open: by case, its open tasks.
        done: case, rule and occurrence of what tasks have been done for.
        said_late: by case, the organisations that said they would be late, and the last day of it.
    """

    open: Mapping[int, Sequence[Task]]
    done: Set[tuple[Any, ...]]
    said_late: Mapping[int, Mapping[str, date]]


def _as_it_stands(row: AnyRow, around: _Around, today: date) -> Running:
    tasks = around.open.get(row.case_key, ())
    own = tuple(task for task in tasks if (task.rule, task.occurrence) == (row.rule, row.occurrence))
    work = state_of_work(own, were_any=(row.case_key, row.rule, row.occurrence) in around.done)
    late = _late_by_its_word(row, around.said_late.get(row.case_key, {}))
    state = SAID_LATE if late and work != HANDED_IN else work
    trail = trail_of(row.trail)
    if not trail or trail[-1][1] != state:
        trail = (*trail, (today, state))
    return Running(
        deadline_key=row.key,
        case_key=row.case_key,
        rule=row.rule,
        organisation=row.organisation,
        due_on=row.due_on,
        tasks=own,
        work=work,
        others=tuple(task for task in tasks if task not in own),
        said_late=late,
        trail=trail,
        is_known=row.trail is not None,
        warned=row.warned_at is not None,
        told_at_level=row.level,
    )


def _late_by_its_word(row: AnyRow, said: Mapping[str, date]) -> tuple[str, ...]:
    """Who said so since it began: who owes it, or, of what the SEND team owes, anybody it waits for."""
    begun = day_of(row.opened_at)
    return tuple(
        sorted(who for who, on in said.items() if on >= begun and row.organisation in (who, SEND_TEAM))
    )


def trail_of(stored: Sequence[tuple[str, str]] | None) -> Trail:
    """A trail as it is kept, with days for their texts."""
    return tuple((date.fromisoformat(day), state) for day, state in stored or ())


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


_deadline, _task = tables.deadline, tables.task
_document, _escalation = tables.document, tables.escalation
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
_DONE = (
    select(_task.c.case_key, _task.c.rule, _task.c.occurrence)
    .where(
        _task.c.state == "COMPLETED",
        _task.c.rule.is_not(None),
        _task.c.case_key.in_(select(_deadline.c.case_key).where(_IS_AHEAD)),
    )
    .distinct()
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
