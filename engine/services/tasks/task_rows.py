"""A task as it is stored: how it is read, who sees it, who may work on it, and how a step on it is begun."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, Select, bindparam, func, select, update

from engine.clock import format_instant
from engine.errors import CaseClosed, NotFound, NotPermitted, TaskClosed, TaskHeld
from engine.errors import VersionMismatch as Mismatch
from engine.services.audit.audit import Actor
from engine.services.incidents import guarded
from engine.services.principals import Principal
from engine.services.sight import sight
from engine.services.step import CASE_LOCKED, CaseStep
from engine.services.views import TaskView
from engine.store import tables
from engine.store.types import AnyRow

if TYPE_CHECKING:
    from engine.application import Engine

STATES = ("CREATED", "ASSIGNED", "COMPLETED", "CANCELED")
_OPEN = ("CREATED", "ASSIGNED")


def changed(
    engine: Engine, principal: Principal, key: str, verb: str, work: Callable[[CaseStep], None]
) -> TaskView:
    """Carry out one step on a task, under its case's lock; gives the task as it stands then.

    Raises:
        CaseClosed: the request was withdrawn.
        NotFound: there is no such task for this principal.
    """
    actor = Actor(principal.membership_key, principal.organisation)

    def then_look(step: CaseStep) -> TaskView:
        if step.status == "withdrawn":
            raise CaseClosed(f"Case {step.case_key} is withdrawn; its tasks are cancelled.")
        work(step)
        step.save()
        return view(seen(step.connection, principal, key))

    def case_of(connection: Connection) -> AnyRow:
        """The task's case, locked, if this principal may see the task; it's read whole under the lock."""
        return seen(connection, principal, key, _CASE_OF)

    return guarded(engine, case_of, f"{verb} task {sight.key(key)}", actor, then_look)


def seen(connection: Connection, principal: Principal, key: str, query: _BySight | None = None) -> AnyRow:
    """The row of a task.

    Raises:
        NotFound: there is no such task for this principal.
    """
    asked = (query or _BY_KEY).of(principal)
    values = {"key": sight.key(key), "reader": principal.membership_key}
    row = connection.execute(asked, values).one_or_none()
    if row is None or not sight.sees_task(principal, row.authority, row.organisation):
        raise NotFound(f"There is no task {key} for you.")
    return row


def still_open(connection: Connection, principal: Principal, key: str, version: int | None) -> AnyRow:
    """The task, looked at again under the case's lock, as far as something is left to do on it.

    Raises:
        TaskClosed, NotFound, VersionMismatch: as their names say.
    """
    row = seen(connection, principal, key)
    if row.state not in _OPEN:
        when = format_instant(row.completed_at) if row.completed_at else "before"
        raise TaskClosed(f"Task {row.key} was {row.state.lower()} on {when}: it can't be changed any more.")
    if version is not None and version != row.version:
        raise Mismatch(f"Task {row.key} stands at version {row.version}, not {version}. Read it again.")
    return row


def workable(
    connection: Connection, principal: Principal, key: str, version: int | None, today: date
) -> AnyRow:
    """The open task, if the principal may work on it now and nobody else holds it.

    Raises:
        TaskHeld, TaskClosed, NotFound, NotPermitted, VersionMismatch: as their names say.
    """
    row = still_open(connection, principal, key, version)
    require_candidate(connection, principal, row, today)
    if row.assignee_key not in (None, principal.membership_key):
        raise TaskHeld(f"Task {row.key} is held by {row.assignee}. Ask them to give it back.", row.assignee)
    return row


def require_candidate(connection: Connection, principal: Principal, row: AnyRow, today: date) -> None:
    """See to it that a task is one that the principal could do.

    Raises:
        NotPermitted: it is for others.
    """
    if not is_candidate(connection, principal, row, today):
        raise NotPermitted(f"Task {row.key} is for {meant_for(row)}; you are {principal.role}.")


def is_candidate(connection: Connection, principal: Principal, row: AnyRow, today: date) -> bool:
    """Whether a principal may claim and complete a task today."""
    return sight.may_work_on(principal, row.organisation, row.candidate_groups) or _stands_in(
        connection, principal, row.organisation, today
    )


def meant_for(row: AnyRow) -> str:
    """Whom a task is for, in words."""
    return f"{', '.join(row.candidate_groups) or 'anybody'} of {row.organisation}"


def _stands_in(connection: Connection, principal: Principal, organisation: str, today: date) -> bool:
    """Whether a caseworker does it for a body without anybody to work here: a setting across the border, or
    one whose last member has left.

    It answers by letter, and the case would wait for nobody otherwise.
    """
    if not sight.may_stand_in(principal):
        return False
    whose = {"authority": principal.authority, "organisation": organisation, "today": today}
    return connection.execute(_MEMBERS_OF, whose).first() is None


def assign(connection: Connection, row: AnyRow, membership_key: int) -> None:
    """Give a task to a membership; whatever was delegated before is over."""
    connection.execute(_ASSIGN, {"row_key": row.key, "who": membership_key})


def view(row: AnyRow) -> TaskView:
    """A row of `LIST` or `SHOWN` as it is answered. By place: to ask a row for names takes as long again."""
    (
        key, case_key, instance_key, element_id, name, organisation, candidate_groups, delegation, form_key,
        rule, due_on, priority, follow_up_on, draft_at, outstanding, state, version, created_at,
        completed_at, suspended_at, assignee, owner, *_,
    ) = row  # fmt: skip
    is_open = state in _OPEN
    return TaskView(
        key=str(key),
        name=name,
        element_id=element_id,
        case_key=str(case_key),
        process_instance_key=str(instance_key),
        organisation=organisation,
        candidate_groups=candidate_groups,
        assignee=assignee,
        owner=owner,
        delegation_state=delegation,
        creation_date=created_at,
        completion_date=completed_at,
        due_date=due_on,
        follow_up_date=follow_up_on,
        priority=priority,
        rule=rule,
        form_key=form_key,
        draft_saved_at=draft_at if is_open else None,
        outstanding_contributions=outstanding or 0,
        state=state,
        suspended=suspended_at is not None and is_open,
        version=version,
    )


_task = tables.task
#: What a view has no use for.
_UNSHOWN = ("authority", "token", "occurrence", "assignee_key", "owner_key")
_owning, _owner = tables.membership.alias("owning"), tables.person.alias("owner")
#: What `view` shows, in its order, with the names of who holds and who has delegated a task. For lists: what
#: nobody looks at is neither sent nor turned.
SHOWN = (
    select(
        *(column for column in _task.c if column.name not in _UNSHOWN),
        tables.person.c.name.label("assignee"),
        _owner.c.name.label("owner"),
    )
    .select_from(_task)
    .outerjoin(tables.membership, tables.membership.c.key == _task.c.assignee_key)
    .outerjoin(tables.person, tables.person.c.key == tables.membership.c.person_key)
    .outerjoin(_owning, _owning.c.key == _task.c.owner_key)
    .outerjoin(_owner, _owner.c.key == _owning.c.person_key)
)
#: The same with the rest of the row.
LIST = SHOWN.add_columns(*(_task.c[name] for name in _UNSHOWN))


class _BySight:
    """A query of the task with the parameter `key`, made once for each of the two kinds of readers."""

    def __init__(self, query: Select[Any]) -> None:
        self._whole = query.where(_task.c.key == bindparam("key"))
        self._open = self._whole.where(sight.open_to_reader(_task.c.case_key))

    def of(self, principal: Principal) -> Select[Any]:
        """What a principal asks: of restricted cases only those in which it is named, as a rule."""
        return self._whole if sight.sees_restricted(principal) else self._open


_BY_KEY = _BySight(LIST)
_CASE_OF = _BySight(
    CASE_LOCKED.join(_task, _task.c.case_key == tables.ehc_case.c.key).add_columns(_task.c.organisation)
)
_whole = tables.organisation.alias("whole")
#: Who works for an organisation on a day, as in `sight.with_members`: its teams' members are its own.
_MEMBERS_OF = (
    select(tables.membership.c.key)
    .join(tables.organisation, tables.organisation.c.key == tables.membership.c.organisation_key)
    .join(_whole, _whole.c.key == func.coalesce(tables.organisation.c.parent_key, tables.organisation.c.key))
    .where(
        _whole.c.authority == bindparam("authority"),
        _whole.c.code == bindparam("organisation"),
        sight.works_on(bindparam("today")),
    )
    .limit(1)
)
THIS = _task.c.key == bindparam("row_key")
_ASSIGN = (
    update(_task)
    .where(THIS)
    .values(
        assignee_key=bindparam("who"),
        owner_key=None,
        delegation=None,
        state="ASSIGNED",
        version=_task.c.version + 1,
    )
)
