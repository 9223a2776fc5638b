"""Who does a task: given to somebody, delegated and returned, put off, put first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from sqlalchemy import Connection, bindparam, or_, select, update

from engine.errors import BadInput, Conflict, NotPermitted, TaskHeld
from engine.services.audit.audit import Event
from engine.services.principals import PRINCIPAL, Principal, principal_from
from engine.services.sight import sight
from engine.services.step import CaseStep
from engine.services.tasks import task_rows
from engine.services.tasks.task_messages import tell_assigned
from engine.services.views import TaskView
from engine.store import tables
from engine.store.types import AnyRow

if TYPE_CHECKING:
    from engine.application import Engine

#: Delegated, and to come back; come back.
PENDING, RESOLVED = "PENDING", "RESOLVED"
#: Roles that may take a task from one member and give it to another.
_MANAGERS = frozenset({"service_manager", "dco", "dsco", "group_head"})
MOST_PRIORITY = 100


def assign(
    engine: Engine, principal: Principal, key: str, membership_key: str | None, version: int | None = None
) -> TaskView:
    """Give a task to a member who may work on it; without a member, back to its group.

    A manager may take it from its holder. Anybody else who may assign gives away only what nobody holds, or
    what they hold or have delegated themselves.

    Raises:
        BadInput: there is no such member, or the task isn't one that they could do.
        NotPermitted: tasks of this organisation aren't the principal's to give.
        TaskHeld, TaskClosed, CaseClosed, NotFound, VersionMismatch: as their names say.
    """
    principal.require("task:assign")

    def work(step: CaseStep) -> None:
        row = _assignable(step.connection, principal, key, version)
        if membership_key is None:
            give_back(step, row)
            return
        who = _candidate(step, row, principal, membership_key)
        if (row.assignee_key, row.delegation) != (who.membership_key, None):
            task_rows.assign(step.connection, row, who.membership_key)
            step.audit.append(
                Event.TASK_ASSIGNED,
                element=row.element_id,
                task=row.key,
                to=who.membership_key,
                before=row.assignee_key,
            )
            tell_assigned(step, row, who.membership_key, who.called)

    return task_rows.changed(engine, principal, key, "assign", work)


def give_back(step: CaseStep, row: AnyRow) -> None:
    """Leave a task to anybody of its group; what nobody holds stays as it is."""
    if row.assignee_key is not None:
        step.connection.execute(_UNASSIGN, {"row_key": row.key})
        step.audit.append(Event.TASK_UNCLAIMED, element=row.element_id, task=row.key, before=row.assignee_key)


def delegate(
    engine: Engine, principal: Principal, key: str, membership_key: str, version: int | None = None
) -> TaskView:
    """Have somebody else do one's own task: they resolve it, and it comes back.

    Raises:
        BadInput: there is no such member, they are oneself, or the task isn't one that they could do.
        Conflict: it is delegated already.
        TaskHeld, TaskClosed, CaseClosed, NotFound, NotPermitted, VersionMismatch: as their names say.
    """
    principal.require("task:work")

    def work(step: CaseStep) -> None:
        row = task_rows.workable(step.connection, principal, key, version, step.today)
        refuse_pending(row)
        who = _candidate(step, row, principal, membership_key)
        if who.membership_key == principal.membership_key:
            raise BadInput.field("membershipKey", "Nobody delegates to themselves.")
        values = {"row_key": row.key, "who": who.membership_key, "of": principal.membership_key}
        step.connection.execute(_DELEGATE, values)
        step.audit.append(Event.TASK_DELEGATED, element=row.element_id, task=row.key, to=who.membership_key)
        tell_assigned(step, row, who.membership_key, who.called)

    return task_rows.changed(engine, principal, key, "delegate", work)


def resolve(engine: Engine, principal: Principal, key: str, version: int | None = None) -> TaskView:
    """Give a delegated task back to whom it came from. Somebody who has left leaves it to the group.

    Raises:
        Conflict: it isn't delegated to the principal.
        TaskHeld, TaskClosed, CaseClosed, NotFound, NotPermitted, VersionMismatch: as their names say.
    """
    principal.require("task:work")

    def work(step: CaseStep) -> None:
        row = task_rows.workable(step.connection, principal, key, version, step.today)
        if row.delegation != PENDING or row.assignee_key != principal.membership_key:
            raise Conflict(f"Task {row.key} isn't delegated to you.")
        owner = member_of(step, principal.authority, str(row.owner_key))
        if owner is None:
            give_back(step, row)
            return
        step.connection.execute(_RESOLVE, {"row_key": row.key})
        step.audit.append(Event.TASK_RESOLVED, element=row.element_id, task=row.key, to=row.owner_key)
        tell_assigned(step, row, owner.membership_key, owner.called)

    return task_rows.changed(engine, principal, key, "resolve", work)


def refuse_pending(row: AnyRow) -> None:
    """See to it that a task that was delegated goes no other way than back.

    Raises:
        Conflict: it is delegated and not resolved.
    """
    if row.delegation == PENDING:
        raise Conflict(
            f"Task {row.key} was delegated by {row.owner}: resolve it, so that it goes back to them."
        )


@dataclass(frozen=True, kw_only=True)
class Change:
    """What is to be different. A follow-up date of None is taken away where `follow_up` says so."""

    priority: int | None = None
    follow_up: bool = False
    follow_up_on: date | None = None


def change(
    engine: Engine, principal: Principal, key: str, wanted: Change, version: int | None = None
) -> TaskView:
    """Set a task's priority, or the day on which to look at it again.

    Whoever could do it and isn't kept off by another holder may, and a manager who may assign it.

    Raises:
        TaskHeld, TaskClosed, CaseClosed, NotFound, NotPermitted, VersionMismatch: as their names say.
    """
    principal.require("task:work")

    def work(step: CaseStep) -> None:
        row = task_rows.still_open(step.connection, principal, key, version)
        if not (principal.role in _MANAGERS and sight.may_assign(principal, row.organisation)):
            row = task_rows.workable(step.connection, principal, key, version, step.today)
        priority = row.priority if wanted.priority is None else wanted.priority
        day: date | None = wanted.follow_up_on if wanted.follow_up else row.follow_up_on
        if (row.priority, row.follow_up_on) != (priority, day):
            new = {"row_key": row.key, "new_priority": priority, "new_follow_up": day}
            step.connection.execute(_CHANGE, new)
            step.audit.append(
                Event.TASK_CHANGED,
                element=row.element_id,
                task=row.key,
                priority=priority,
                follow_up=day and day.isoformat(),
            )

    return task_rows.changed(engine, principal, key, "change", work)


def _assignable(connection: Connection, principal: Principal, key: str, version: int | None) -> AnyRow:
    row = task_rows.still_open(connection, principal, key, version)
    if not sight.may_assign(principal, row.organisation):
        raise NotPermitted(f"Task {row.key} belongs to {row.organisation}: its own managers assign it.")
    own = (None, principal.membership_key)
    if principal.role in _MANAGERS or row.assignee_key in own or row.owner_key == principal.membership_key:
        return row
    raise TaskHeld(f"Task {row.key} is held by {row.assignee}. Ask them, or a manager.", row.assignee)


def _candidate(step: CaseStep, row: AnyRow, principal: Principal, membership_key: str) -> Principal:
    """The member who is to do a task."""
    who = member_of(step, principal.authority, membership_key)
    if who is None:
        raise BadInput.field("membershipKey", f"There is no member {membership_key} today.")
    if not _finds(step.connection, who, row):
        raise BadInput.field("membershipKey", f"{who.person_name} is kept out of this restricted case.")
    if not task_rows.is_candidate(step.connection, who, row, step.today):
        raise BadInput.field(
            "membershipKey",
            f"{who.person_name} is {who.role} of {who.organisation}; the task is for"
            f" {task_rows.meant_for(row)}.",
        )
    return who


def _finds(connection: Connection, who: Principal, row: AnyRow) -> bool:
    is_open = sight.open_to(who, tables.task.c.case_key)
    return connection.execute(_ONE.where(is_open), {"row_key": row.key}).first() is not None


def member_of(step: CaseStep, authority: str, membership_key: str) -> Principal | None:
    """Who holds a membership of this authority today; None when nobody does."""
    if not membership_key.isascii() or not membership_key.isdigit() or len(membership_key) > 18:
        return None
    asked = {"key": int(membership_key), "authority": authority, "today": step.today}
    row = step.connection.execute(_MEMBER, asked).one_or_none()
    return None if row is None else principal_from(row)


_task, _membership = tables.task, tables.membership
_MEMBER = PRINCIPAL.where(
    _membership.c.key == bindparam("key"),
    _membership.c.authority == bindparam("authority"),
    _membership.c.valid_from <= bindparam("today"),
    or_(_membership.c.valid_to.is_(None), _membership.c.valid_to >= bindparam("today")),
)
_ONE = select(_task.c.key).where(task_rows.THIS)
_NEXT = _task.c.version + 1
_UNASSIGN = (
    update(_task)
    .where(task_rows.THIS)
    .values(assignee_key=None, owner_key=None, delegation=None, state="CREATED", version=_NEXT)
)
_DELEGATE = (
    update(_task)
    .where(task_rows.THIS)
    .values(
        assignee_key=bindparam("who"),
        owner_key=bindparam("of"),
        delegation=PENDING,
        state="ASSIGNED",
        version=_NEXT,
    )
)
_RESOLVE = (
    update(_task)
    .where(task_rows.THIS)
    .values(assignee_key=_task.c.owner_key, delegation=RESOLVED, version=_NEXT)
)
_CHANGE = (
    update(_task)
    .where(task_rows.THIS)
    .values(priority=bindparam("new_priority"), follow_up_on=bindparam("new_follow_up"), version=_NEXT)
)
