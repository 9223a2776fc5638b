"""Contributions as they are stored: how they are shown, chased, and ended with their task."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import msgspec
from sqlalchemy import Connection, bindparam, func, select, update

from engine.errors import Conflict
from engine.services.audit.audit import Event
from engine.services.tasks.views_of_work import ContributionView
from engine.store import tables
from engine.store.types import AnyRow
from engine.store.work_tables import CHASES_OF_CONTRIBUTIONS, contribution

if TYPE_CHECKING:
    from engine.application import Engine
    from engine.services.step import CaseStep


def contribution_view(row: AnyRow, *, with_content: bool) -> ContributionView:
    """A row of `LIST` as it is answered."""
    return ContributionView(
        key=str(row.key),
        task_key=str(row.task_key),
        task_name=row.task_name,
        case_key=str(row.case_key),
        member=row.member,
        organisation=row.organisation,
        question=row.question if with_content else None,
        fields=row.fields,
        due_date=row.due_on,
        chased_on=row.chased_on,
        state=row.state,
        answers=msgspec.json.decode(row.answers) if with_content and row.answers else None,
        text=row.words if with_content else None,
        asked_at=row.asked_at,
        ended_at=row.ended_at,
        version=row.version,
    )


def own_names(engine: Engine, connection: Connection, task: AnyRow) -> set[str]:
    """The names of the fields of a task's form."""
    if not task.form_key:
        return set()
    definition_key = connection.execute(_DEFINITION, {"key": task.instance_key}).scalar_one()
    form = engine.definitions.get(connection, definition_key).form(task.form_key)
    return {field.at[0] for field in form.fields} if form else set()


def settle_outstanding(step: CaseStep, task: AnyRow, reason: str | None) -> None:
    """Before a task is completed: what is still awaited is done without, for a reason.

    Raises:
        Conflict: something is awaited and there is no reason.
    """
    if not task.outstanding:
        return
    if not (reason or "").strip():
        raise Conflict(
            f"Task {task.key} awaits {task.outstanding} contributions. Wait for them, withdraw them, or say"
            " in withoutContributions why it goes without."
        )
    assert reason is not None
    step.connection.execute(_WITHDRAW, {"of": task.key, "at": step.now, "who": step.actor.membership_key})
    step.connection.execute(_NONE_LEFT, {"row_key": task.key})
    step.note_reason(Event.CONTRIBUTIONS_WAIVED, reason, task=task.key, number=task.outstanding)


def chase_contributions(step: CaseStep) -> None:
    """Ask once more for what is due; what was asked for a task that is closed isn't awaited any more."""
    for row in step.connection.execute(_DUE, {"case": step.case_key, "now": step.now}).all():
        if row.task_state not in ("CREATED", "ASSIGNED"):
            step.connection.execute(_WITHDRAW, {"of": row.task_key, "at": step.now, "who": None})
            step.audit.append(Event.CONTRIBUTION_WITHDRAWN, task=row.task_key, contribution=row.key)
            continue
        step.connection.execute(_CHASED, {"row_key": row.key, "on": step.today})
        step.audit.append(Event.CONTRIBUTION_CHASED, task=row.task_key, contribution=row.key)
        step.post(
            "task",
            reference=f"contribution_chase:{row.key}",
            recipient=row.organisation,
            subject=f"Case {step.case_key}: a contribution is awaited",
            body=asked_for(step, row.key, row.task_name, row.due_on),
            wording="contribution_chased",
            membership_key=row.membership_key,
        )


def asked_for(step: CaseStep, key: int, task: str, due_on: date) -> dict[str, object]:
    """What a message about a contribution tells."""
    return {
        "case": str(step.case_key),
        "contribution": str(key),
        "step": task,
        "dueOn": due_on.isoformat(),
        "whatToDo": "Give what is asked for, or say why you can't.",
        "link": f"/contributions/{key}",
    }


_task, _member = tables.task, tables.membership
LIST = (
    select(contribution, tables.person.c.name.label("member"), _task.c.name.label("task_name"))
    .join(_task, _task.c.key == contribution.c.task_key)
    .outerjoin(_member, _member.c.key == contribution.c.membership_key)
    .outerjoin(tables.person, tables.person.c.key == _member.c.person_key)
    .order_by(contribution.c.key)
)
_DEFINITION = select(tables.instance.c.definition_key).where(tables.instance.c.key == bindparam("key"))
_WITHDRAW = (
    update(contribution)
    .where(contribution.c.task_key == bindparam("of"), contribution.c.state == "asked")
    .values(
        state="withdrawn",
        ended_at=bindparam("at"),
        ended_by=bindparam("who"),
        chase_at=None,
        version=contribution.c.version + 1,
    )
)
_NONE_LEFT = update(_task).where(_task.c.key == bindparam("row_key")).values(outstanding=0)
_DUE = (
    select(contribution, _task.c.state.label("task_state"), _task.c.name.label("task_name"))
    .join(_task, _task.c.key == contribution.c.task_key)
    .where(
        contribution.c.case_key == bindparam("case"),
        CHASES_OF_CONTRIBUTIONS,
        contribution.c.chase_at <= bindparam("now"),
    )
    .order_by(contribution.c.key)
)
_CHASED = (
    update(contribution)
    .where(contribution.c.key == bindparam("row_key"))
    .values(chased_on=bindparam("on"), chase_at=None)
)
#: What the sweep asks.
DUE_CONTRIBUTIONS = (
    select(contribution.c.chase_at, contribution.c.case_key)
    .where(CHASES_OF_CONTRIBUTIONS, contribution.c.chase_at <= bindparam("now"))
    .order_by(contribution.c.chase_at)
    .limit(bindparam("most"))
)
NEXT_CONTRIBUTION = select(func.min(contribution.c.chase_at)).where(CHASES_OF_CONTRIBUTIONS)
