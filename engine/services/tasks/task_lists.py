"""Lists of tasks: what is asked for, in which order, page by page; and how many there are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import Select, and_, case, cast, func, or_, select
from sqlalchemy import Text as SqlText
from sqlalchemy.sql import ColumnElement

from engine.errors import BadInput
from engine.services import paging
from engine.services.principals import Principal
from engine.services.sight import sight
from engine.services.tasks import task_rows
from engine.services.tasks.task_order import DEFAULT, Order
from engine.services.tasks.task_rows import STATES
from engine.services.tasks.views_of_work import GroupCount, TaskCount
from engine.services.views import Page, PageEnd, TaskView
from engine.store import tables
from engine.store.types import to_text

if TYPE_CHECKING:
    from engine.application import Engine

#: In place of an organisation: that of whoever asks, so that a shared filter shows everybody their own.
MINE = "mine"
ME = "me"
GROUPS = ("organisation", "elementId", "rule", "priority", "state", "due", "worklist")


@dataclass(frozen=True, kw_only=True)
class Conditions:
    """Which tasks are asked for; all that is given must hold.

    Attributes:
        assignee: "me", a membership's key, or a person's name.
        candidate_group: a role that may take the task.
        candidate: whether whoever asks could claim it now: theirs to do, and held by nobody.
        organisation: the code of who owes it, or "mine".
        states: some of `STATES`; none: the open ones.
        due_before, due_after, follow_up_before: the day itself isn't included.
        overdue: whether its last compliant day is over.
        priority_from, priority_to: both included.
    """

    assignee: str | None = None
    candidate_group: str | None = None
    candidate: bool | None = None
    unassigned: bool | None = None
    organisation: str | None = None
    case_key: str | None = None
    process_definition_id: str | None = None
    element_id: str | None = None
    rule: str | None = None
    states: Sequence[str] = ()
    due_before: date | None = None
    due_after: date | None = None
    overdue: bool | None = None
    priority_from: int | None = None
    priority_to: int | None = None
    follow_up_before: date | None = None
    created_after: datetime | None = None


ALL_OPEN = Conditions()


def list_tasks(
    engine: Engine,
    principal: Principal,
    asked: Conditions = ALL_OPEN,
    *,
    order: Order = DEFAULT,
    limit: int = 50,
    cursor: str | None = None,
) -> Page[TaskView]:
    """The tasks that a principal sees and asks for, undated ones last in any order of days.

    Raises:
        BadInput: a condition or the cursor can't be one.
    """
    principal.require("task:read")
    length = paging.clamp(limit)
    query = task_rows.SHOWN.add_columns(order.value.label("sorted_by")).where(
        *conditions(principal, asked, engine.clock.today())
    )
    if cursor is not None:
        query = query.where(order.after(cursor))
    with engine.database.glance() as connection:
        rows = connection.execute(query.order_by(*order.by).limit(length + 1)).all()
    end = order.cursor(rows[length - 1]) if len(rows) > length else None
    return Page(items=[task_rows.view(row) for row in rows[:length]], page=PageEnd(end_cursor=end))


def count_tasks(
    engine: Engine, principal: Principal, asked: Conditions = ALL_OPEN, *, group_by: str | None = None
) -> TaskCount:
    """How many tasks there are of those that `list_tasks` would list, on request group by group.

    Groups of `due` and of columns add up to the whole; those of `worklist` overlap, as a worklist's tabs do.
    """
    principal.require("task:read")
    today = engine.clock.today()
    query = select(func.count()).select_from(_task).where(*conditions(principal, asked, today))
    with engine.database.read() as connection:
        whole: int = connection.execute(query).scalar_one()
        if group_by is None:
            return TaskCount(count=whole, groups=[])
        if group_by == "worklist":
            tabs = _tabs(principal, today)
            row = connection.execute(query.add_columns(*(_number(tab) for tab in tabs.values()))).one()
            found: list[tuple[str | None, int]] = list(zip(tabs, row[1:], strict=True))
        else:
            found = _grouped(connection.execute, query, _grouping(group_by, today))
    return TaskCount(count=whole, groups=[GroupCount(group=name, count=number) for name, number in found])


def _grouped(execute: Any, query: Select[Any], value: ColumnElement[Any]) -> list[tuple[str | None, int]]:
    rows = execute(query.add_columns(value.label("value")).group_by(value)).all()
    named = [(None if row.value is None else str(row.value), row[0]) for row in rows]
    return sorted(named, key=lambda item: (item[0] is None, item[0] or ""))


def _grouping(group_by: str, today: date) -> ColumnElement[Any]:
    columns = {
        "organisation": _task.c.organisation,
        "elementId": _task.c.element_id,
        "rule": _task.c.rule,
        "priority": _task.c.priority,
        "state": _task.c.state,
        "due": _nearness(today),
    }
    if group_by not in columns:
        raise BadInput.field("groupBy", f"groupBy is one of {', '.join(GROUPS)}.")
    return columns[group_by]


def _nearness(today: date) -> ColumnElement[str]:
    return case(
        (_task.c.due_on.is_(None), "undated"),
        (_task.c.due_on < today, "overdue"),
        (_task.c.due_on == today, "today"),
        (_task.c.due_on <= today + timedelta(days=7), "nextSevenDays"),
        else_="later",
    )


def _tabs(principal: Principal, today: date) -> dict[str, ColumnElement[bool]]:
    mine = _task.c.assignee_key == principal.membership_key
    return {
        "mine": mine,
        "candidate": and_(_task.c.assignee_key.is_(None), sight.takeable(principal)),
        "organisation": _task.c.organisation == principal.organisation,
        "overdue": _task.c.due_on < today,
        "followUp": and_(mine, _task.c.follow_up_on <= today),
    }


def _number(tab: ColumnElement[bool]) -> ColumnElement[int]:
    return func.coalesce(func.sum(case((tab, 1), else_=0)), 0)


# --- conditions ------------------------------------------------------------------------------


def conditions(principal: Principal, asked: Conditions, today: date) -> list[ColumnElement[bool]]:
    """What must hold of a task: that the principal sees it, and what is asked.

    Raises:
        BadInput: a state that there isn't.
    """
    return [
        sight.tasks(principal),
        _in_state(asked.states),
        *_whose(principal, asked),
        *_of_what(asked),
        *_when(asked, today),
    ]


def _in_state(states: Sequence[str]) -> ColumnElement[bool]:
    if unknown := set(states) - set(STATES):
        raise BadInput.field("state", f"state is one of {', '.join(STATES)}, not {min(unknown)}.")
    if set(states) in (set(), {"CREATED", "ASSIGNED"}):
        return tables.OPEN_TASK
    return _task.c.state.in_(sorted(set(states)))


def _whose(principal: Principal, asked: Conditions) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if asked.assignee is not None:
        found.append(_assigned_to(principal, asked.assignee))
    if asked.candidate_group is not None:
        listed = cast(_task.c.candidate_groups, SqlText)
        found.append(listed.contains(to_text(asked.candidate_group), autoescape=True))
    if asked.candidate is not None:
        takeable = and_(_task.c.assignee_key.is_(None), sight.takeable(principal))
        found.append(takeable if asked.candidate else ~takeable)
    if asked.unassigned is not None:
        nobody = _task.c.assignee_key.is_(None)
        found.append(nobody if asked.unassigned else ~nobody)
    if asked.organisation is not None:
        code = principal.organisation if asked.organisation == MINE else asked.organisation
        found.append(_task.c.organisation == code)
    return found


def _of_what(asked: Conditions) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if asked.case_key is not None:
        found.append(_task.c.case_key == sight.key(asked.case_key))
    if asked.element_id is not None:
        found.append(_task.c.element_id == asked.element_id)
    if asked.rule is not None:
        found.append(_task.c.rule == asked.rule)
    if asked.process_definition_id is not None:
        found.append(_task.c.instance_key.in_(_of_process(asked.process_definition_id)))
    if asked.priority_from is not None:
        found.append(_task.c.priority >= asked.priority_from)
    if asked.priority_to is not None:
        found.append(_task.c.priority <= asked.priority_to)
    return found


def _when(asked: Conditions, today: date) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if asked.due_before is not None:
        found.append(_task.c.due_on < asked.due_before)
    if asked.due_after is not None:
        found.append(_task.c.due_on > asked.due_after)
    if asked.overdue is not None:
        late = _task.c.due_on < today
        found.append(late if asked.overdue else or_(_task.c.due_on.is_(None), _task.c.due_on >= today))
    if asked.follow_up_before is not None:
        found.append(_task.c.follow_up_on < asked.follow_up_before)
    if asked.created_after is not None:
        found.append(_task.c.created_at > asked.created_after)
    return found


def _assigned_to(principal: Principal, assignee: str) -> ColumnElement[bool]:
    if assignee == ME:
        return _task.c.assignee_key == principal.membership_key
    membership, person = tables.membership, tables.person
    named = _task.c.assignee_key.in_(
        select(membership.c.key)
        .join(person, person.c.key == membership.c.person_key)
        .where(membership.c.authority == principal.authority, person.c.name == assignee)
    )
    if assignee.isascii() and assignee.isdigit() and len(assignee) <= 18:
        return or_(named, _task.c.assignee_key == int(assignee))
    return named


def _of_process(process_id: str) -> Select[tuple[int]]:
    instance, definition = tables.instance, tables.process_definition
    return (
        select(instance.c.key)
        .join(definition, definition.c.key == instance.c.definition_key)
        .where(definition.c.process_id == process_id, instance.c.key == _task.c.instance_key)
        .correlate(_task)
    )


_task = tables.task
