"""User tasks: the list of who may see them, and claim, unclaim, complete."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, Select, Text, bindparam, cast, func, or_, select, tuple_, update
from sqlalchemy.sql import ColumnElement

from engine.clock import format_instant
from engine.errors import BadInput, CaseClosed, FieldProblem, NotFound, NotPermitted, TaskClosed, TaskHeld
from engine.errors import VersionMismatch as Mismatch
from engine.forms import Form
from engine.services import paging, sight
from engine.services.audit import Actor, Event
from engine.services.definitions import Definition
from engine.services.environment import Standstill
from engine.services.incidents import guarded
from engine.services.principals import Principal
from engine.services.requirements import require_all
from engine.services.step import CASE_LOCKED, CaseStep
from engine.services.views import FormView, Page, PageEnd, TaskView
from engine.spiff import Instance, StateUnreadable, TokenGone
from engine.store import tables
from engine.store.types import AnyRow, to_text

if TYPE_CHECKING:
    from engine.application import Engine

STATES = ("CREATED", "ASSIGNED", "COMPLETED", "CANCELED")
_OPEN = ("CREATED", "ASSIGNED")


# --- lists -----------------------------------------------------------------------------------


def list_tasks(
    engine: Engine,
    principal: Principal,
    *,
    assignee: str | None = None,
    candidate_group: str | None = None,
    organisation: str | None = None,
    case_key: str | None = None,
    state: str | None = None,
    due_before: date | None = None,
    unassigned: bool | None = None,
    limit: int = 50,
    cursor: str | None = None,
) -> Page[TaskView]:
    """The tasks that a principal sees, the one due first first, undated ones last.

    Args:
        assignee: "me", a membership's key, or a person's name.
        state: one of `STATES`; without it the open ones.
        due_before: only tasks whose last compliant day lies before this day.
    """
    principal.require("task:read")
    query = _LIST.where(sight.tasks(principal))
    query = query.where(_task.c.state == _state(state) if state else tables.OPEN_TASK)
    query = _filtered(query, principal, assignee, candidate_group, organisation, case_key)
    if due_before is not None:
        query = query.where(_task.c.due_on < due_before)
    if unassigned is not None:
        query = query.where(
            _task.c.assignee_key.is_(None) if unassigned else _task.c.assignee_key.is_not(None)
        )
    if cursor is not None:
        query = query.where(_after(cursor))
    with engine.database.read() as connection:
        rows = connection.execute(query.limit(paging.clamp(limit) + 1)).all()
    items = [_view(row) for row in rows[:limit]]
    return Page(items=items, page=PageEnd(end_cursor=_cursor(rows[limit - 1]) if len(rows) > limit else None))


def get_task(engine: Engine, principal: Principal, key: str) -> TaskView:
    """One task.

    Raises:
        NotFound: there is none that this principal sees.
    """
    principal.require("task:read")
    with engine.database.read() as connection:
        return _view(_seen(connection, principal, key))


def task_form(engine: Engine, principal: Principal, key: str) -> FormView:
    """The form of a task, and its JSON Schema with one example that would be accepted as it stands."""
    principal.require("task:read")
    with engine.database.read() as connection:
        row = _seen(connection, principal, key)
        instance = connection.execute(_INSTANCE_OF, {"key": row.instance_key}).one()
        definition = engine.definitions.get(connection, instance.definition_key)
    form = definition.form(row.form_key) if row.form_key else None
    if form is None:
        return FormView(key=None, version=str(definition.version), document={}, schema=_FORMLESS)
    now = engine.clock.now()
    variables = _variables_of(definition, instance.state, row.token, now)
    schema = form.schema(now=now, variables=variables)
    return FormView(key=form.id, version=str(definition.version), document=dict(form.document), schema=schema)


# --- work ------------------------------------------------------------------------------------


def claim(engine: Engine, principal: Principal, key: str, version: int | None = None) -> TaskView:
    """Take a task. Claiming one's own again changes nothing.

    Raises:
        TaskHeld: somebody else holds it: it's never taken over silently.
        TaskClosed, NotFound, NotPermitted, VersionMismatch: as their names say.
    """

    def work(step: CaseStep) -> None:
        row = _open_task(step.connection, principal, key, version)
        if row.assignee_key != principal.membership_key:
            _assign(step.connection, row, principal)
            step.audit.append(Event.TASK_CLAIMED, element=row.element_id, task=row.key)

    return _changed(engine, principal, key, "claim", work)


def unclaim(engine: Engine, principal: Principal, key: str, version: int | None = None) -> TaskView:
    """Give a task back to its group; only its holder can.

    Raises:
        TaskHeld: somebody else holds it.
    """

    def work(step: CaseStep) -> None:
        row = _open_task(step.connection, principal, key, version)
        if row.assignee_key is not None:
            step.connection.execute(_UNASSIGN, {"row_key": row.key})
            step.audit.append(Event.TASK_UNCLAIMED, element=row.element_id, task=row.key)

    return _changed(engine, principal, key, "unclaim", work)


def complete(
    engine: Engine, principal: Principal, key: str, answers: Mapping[str, Any], version: int | None = None
) -> TaskView:
    """Complete a task with the answers of its form. A candidate who completes an unclaimed task claims it.

    What is already due fires first, so an answer after a limit is late even if no sweep came between.

    Raises:
        BadInput: the answers don't fit the form; every field is named.
        TaskHeld, TaskClosed, CaseClosed, NotFound, NotPermitted, VersionMismatch, StepIncident.
    """

    def work(step: CaseStep) -> None:
        row = _open_task(step.connection, principal, key, version)
        form = step.instance(row.instance_key).definition.form(row.form_key) if row.form_key else None
        accepted = _accepted(step, row, form, answers)
        step.fire_due()
        _require(step, row, accepted)
        _complete(step, principal, row, form, accepted)

    return _changed(engine, principal, key, "complete", work)


def _require(step: CaseStep, row: AnyRow, answers: dict[str, Any]) -> None:
    live = step.instance(row.instance_key)
    if not live.definition.has_requirement(row.element_id):  # most haven't: nothing is looked up for them
        return
    for task in live.workflow.open_tasks():
        if task.token == row.token:
            require_all(step, task.element, answers)


def _complete(
    step: CaseStep, principal: Principal, row: AnyRow, form: Form | None, answers: dict[str, Any]
) -> None:
    live = step.instance(row.instance_key)
    if row.assignee_key is None:
        live.take(row.token, principal.membership_key)
    seen_by_process = form.process_variables(answers) if form else {}
    step.audit.append(
        Event.TASK_COMPLETED, element=row.element_id, task=row.key, organisation=row.organisation
    )
    _file_answers(step, principal, row, form, answers)
    try:
        step.act(live, lambda: live.workflow.complete(row.token, seen_by_process))
    except TokenGone:
        raise TaskClosed(
            f"Task {row.key} was ended by a limit of its process that had passed. Read your list again."
        ) from None


def _accepted(step: CaseStep, row: AnyRow, form: Form | None, answers: Mapping[str, Any]) -> dict[str, Any]:
    if form is None:
        if answers:
            raise BadInput.field(next(iter(answers)), "This task has no form: send empty answers.")
        return {}
    result = form.check(answers, now=step.now, variables=_seen_by_form(step, row))
    if result.problems:
        raise BadInput(
            "The answers don't fit the form.",
            [FieldProblem(f"answers.{item.field}", item.message) for item in result.problems],
        )
    return dict(result.answers)


def _file_answers(
    step: CaseStep, principal: Principal, row: AnyRow, form: Form | None, answers: dict[str, Any]
) -> None:
    if form is None:
        return
    content = to_text(answers)
    step.file(
        {
            "task_key": row.key,
            "kind": "answers",
            "form_key": form.id,
            "organisation": row.organisation,
            "audience": {name: sorted(form.audience(name)) for name in answers},
            "content": content,
            "digest": hashlib.sha256(content.encode()).hexdigest(),
            "created_at": step.now,
            "created_by": principal.membership_key,
        }
    )


def _changed(engine: Engine, principal: Principal, key: str, verb: str, work: Any) -> TaskView:
    principal.require("task:work")
    actor = Actor(principal.membership_key, principal.organisation)

    def then_look(step: CaseStep) -> TaskView:
        if step.status == "withdrawn":
            raise CaseClosed(f"Case {step.case_key} is withdrawn; its tasks are cancelled.")
        work(step)
        step.save()
        return _view(_seen(step.connection, principal, key))

    def case_of(connection: Connection) -> AnyRow:
        """The task's case, locked, if this principal may see the task; it's read whole under the lock."""
        return _seen(connection, principal, key, _CASE_OF)

    return guarded(engine, case_of, f"{verb} task {sight.key(key)}", actor, then_look)


def _open_task(connection: Connection, principal: Principal, key: str, version: int | None) -> AnyRow:
    """The task, looked at again under the case's lock; refused unless the principal may work on it now."""
    row = _seen(connection, principal, key)
    if row.state not in _OPEN:
        when = format_instant(row.completed_at) if row.completed_at else "before"
        raise TaskClosed(f"Task {row.key} was {row.state.lower()} on {when}: it can't be changed any more.")
    if version is not None and version != row.version:
        raise Mismatch(f"Task {row.key} stands at version {row.version}, not {version}. Read it again.")
    if not (
        sight.may_work_on(principal, row.organisation, row.candidate_groups)
        or _stands_in(connection, principal, row.organisation)
    ):
        groups = ", ".join(row.candidate_groups) or "anybody"
        raise NotPermitted(f"Task {row.key} is for {groups} of {row.organisation}; you are {principal.role}.")
    if row.assignee_key not in (None, principal.membership_key):
        raise TaskHeld(f"Task {row.key} is held by {row.assignee}. Ask them to give it back.", row.assignee)
    return row


def _stands_in(connection: Connection, principal: Principal, organisation: str) -> bool:
    """Whether a caseworker does it for a body without members here: a setting across the border, say.

    It answers by letter, and the case would wait for nobody otherwise.
    """
    if not principal.of_send_team or principal.role != "caseworker":
        return False
    whose = {"authority": principal.authority, "organisation": organisation}
    return connection.execute(_MEMBERS_OF, whose).first() is None


def _assign(connection: Connection, row: AnyRow, principal: Principal) -> None:
    connection.execute(_ASSIGN, {"row_key": row.key, "who": principal.membership_key})


def _seen(connection: Connection, principal: Principal, key: str, query: Select[Any] | None = None) -> AnyRow:
    row = connection.execute(_BY_KEY if query is None else query, {"key": sight.key(key)}).one_or_none()
    if row is None or not sight.sees_task(principal, row.authority, row.organisation):
        raise NotFound(f"There is no task {key} for you.")
    return row


def _seen_by_form(step: CaseStep, row: AnyRow) -> Mapping[str, object]:
    """The process's variables at a task, for the form's own conditions and choices."""
    try:
        return step.instance(row.instance_key).workflow.values(row.token)
    except TokenGone:
        return {}


def _variables_of(definition: Definition, state: str, token: int, now: datetime) -> Mapping[str, object]:
    try:
        return Instance.restore(definition.bundle, state, Standstill(now)).values(token)
    except (TokenGone, StateUnreadable):
        return {}


def _state(state: str) -> str:
    if state not in STATES:
        raise BadInput.field("state", f"state is one of {', '.join(STATES)}.")
    return state


def _filtered(
    query: Select[Any],
    principal: Principal,
    assignee: str | None,
    candidate_group: str | None,
    organisation: str | None,
    case_key: str | None,
) -> Select[Any]:
    if assignee is not None:
        query = query.where(_assigned_to(principal, assignee))
    if candidate_group is not None:
        listed = cast(_task.c.candidate_groups, Text)
        query = query.where(listed.contains(to_text(candidate_group), autoescape=True))
    if organisation is not None:
        query = query.where(_task.c.organisation == organisation)
    if case_key is not None:
        query = query.where(_task.c.case_key == sight.key(case_key))
    return query


def _assigned_to(principal: Principal, assignee: str) -> ColumnElement[bool]:
    if assignee == "me":
        return _task.c.assignee_key == principal.membership_key
    named = tables.person.c.name == assignee
    if assignee.isascii() and assignee.isdigit() and len(assignee) <= 18:
        return or_(named, _task.c.assignee_key == int(assignee))
    return named


#: Tasks without a date come after all that have one.
_UNDATED = date(9999, 12, 31)
_task = tables.task
_SORTED_BY = func.coalesce(_task.c.due_on, _UNDATED)
_LIST = (
    select(
        _task,
        tables.person.c.name.label("assignee"),
        _SORTED_BY.label("sorted_by"),
    )
    .outerjoin(tables.membership, tables.membership.c.key == _task.c.assignee_key)
    .outerjoin(tables.person, tables.person.c.key == tables.membership.c.person_key)
    .order_by(_SORTED_BY, _task.c.key)
)


def _after(cursor: str) -> ColumnElement[bool]:
    day, key = paging.decode(cursor, str, int)
    try:
        last = date.fromisoformat(day)
    except ValueError:
        raise BadInput.field("cursor", "This cursor isn't one of ours.") from None
    return tuple_(_SORTED_BY, _task.c.key) > tuple_(last, key)


def _cursor(row: AnyRow) -> str:
    return paging.encode([(row.due_on or _UNDATED).isoformat(), row.key])


def _view(row: AnyRow) -> TaskView:
    return TaskView(
        key=str(row.key),
        name=row.name,
        element_id=row.element_id,
        case_key=str(row.case_key),
        process_instance_key=str(row.instance_key),
        organisation=row.organisation,
        candidate_groups=row.candidate_groups,
        assignee=row.assignee,
        creation_date=row.created_at,
        completion_date=row.completed_at,
        due_date=row.due_on,
        rule=row.rule,
        form_key=row.form_key,
        state=row.state,
        version=row.version,
    )


#: What a task without a form accepts.
_FORMLESS: dict[str, Any] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "type": "object",
    "properties": {},
    "additionalProperties": False,
    "examples": [{}],
}
_BY_KEY = _LIST.where(_task.c.key == bindparam("key"))
_CASE_OF = (
    CASE_LOCKED.join(_task, _task.c.case_key == tables.ehc_case.c.key)
    .add_columns(_task.c.organisation)
    .where(_task.c.key == bindparam("key"))
)
_INSTANCE_OF = select(tables.instance.c.definition_key, tables.instance.c.state).where(
    tables.instance.c.key == bindparam("key")
)
_MEMBERS_OF = (
    select(tables.membership.c.key)
    .join(tables.organisation, tables.organisation.c.key == tables.membership.c.organisation_key)
    .where(
        tables.organisation.c.authority == bindparam("authority"),
        tables.organisation.c.code == bindparam("organisation"),
    )
    .limit(1)
)
_THIS = _task.c.key == bindparam("row_key")
_ASSIGN = (
    update(_task)
    .where(_THIS)
    .values(assignee_key=bindparam("who"), state="ASSIGNED", version=_task.c.version + 1)
)
_UNASSIGN = update(_task).where(_THIS).values(assignee_key=None, state="CREATED", version=_task.c.version + 1)
