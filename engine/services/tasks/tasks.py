"""User tasks: read one and its form, claim, unclaim, complete."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, select

from engine.clock import format_instant
from engine.errors import BadInput, FieldProblem, InstanceSuspended, TaskClosed
from engine.forms import Form
from engine.services.audit.audit import Event
from engine.services.environment import Standstill
from engine.services.principals import Principal
from engine.services.processes.definitions import Definition
from engine.services.sight import access_log
from engine.services.step import CaseStep
from engine.services.tasks import task_rows
from engine.services.tasks.contribution_rows import settle_outstanding
from engine.services.tasks.draft_rows import drop
from engine.services.tasks.requirements import require_all
from engine.services.tasks.task_assignment import give_back, refuse_pending
from engine.services.views import FormView, TaskView
from engine.spiff import Instance, StateUnreadable, TokenGone
from engine.store import tables
from engine.store.types import AnyRow, to_text

if TYPE_CHECKING:
    from engine.application import Engine


def get_task(engine: Engine, principal: Principal, key: str) -> TaskView:
    """One task.

    Raises:
        NotFound: there is none that this principal sees.
    """
    principal.require("task:read")
    with engine.database.read() as connection:
        return task_rows.view(task_rows.seen(connection, principal, key))


def task_form(engine: Engine, principal: Principal, key: str) -> FormView:
    """The form of a task, and its JSON Schema with one example that would be accepted as it stands."""
    principal.require("task:read")
    with engine.database.read() as connection:
        row = task_rows.seen(connection, principal, key)
        instance = connection.execute(_INSTANCE_OF, {"key": row.instance_key}).one()
        definition = engine.definitions.get(connection, instance.definition_key)
    form = definition.form(row.form_key) if row.form_key else None
    access_log.opened(engine, principal, row.case_key, access_log.FORM, row.key)
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
        row = task_rows.workable(step.connection, principal, key, version, step.today)
        if row.assignee_key != principal.membership_key:
            task_rows.assign(step.connection, row, principal.membership_key)
            step.audit.append(Event.TASK_CLAIMED, element=row.element_id, task=row.key)

    principal.require("task:work")
    return task_rows.changed(engine, principal, key, "claim", work)


def unclaim(engine: Engine, principal: Principal, key: str, version: int | None = None) -> TaskView:
    """Give a task back to its group; only its holder can.

    Raises:
        TaskHeld: somebody else holds it.
        Conflict: it is delegated and goes back to its owner.
    """

    def work(step: CaseStep) -> None:
        row = task_rows.workable(step.connection, principal, key, version, step.today)
        refuse_pending(row)
        give_back(step, row)

    principal.require("task:work")
    return task_rows.changed(engine, principal, key, "unclaim", work)


def complete(
    engine: Engine,
    principal: Principal,
    key: str,
    answers: Mapping[str, Any],
    version: int | None = None,
    *,
    without_contributions: str | None = None,
) -> TaskView:
    """Complete a task with the answers of its form. A candidate who completes an unclaimed task claims it.

    What is already due fires first, so an answer after a limit is late even if no sweep came between.

    Raises:
        BadInput: the answers don't fit the form; every field is named.
        Conflict: it is delegated and not resolved, or awaits contributions and no reason says why not.
        TaskHeld, TaskClosed, CaseClosed, NotFound, NotPermitted, VersionMismatch, StepIncident.
    """

    def work(step: CaseStep) -> None:
        row = task_rows.workable(step.connection, principal, key, version, step.today)
        _refuse_suspended(row)
        refuse_pending(row)
        settle_outstanding(step, row, without_contributions)
        form = step.instance(row.instance_key).definition.form(row.form_key) if row.form_key else None
        accepted = _accepted(step, row, form, answers)
        step.fire_due()
        _require(step, row, accepted)
        _complete(step, principal, row, form, accepted)

    principal.require("task:work")
    return task_rows.changed(engine, principal, key, "complete", work)


def _refuse_suspended(row: AnyRow) -> None:
    if row.suspended_at is not None:
        since = format_instant(row.suspended_at)
        raise InstanceSuspended(
            f"Task {row.key} can't be completed now: its process instance is suspended since {since}."
        )


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
    drop(step.connection, row)
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


#: What a task without a form accepts.
_FORMLESS: dict[str, Any] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "type": "object",
    "properties": {},
    "additionalProperties": False,
    "examples": [{}],
}
_INSTANCE_OF = select(tables.instance.c.definition_key, tables.instance.c.state).where(
    tables.instance.c.key == bindparam("key")
)
