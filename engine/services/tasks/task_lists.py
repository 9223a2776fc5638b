"""Lists of tasks: what is asked for, in which order, page by page; and how many there are."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, Select, and_, bindparam, case, func, select
from sqlalchemy.sql import ColumnElement

from engine.errors import BadInput
from engine.services import paging
from engine.services.principals import Principal
from engine.services.sight import sight
from engine.services.tasks import task_rows
from engine.services.tasks.task_conditions import Conditions, asked_by, conditions
from engine.services.tasks.task_order import DEFAULT, Order
from engine.services.tasks.views_of_work import GroupCount, TaskCount
from engine.services.views import Page, PageEnd, TaskView
from engine.store import tables

if TYPE_CHECKING:
    from engine.application import Engine

GROUPS = ("organisation", "elementId", "rule", "priority", "state", "due", "worklist")


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
    names, values = asked_by(principal, asked, engine.clock.today())
    place = {} if cursor is None else order.place(cursor)
    query = _listed(sight.kind_of(principal), names, order, goes_on=bool(place))
    with engine.database.glance() as connection:
        rows = connection.execute(query, {**values, **place, "most": length + 1}).all()
    end = order.cursor(rows[length - 1]) if len(rows) > length else None
    return Page(items=[task_rows.view(row) for row in rows[:length]], page=PageEnd(end_cursor=end))


@lru_cache(maxsize=256)
def _listed(kind: sight.Kind, names: tuple[str, ...], order: Order, *, goes_on: bool) -> Select[Any]:
    """The query of a page. Whatever is asked of it is a parameter, so that it can be kept."""
    query = task_rows.SHOWN.add_columns(order.value.label("sorted_by")).where(*conditions(kind, names))
    if goes_on:
        query = query.where(order.after)
    return query.order_by(*order.by).limit(bindparam("most"))


def count_tasks(
    engine: Engine, principal: Principal, asked: Conditions = ALL_OPEN, *, group_by: str | None = None
) -> TaskCount:
    """How many tasks there are of those that `list_tasks` would list, on request group by group.

    Groups of `due` and of columns add up to the whole; those of `worklist` overlap, as a worklist's tabs do.
    """
    principal.require("task:read")
    today = engine.clock.today()
    names, values = asked_by(principal, asked, today)
    query = select(func.count()).select_from(_task).where(*conditions(sight.kind_of(principal), names))
    with engine.database.read() as connection:
        whole: int = connection.execute(query, values).scalar_one()
        if group_by is None:
            return TaskCount(count=whole, groups=[])
        if group_by == "worklist":
            tabs = _tabs(principal, today)
            row = connection.execute(query.add_columns(*map(_number, tabs.values())), values).one()
            found: list[tuple[str | None, int]] = list(zip(tabs, row[1:], strict=True))
        else:
            found = _grouped(connection, query, values, _grouping(group_by, today))
    return TaskCount(count=whole, groups=[GroupCount(group=name, count=number) for name, number in found])


def _grouped(
    connection: Connection, query: Select[Any], values: Mapping[str, Any], group: ColumnElement[Any]
) -> list[tuple[str | None, int]]:
    rows = connection.execute(query.add_columns(group.label("value")).group_by(group), values).all()
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
        "candidate": and_(_task.c.assignee_key.is_(None), sight.takeable(principal, today)),
        "organisation": _task.c.organisation == principal.organisation,
        "overdue": _task.c.due_on < today,
        "followUp": and_(mine, _task.c.follow_up_on <= today),
    }


def _number(tab: ColumnElement[bool]) -> ColumnElement[int]:
    return func.coalesce(func.sum(case((tab, 1), else_=0)), 0)


_task = tables.task
