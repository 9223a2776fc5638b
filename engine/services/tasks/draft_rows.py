"""How drafts end: with the task that they were for."""

from __future__ import annotations

from sqlalchemy import Connection, bindparam, delete, select

from engine.store import tables
from engine.store.types import AnyRow
from engine.store.work_tables import task_draft


def drop(connection: Connection, row: AnyRow) -> None:
    """Take the draft of a task away, where it has one."""
    if row.draft_at is not None:
        connection.execute(_DROP, {"row_key": row.key})


def drop_of_cancelled(connection: Connection, case_key: int) -> None:
    """Take away the drafts of a case's tasks that were cancelled."""
    connection.execute(_DROP_CANCELLED, {"case": case_key})


_task = tables.task
_DROP = delete(task_draft).where(task_draft.c.task_key == bindparam("row_key"))
_DROP_CANCELLED = delete(task_draft).where(
    task_draft.c.case_key == bindparam("case"),
    task_draft.c.task_key.in_(
        select(_task.c.key).where(_task.c.case_key == bindparam("case"), _task.c.state == "CANCELED")
    ),
)
