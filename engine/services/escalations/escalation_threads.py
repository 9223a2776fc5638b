"""One thread of lateness, with everything that happened in it: by time, and by people.

Boards see what was done, at which level and for which coded reason; no name, and no words but a board's own.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, bindparam, select

from engine.clock import parse_instant
from engine.errors import NotFound
from engine.services.audit.audit import Event, parse
from engine.services.escalations import escalation_lists
from engine.services.escalations.views_of_escalations import EntryView, ThreadView
from engine.services.principals import Principal
from engine.services.sight import sight
from engine.store import tables
from engine.store.types import AnyRow
from engine.store.work_tables import escalation_entry

if TYPE_CHECKING:
    from engine.application import Engine

#: What time does, as kinds of entries.
_BY_TIME = {
    Event.ESCALATION_RAISED: "raised",
    Event.ESCALATION_MOVED: "moved",
    Event.ESCALATION_TOLD: "told",
    Event.ESCALATION_RESOLVED: (_END := "resolved"),
}


def thread(engine: Engine, principal: Principal, key: str) -> ThreadView:
    """An escalation and its thread.

    Raises:
        NotFound: there is none that this principal sees.
    """
    principal.require("escalation:read")
    with engine.database.read() as connection:
        return thread_of(engine, connection, principal, find(connection, principal, key))


def find(connection: Connection, principal: Principal, key: str) -> AnyRow:
    """The row of an escalation.

    Raises:
        NotFound: there is none that this principal sees.
    """
    query = escalation_lists.LIST.where(
        sight.escalations(principal), tables.escalation.c.key == sight.key(key)
    )
    row = connection.execute(query).one_or_none()
    if row is None:
        raise NotFound(f"There is no escalation {key} for you.")
    return row


def thread_of(engine: Engine, connection: Connection, principal: Principal, row: AnyRow) -> ThreadView:
    """The thread of a row of `find`."""
    entries = [*_by_time(connection, row), *_by_people(connection, principal, row)]
    return ThreadView(
        escalation=escalation_lists.view(engine, principal, row),
        entries=sorted(entries, key=lambda entry: (entry.at, entry.kind == _END)),
    )


def _by_time(connection: Connection, row: AnyRow) -> Iterator[EntryView]:
    for body in connection.execute(_EVENTS, {"case": row.case_key}).scalars():
        event = parse(body)
        kind = _BY_TIME.get(Event(event["event"]))
        if kind is not None and _is_of(event, kind, row):
            yield EntryView(
                at=parse_instant(event["at"]),
                kind=kind,
                level=event["details"].get("level"),
                code=None,
                words=None,
                author=None,
                role=None,
                organisation=None,
            )


def _is_of(event: dict[str, Any], kind: str, row: AnyRow) -> bool:
    details = event["details"]
    if kind == "raised":
        return (details["rule"], details["occurrence"]) == (row.rule, row.occurrence)
    return bool(details["escalation"] == row.key)


def _by_people(connection: Connection, principal: Principal, row: AnyRow) -> Iterator[EntryView]:
    is_board = principal.role in sight.BOARDS
    for entry in connection.execute(_ENTRIES, {"escalation": row.key}):
        yield EntryView(
            at=entry.at,
            kind=entry.kind,
            level=entry.level,
            code=entry.code,
            words=None if is_board and entry.role not in sight.BOARDS else entry.words,
            author=None if is_board else entry.name,
            role=entry.role,
            organisation=entry.organisation,
        )


_EVENTS = (
    select(tables.audit_event.c.body)
    .where(
        tables.audit_event.c.case_key == bindparam("case"),
        tables.audit_event.c.body.contains('"event":"escalation:'),
    )
    .order_by(tables.audit_event.c.sequence)
)
_ENTRIES = (
    select(
        escalation_entry,
        tables.person.c.name,
        tables.membership.c.role,
        tables.organisation.c.code.label("organisation"),
    )
    .join(tables.membership, tables.membership.c.key == escalation_entry.c.membership_key)
    .join(tables.person, tables.person.c.key == tables.membership.c.person_key)
    .join(tables.organisation, tables.organisation.c.key == tables.membership.c.organisation_key)
    .where(escalation_entry.c.escalation_key == bindparam("escalation"))
    .order_by(escalation_entry.c.key)
)
