"""A form that somebody has begun to fill in: kept with the task until it is completed, through any hand-over.

It belongs to the organisation of whoever saved it. Saving it is no step of the case: nothing is decided yet.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

import msgspec
from sqlalchemy import Connection, bindparam, insert, select, update

from engine.errors import BadInput, FieldProblem, VersionMismatch
from engine.services.principals import Principal
from engine.services.tasks import task_rows
from engine.services.tasks.contribution_rows import own_names
from engine.services.tasks.draft_rows import drop
from engine.services.tasks.views_of_work import DraftView
from engine.store import tables
from engine.store.types import AnyRow, to_text
from engine.store.work_tables import task_draft

if TYPE_CHECKING:
    from engine.application import Engine

#: Letters of a draft's answers, as JSON.
LONGEST = 200_000


def save_draft(
    engine: Engine,
    principal: Principal,
    key: str,
    answers: Mapping[str, Any],
    version: int | None = None,
) -> DraftView:
    """Keep what has been filled in so far; only the names of the fields are checked.

    Raises:
        BadInput: the form has no such field, or it is too long.
        TaskHeld, TaskClosed, NotFound, NotPermitted: as their names say.
        VersionMismatch: somebody has saved meanwhile.
    """
    principal.require("task:work")
    content = to_text(dict(answers))
    if len(content) > LONGEST:
        raise BadInput.field("answers", f"A draft has up to {LONGEST} letters.")
    with engine.database.write() as connection:
        row = _workable(connection, principal, key, engine.clock.today())
        _check_names(engine, connection, row, answers)
        _check_version(_stored(connection, principal, row), version)
        new = {
            "row_key": row.key,
            "said": content,
            "at": engine.clock.now(),
            "who": principal.membership_key,
            "of": principal.organisation,
        }
        if not connection.execute(_CHANGE, new).rowcount:
            connection.execute(_NEW, {"authority": row.authority, "case_key": row.case_key, **new})
        connection.execute(_MARK, {"row_key": row.key, "at": new["at"]})
        return _view(row, _stored(connection, principal, row))


def read_draft(engine: Engine, principal: Principal, key: str) -> DraftView:
    """The draft of a task, for those of the organisation that saved it who could complete the task.

    Raises:
        NotFound: there is no such task for this principal.
        NotPermitted: it is for others.
    """
    principal.require("task:work")
    with engine.database.read() as connection:
        row = task_rows.seen(connection, principal, key)
        task_rows.require_candidate(connection, principal, row, engine.clock.today())
        return _view(row, _stored(connection, principal, row))


def discard_draft(engine: Engine, principal: Principal, key: str, version: int | None = None) -> DraftView:
    """Throw the draft away; gives what it was.

    Raises:
        TaskHeld, TaskClosed, NotFound, NotPermitted, VersionMismatch: as their names say.
    """
    principal.require("task:work")
    with engine.database.write() as connection:
        row = _workable(connection, principal, key, engine.clock.today())
        before = _stored(connection, principal, row)
        _check_version(before, version)
        drop(connection, row)
        connection.execute(_MARK, {"row_key": row.key, "at": None})
        return _view(row, before)


def _workable(connection: Connection, principal: Principal, key: str, today: date) -> AnyRow:
    """The open task that the principal may work on, locked: it isn't completed meanwhile."""
    first = task_rows.seen(connection, principal, key)
    connection.execute(_LOCK, {"row_key": first.key})
    return task_rows.workable(connection, principal, key, None, today)


def _check_names(engine: Engine, connection: Connection, row: AnyRow, answers: Mapping[str, Any]) -> None:
    known = own_names(engine, connection, row)
    strange = [name for name in answers if name not in known]
    if strange:
        raise BadInput(
            "The draft doesn't fit the form.",
            [FieldProblem(f"answers.{name}", "The form has no such field.") for name in strange],
        )


def _check_version(stored: AnyRow | None, version: int | None) -> None:
    stands_at = 0 if stored is None else stored.version
    if version is not None and version != stands_at:
        raise VersionMismatch(f"The draft stands at version {stands_at}, not {version}. Read it again.")


def _stored(connection: Connection, principal: Principal, task: AnyRow) -> AnyRow | None:
    """The draft that the principal's organisation has saved."""
    whose = {"row_key": task.key, "of": principal.organisation}
    return connection.execute(_FIND, whose).one_or_none()


def _view(task: AnyRow, row: AnyRow | None) -> DraftView:
    if row is None:
        return DraftView(task_key=str(task.key), answers={}, saved_at=None, saved_by=None, version=0)
    return DraftView(
        task_key=str(task.key),
        answers=msgspec.json.decode(row.answers),
        saved_at=row.saved_at,
        saved_by=row.name,
        version=row.version,
    )


_task = tables.task
_THIS = task_draft.c.task_key == bindparam("row_key")
_LOCK = select(_task.c.key).where(task_rows.THIS).with_for_update()
_FIND = (
    select(task_draft, tables.person.c.name)
    .join(tables.membership, tables.membership.c.key == task_draft.c.membership_key)
    .join(tables.person, tables.person.c.key == tables.membership.c.person_key)
    .where(_THIS, task_draft.c.organisation == bindparam("of"))
)
_NEW = insert(task_draft).values(
    task_key=bindparam("row_key"),
    organisation=bindparam("of"),
    membership_key=bindparam("who"),
    answers=bindparam("said"),
    version=1,
    saved_at=bindparam("at"),
)
_CHANGE = (
    update(task_draft)
    .where(_THIS)
    .values(
        organisation=bindparam("of"),
        membership_key=bindparam("who"),
        answers=bindparam("said"),
        version=task_draft.c.version + 1,
        saved_at=bindparam("at"),
    )
)
_MARK = update(_task).where(task_rows.THIS).values(draft_at=bindparam("at"))
