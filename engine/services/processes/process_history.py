"""What happened in a process instance, read off the audit trail of its case."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, bindparam, select

from engine.clock import parse_instant
from engine.services import paging
from engine.services.audit.audit import Event, parse
from engine.services.principals import Principal
from engine.services.processes.definitions import Definition
from engine.services.processes.process_instances import find_instance
from engine.services.processes.views_of_control import HistoryEntry
from engine.services.views import Page, PageEnd
from engine.spiff import ElementInfo
from engine.store import tables

if TYPE_CHECKING:
    from engine.application import Engine


def instance_history(
    engine: Engine, principal: Principal, key: str, *, limit: int = 50, cursor: str | None = None
) -> Page[HistoryEntry]:
    """What tokens did in an instance, in the order in which it happened.

    Everything is there that its steps told of; a boundary event that only waited was never told of.

    Raises:
        NotFound: there is none in this authority.
    """
    paging.clamp(limit)
    sequence, place = paging.decode(cursor, int, int) if cursor is not None else (0, 0)
    with engine.database.read() as connection:
        row = find_instance(connection, principal, key)
        definition = engine.definitions.get(connection, row.definition_key)
        steps = _steps(connection, row.case_key, row.key, sequence)
    found = [
        (number, entry)
        for step in steps
        for number, entry in enumerate(_entries(definition, step))
        if (entry.sequence, number) >= (sequence, place)
    ]
    end = None
    if len(found) > limit:
        number, entry = found[limit]
        end = paging.encode([entry.sequence, number])
    return Page(items=[entry for _, entry in found[:limit]], page=PageEnd(end_cursor=end))


def _steps(connection: Connection, case_key: int, instance_key: int, since: int) -> list[dict[str, Any]]:
    """The events of a case in which tokens of this instance moved."""
    rows = connection.execute(_STEPS, {"case": case_key, "since": since, "kind": _KIND}).scalars()
    events = map(parse, rows)
    return [event for event in events if event["details"].get("instance") == instance_key]


def _entries(definition: Definition, event: dict[str, Any]) -> Iterator[HistoryEntry]:
    actor = event["actor"]["membership"]
    for element_id, happened, token in event["details"]["changes"]:
        info = _info(definition, element_id)
        yield HistoryEntry(
            sequence=event["sequence"],
            at=parse_instant(event["at"]),
            element_id=element_id,
            element_name=(info and info.name) or None,
            type=info.kind if info else None,
            event=happened,
            token=token,
            membership_key=str(actor) if actor is not None else None,
        )


def _info(definition: Definition, element_id: str) -> ElementInfo | None:
    """What is known of an element: of the instance's own process before those that it calls."""
    elements = definition.bundle.elements
    own = elements[definition.process_id].get(element_id)
    return own or next((of[element_id] for of in elements.values() if element_id in of), None)


_event = tables.audit_event
_KIND = f'%"event":"{Event.PROCESS_STEPPED.value}"%'
_STEPS = (
    select(_event.c.body)
    .where(
        _event.c.case_key == bindparam("case"),
        _event.c.sequence >= bindparam("since"),
        _event.c.body.like(bindparam("kind")),
    )
    .order_by(_event.c.sequence)
)
