"""Threads of lateness as they are listed: for whoever answers for them, and for boards without a name."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import and_, func, or_, select

from engine.clock import day_of
from engine.errors import BadInput
from engine.services import paging
from engine.services.escalations.escalations import LEVELS, STATES
from engine.services.principals import Principal
from engine.services.sight import sight
from engine.services.tasks.task_conditions import MINE
from engine.services.views import EscalationView, Page, PageEnd
from engine.store import tables
from engine.store.types import AnyRow

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement

    from engine.application import Engine

REASONS = ("nearing", "missed")
#: The level at which a role answers; whoever else may answer does so for the tasks that they hold.
_LEVEL_OF = {
    "service_manager": "service_manager",
    "dco": "dco_dsco",
    "dsco": "dco_dsco",
    "group_head": "group_head",
    "operational_board": "operational_board",
    "strategic_board": "strategic_board",
}


@dataclass(frozen=True, kw_only=True)
class Asked:
    """Which threads are asked for; all that is given must hold.

    Attributes:
        state: one of `STATES`, or "all"; without it every thread that isn't resolved.
        organisation: the code of who owes what is late, or "mine".
        mine: whether it waits for whoever asks: at their level, or about a task that they hold.
    """

    state: str | None = None
    case_key: str | None = None
    level: str | None = None
    reason: str | None = None
    organisation: str | None = None
    due_before: date | None = None
    mine: bool | None = None


NOT_RESOLVED = Asked()


def list_escalations(
    engine: Engine,
    principal: Principal,
    asked: Asked = NOT_RESOLVED,
    *,
    limit: int = 50,
    cursor: str | None = None,
) -> Page[EscalationView]:
    """The threads that this principal answers for or watches, newest first.

    Raises:
        BadInput: a condition or the cursor can't be one.
    """
    principal.require("escalation:read")
    query = LIST.where(sight.escalations(principal), *_conditions(principal, asked))
    query = query.order_by(_escalation.c.key.desc()).limit(paging.clamp(limit) + 1)
    if cursor is not None:
        query = query.where(_escalation.c.key < paging.decode(cursor, int)[0])
    with engine.database.read() as connection:
        rows = connection.execute(query).all()
    items = [view(engine, principal, row) for row in rows[:limit]]
    end = paging.encode([rows[limit - 1].key]) if len(rows) > limit else None
    return Page(items=items, page=PageEnd(end_cursor=end))


def _conditions(principal: Principal, asked: Asked) -> list[ColumnElement[bool]]:
    known = {"state": (*STATES, "all", None), "level": (*LEVELS, None), "reason": (*REASONS, None)}
    for name, values in known.items():
        if getattr(asked, name) not in values:
            raise BadInput.field(name, f"{name} is one of {', '.join(value for value in values if value)}.")
    found: list[ColumnElement[bool]] = []
    if asked.state is None:
        found.append(_escalation.c.state != "resolved")
    elif asked.state != "all":
        found.append(_escalation.c.state == asked.state)
    if asked.level is not None:
        found.append(_escalation.c.level == asked.level)
    if asked.reason is not None:
        found.append(_escalation.c.reason == asked.reason)
    if asked.case_key is not None:
        found.append(_escalation.c.case_key == sight.key(asked.case_key))
    if asked.organisation is not None:
        code = principal.organisation if asked.organisation == MINE else asked.organisation
        found.append(_escalation.c.organisation == code)
    if asked.due_before is not None:
        found.append(_deadline.c.due_on < asked.due_before)
    if asked.mine is not None:
        found.append(_waits_for(principal) if asked.mine else ~_waits_for(principal))
    return found


def _waits_for(principal: Principal) -> ColumnElement[bool]:
    held = func.coalesce(_task.c.assignee_key, 0) == principal.membership_key
    level = _LEVEL_OF.get(principal.role)
    if level is None:
        return held
    at_the_level = _escalation.c.level == level
    if level == "service_manager":
        at_the_level = and_(at_the_level, _escalation.c.organisation == principal.organisation)
    return or_(held, at_the_level)


def view(engine: Engine, principal: Principal, row: AnyRow) -> EscalationView:
    """A row of `LIST` as it is answered; a board isn't told who holds the task."""
    return stored_view(engine, row, named=principal.role not in sight.BOARDS)


def stored_view(engine: Engine, row: AnyRow, *, named: bool = True) -> EscalationView:
    """A row of `LIST`, with the name of who holds the task or without."""
    citation = engine.statute.rule(row.rule).latest.cite
    missed_since: date | None = row.due_on + timedelta(days=1) if row.reason == "missed" else None
    return EscalationView(
        key=str(row.key),
        case_key=str(row.case_key),
        rule=row.rule,
        occurrence=row.occurrence or None,
        citation=citation,
        organisation=row.organisation,
        level=row.level,
        reason=row.reason,
        due_on=row.due_on,
        since=missed_since,
        task_key=str(row.task_key) if row.task_key else None,
        task_name=row.task_name,
        task_holder=row.holder if named else None,
        raised_at=row.raised_at,
        state=row.state,
        answer=row.answer_code,
        told=row.told,
        quiet_until=last_quiet_day(row.quiet_until),
        ladder_row=row.ladder_row,
        version=row.version,
    )


def last_quiet_day(quiet_until: datetime | None) -> date | None:
    """The last day on which nobody is told of a thread that rests until an instant."""
    return None if quiet_until is None else day_of(quiet_until) - timedelta(days=1)


_escalation, _deadline, _task = tables.escalation, tables.deadline, tables.task
#: The newest open task that works towards the limit: who holds it is who can still keep it.
_HOLDING = (
    select(func.max(_task.c.key))
    .where(
        _task.c.case_key == _deadline.c.case_key,
        _task.c.rule == _deadline.c.rule,
        _task.c.occurrence == _deadline.c.occurrence,
        tables.OPEN_TASK,
    )
    .correlate(_deadline)
    .scalar_subquery()
)
LIST = (
    select(
        _escalation,
        _deadline.c.rule,
        _deadline.c.occurrence,
        _deadline.c.due_on,
        _task.c.key.label("task_key"),
        _task.c.name.label("task_name"),
        tables.person.c.name.label("holder"),
    )
    .join(_deadline, _deadline.c.key == _escalation.c.deadline_key)
    .outerjoin(_task, _task.c.key == _HOLDING)
    .outerjoin(tables.membership, tables.membership.c.key == _task.c.assignee_key)
    .outerjoin(tables.person, tables.person.c.key == tables.membership.c.person_key)
)
