"""An open task goes to somebody else of its organisation, with a reason: by whoever may decide it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import bindparam, select, update

from engine.errors import BadInput, Conflict, NotFound, TaskClosed
from engine.services.audit.audit import Actor, Event
from engine.services.principals import Principal, principal_of
from engine.services.processes.process_instances import find_instance
from engine.services.sight import sight
from engine.services.step import CaseStep
from engine.services.tasks.task_messages import tell_assigned
from engine.store import tables

if TYPE_CHECKING:
    from engine.application import Engine


def reassign(engine: Engine, principal: Principal, task_key: str, membership_key: int, reason: str) -> None:
    """Give an open task to a member of its organisation who may do it.

    Raises:
        NotFound: there is no such task in this authority, or its case is restricted.
        TaskClosed: it is done or cancelled.
        Conflict: they have it already.
        BadInput: they may not do it.
    """
    principal.require("batch:control")
    key = sight.key(task_key)
    with engine.database.write() as connection:
        row = connection.execute(_TASK, {"key": key}).one_or_none()
        if row is None or row.authority != principal.authority:
            raise NotFound(f"There is no task {task_key}.")
        find_instance(connection, principal, str(row.instance_key))
        actor = Actor(principal.membership_key, principal.organisation)
        step = CaseStep.lock(engine, connection, row.case_key, actor)
        row = connection.execute(_TASK, {"key": key}).one()
        if row.state not in ("CREATED", "ASSIGNED"):
            raise TaskClosed(f"Task {task_key} is closed: nobody has to do it any more.")
        if row.assignee_key == membership_key:
            raise Conflict(f"They have task {task_key} already.")
        who = principal_of(connection, membership_key)
        if who.authority != row.authority or not sight.may_work_on(
            who, row.organisation, row.candidate_groups
        ):
            raise BadInput.field("assigneeKey", f"Task {task_key} is for {row.organisation}, not for them.")
        connection.execute(_GIVE, {"row_key": key, "who": membership_key})
        step.note_reason(Event.TASK_ASSIGNED, reason, task=key, to=membership_key, before=row.assignee_key)
        tell_assigned(step, row, who.membership_key, who.called)
        step.save()


_task = tables.task
_TASK = select(_task).where(_task.c.key == bindparam("key"))
_GIVE = (
    update(_task)
    .where(_task.c.key == bindparam("row_key"))
    .values(assignee_key=bindparam("who"), state="ASSIGNED", version=_task.c.version + 1)
)
