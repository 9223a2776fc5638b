"""An absence ends sooner or later than was said, or never comes: and what went to the cover meanwhile.

What whoever covered was given or told stays with them: they may have begun. It is named, so that it can be
given back one by one; from now on everything goes to its own people again.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import Connection, bindparam, delete, func, select, update

from engine.clock import start_of_day
from engine.errors import BadInput, Conflict, NotFound
from engine.services.audit import audit_of_authority
from engine.services.audit.audit import Event
from engine.services.cases.officers import check_overlaps
from engine.services.cases.views_of_officers import ChangedAbsenceView
from engine.services.people.absences import looks_after
from engine.services.principals import Principal, principal_of
from engine.services.sight import sight
from engine.store import tables
from engine.store.hearing_tables import hearing
from engine.store.types import AnyRow

if TYPE_CHECKING:
    from engine.application import Engine

_DAY = timedelta(days=1)


def withdraw_absence(engine: Engine, principal: Principal, key: str) -> ChangedAbsenceView:
    """Say that an absence doesn't come; one that has begun ends, and yesterday was its last day.

    Raises:
        Conflict: it is over.
        NotFound: there is none of somebody whom the principal looks after.
    """
    principal.require("absence:record")
    with engine.database.write() as connection:
        row = _find(connection, principal, key)
        today = engine.clock.today()
        if row.to_on < today:
            raise Conflict(f"The absence was over on {row.to_on.isoformat()}: it stays as it was.")
        last = today - _DAY if row.from_on < today else None
        return _change(engine, connection, principal, row, last)


def change_absence(engine: Engine, principal: Principal, key: str, last: date) -> ChangedAbsenceView:
    """Let an absence end on another day, its last one.

    Raises:
        BadInput: the day lies before its first or before yesterday, or whoever covers is away then.
        Conflict: it is over, or overlaps another of theirs.
        NotFound: there is none of somebody whom the principal looks after.
    """
    principal.require("absence:record")
    with engine.database.write() as connection:
        row = _find(connection, principal, key)
        today = engine.clock.today()
        if row.to_on < today:
            raise Conflict(f"The absence was over on {row.to_on.isoformat()}: record another.")
        if last < row.from_on or last < today - _DAY:
            raise BadInput.field(
                "to",
                "The last day lies neither before the first nor before yesterday. To withdraw it, delete it.",
            )
        if last > row.to_on:
            check_overlaps(connection, row.absent_key, row.covered_by_key, row.to_on + _DAY, last)
        return _change(engine, connection, principal, row, last)


def _change(
    engine: Engine, connection: Connection, principal: Principal, row: AnyRow, last: date | None
) -> ChangedAbsenceView:
    """Write it: without a last day the absence is gone."""
    if last is None:
        connection.execute(_DELETE, {"which": row.key})
    else:
        connection.execute(_SET, {"which": row.key, "last": last})
    facts = {"absence": row.key, "member": row.absent_key, "cover": row.covered_by_key}
    days = {"before": row.to_on.isoformat(), "after": None if last is None else last.isoformat()}
    audit_of_authority.record(connection, engine, principal, Event.ABSENCE_CHANGED, **facts, **days)
    asked = {"absent": row.absent_key, "cover": row.covered_by_key, "since": start_of_day(row.from_on)}
    return ChangedAbsenceView(
        key=str(row.key),
        absent=str(row.absent_key),
        covered_by=str(row.covered_by_key),
        from_on=row.from_on,
        to_on=last,
        tasks_with_cover=[
            str(task) for task in connection.execute(_TASKS.where(sight.tasks(principal)), asked).scalars()
        ],
        told_to_cover=connection.execute(_HEARD, asked).scalar_one(),
    )


def _find(connection: Connection, principal: Principal, key: str) -> AnyRow:
    row = connection.execute(_ONE, {"which": sight.key(key), "of": principal.authority}).one_or_none()
    if row is None or not looks_after(principal, principal_of(connection, row.absent_key)):
        raise NotFound(f"There is no absence {key} of anybody whom you look after.")
    return row


_cover, _task, _officer = tables.cover, tables.task, tables.case_officer
_ONE = (
    select(_cover)
    .where(_cover.c.key == bindparam("which"), _cover.c.authority == bindparam("of"))
    .with_for_update()
)
_DELETE = delete(_cover).where(_cover.c.key == bindparam("which"))
_SET = update(_cover).where(_cover.c.key == bindparam("which")).values(to_on=bindparam("last"))
#: What came up in the cases of an officer since they left, and whoever covers holds.
_TASKS = (
    select(_task.c.key)
    .join(_officer, _officer.c.case_key == _task.c.case_key)
    .where(
        _task.c.assignee_key == bindparam("cover"),
        tables.OPEN_TASK,
        _task.c.created_at >= bindparam("since"),
        _officer.c.membership_key == bindparam("absent"),
        tables.CURRENT_OFFICER,
    )
    .order_by(_task.c.key)
)
_HEARD = (
    select(func.count())
    .select_from(tables.outbox)
    .join(hearing, hearing.c.outbox_key == tables.outbox.c.key)
    .where(
        tables.outbox.c.membership_key == bindparam("cover"),
        hearing.c.covers_key == bindparam("absent"),
        hearing.c.created_at >= bindparam("since"),
    )
)
