"""Who had a task, and when: from the audit trail of its case."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, bindparam, select

from engine.clock import format_instant, parse_instant
from engine.services.audit.audit import parse
from engine.services.principals import Principal
from engine.services.tasks import task_rows
from engine.services.tasks.views_of_work import TaskEvent
from engine.store import tables
from engine.store.types import AnyRow

if TYPE_CHECKING:
    from engine.application import Engine

#: After these whoever did it holds the task; after `_TO` whoever it says; after `_NOBODY` nobody.
_BY_ACTOR = frozenset({"task:claimed", "task:completed"})
_TO = frozenset({"task:assigned", "task:delegated", "task:resolved"})
_NOBODY = frozenset({"task:created", "task:unclaimed"})


def history(engine: Engine, principal: Principal, key: str) -> list[TaskEvent]:
    """What happened to a task, the first first, and who held it from then on.

    Raises:
        NotFound: there is no such task for this principal.
    """
    principal.require("task:read")
    with engine.database.read() as connection:
        row = task_rows.seen(connection, principal, key)
        events = list(_events(connection, row))
        names = _names(connection, events)
    holder: int | None = None
    found = []
    for event in events:
        holder = _holder(event, holder)
        actor = event["actor"]["membership"]
        found.append(
            TaskEvent(
                at=parse_instant(event["at"]),
                event=event["event"],
                actor=names.get(actor),
                organisation=event["actor"]["organisation"],
                holder=names.get(holder),
            )
        )
    return found


def _events(connection: Connection, row: AnyRow) -> Iterator[dict[str, Any]]:
    for body in connection.execute(_TASK_EVENTS, {"case": row.case_key}).scalars():
        event = parse(body)
        if _is_of(event, row):
            yield event


def _is_of(event: Mapping[str, Any], row: AnyRow) -> bool:
    """By its key; what happens as it is made or cancelled knows only its token."""
    details = event["details"]
    if "task" in details:
        return bool(details["task"] == row.key)
    if (event["element"], details.get("token")) != (row.element_id, row.token):
        return False
    moment = row.completed_at if event["event"] == "task:canceled" else row.created_at
    return moment is not None and event["at"] == format_instant(moment)


def _holder(event: Mapping[str, Any], before: int | None) -> int | None:
    kind = event["event"]
    if kind in _NOBODY:
        return None
    if kind in _TO:
        to: int | None = event["details"].get("to")
        return to
    actor: int | None = event["actor"]["membership"]
    return actor if kind in _BY_ACTOR else before


def _names(connection: Connection, events: list[dict[str, Any]]) -> dict[int | None, str]:
    keys = {event["actor"]["membership"] for event in events}
    keys |= {event["details"].get("to") for event in events}
    rows = connection.execute(_NAMES, {"keys": sorted(key for key in keys if key is not None)})
    return {row.key: row.name for row in rows}


_TASK_EVENTS = (
    select(tables.audit_event.c.body)
    .where(
        tables.audit_event.c.case_key == bindparam("case"),
        tables.audit_event.c.body.contains('"event":"task:'),
    )
    .order_by(tables.audit_event.c.sequence)
)
_NAMES = (
    select(tables.membership.c.key, tables.person.c.name)
    .join(tables.person, tables.person.c.key == tables.membership.c.person_key)
    .where(tables.membership.c.key.in_(bindparam("keys", expanding=True)))
)
