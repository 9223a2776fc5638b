"""Tasks go to the case's officer first, and to whoever covers for them on a day of absence (S24)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from sqlalchemy import and_, bindparam, func, or_, select, update

from engine.services.audit.audit import Event
from engine.services.principals import SEND_TEAM
from engine.services.tasks.task_messages import tell_assigned
from engine.store import tables

if TYPE_CHECKING:
    from engine.services.step import CaseStep

#: The group whose tasks an officer gets.
GROUP = "caseworker"
_REMEMBERED = "officer"


def officer_for(step: CaseStep, organisation: str, groups: Sequence[str]) -> int | None:
    """The membership to which a new task goes today; None for anybody of its group.

    Asked of the database once a step, and only where a step makes such a task.
    """
    if organisation != SEND_TEAM or GROUP not in groups:
        return None
    if _REMEMBERED not in step.remembered:
        asked = {"case": step.case_key, "today": step.today}
        step.remembered[_REMEMBERED] = step.connection.execute(_OFFICER, asked).scalar()
    found: int | None = step.remembered[_REMEMBERED]
    return found


def hand_over(step: CaseStep, before: int | None) -> int:
    """Give the case's open tasks that nobody, or the officer before, holds to the officer of today.

    What a colleague has claimed stays theirs. Gives how many tasks went.
    """
    step.remembered.pop(_REMEMBERED, None)
    officer = officer_for(step, SEND_TEAM, [GROUP])
    if officer is None:
        return 0
    rows = step.connection.execute(_OPEN, {"case": step.case_key, "team": SEND_TEAM, "before": before}).all()
    moved = [row for row in rows if GROUP in row.candidate_groups]
    for row in moved:
        step.connection.execute(_MOVE, {"row_key": row.key, "who": officer})
        step.audit.append(Event.TASK_ASSIGNED, element=row.element_id, task=row.key, to=officer)
        tell_assigned(step, row, officer, f"{GROUP}@{SEND_TEAM}")
    return len(moved)


_officer, _cover, _member, _task = tables.case_officer, tables.cover, tables.membership, tables.task
_OFFICER = (
    select(func.coalesce(_cover.c.covered_by_key, _officer.c.membership_key))
    .select_from(_officer)
    .outerjoin(
        _cover,
        and_(
            _cover.c.absent_key == _officer.c.membership_key,
            _cover.c.from_on <= bindparam("today"),
            _cover.c.to_on >= bindparam("today"),
        ),
    )
    .join(_member, _member.c.key == func.coalesce(_cover.c.covered_by_key, _officer.c.membership_key))
    .where(
        _officer.c.case_key == bindparam("case"),
        tables.CURRENT_OFFICER,
        or_(_member.c.valid_to.is_(None), _member.c.valid_to >= bindparam("today")),
    )
)
_OPEN = (
    select(_task)
    .where(
        _task.c.case_key == bindparam("case"),
        _task.c.organisation == bindparam("team"),
        tables.OPEN_TASK,
        or_(_task.c.assignee_key.is_(None), _task.c.assignee_key == bindparam("before")),
    )
    .order_by(_task.c.key)
)
_MOVE = (
    update(_task)
    .where(_task.c.key == bindparam("row_key"))
    .values(assignee_key=bindparam("who"), state="ASSIGNED", version=_task.c.version + 1)
)
