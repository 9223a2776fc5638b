"""Finding events in the audit trail, and proving that it holds, a bounded piece at a time.

The trail has no index but its own order, so that steps pay nothing for it. A page looks through so many
events and no more: it may hold few, even none, and still say where the next one begins.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, Connection, Select, func, select, tuple_

from engine.clock import format_instant, start_of_day
from engine.services import paging
from engine.services.audit import audit, audit_of_authority
from engine.services.audit.audit import Event, parse
from engine.services.audit.views_of_audit import AuditEventView, BreakView, VerificationView
from engine.services.principals import Principal
from engine.services.sight import sight
from engine.services.views import Page, PageEnd
from engine.store import tables
from engine.store.organisation_tables import authority_event
from engine.store.types import AnyRow, to_text

if TYPE_CHECKING:
    from engine.application import Engine

#: Events that one page looks through, and cases that one verification walks.
LOOKED_THROUGH = 50_000
WALKED = 200
#: Letters of an instant up to its seconds.
_TO_SECONDS = 19


@dataclass(frozen=True)
class Wanted:
    """What is asked for; None: any. Both days count."""

    case_key: str | None = None
    event: str | None = None
    membership_key: str | None = None
    organisation: str | None = None
    element: str | None = None
    since: date | None = None
    until: date | None = None


def search_cases(
    engine: Engine, principal: Principal, wanted: Wanted, *, limit: int = 50, cursor: str | None = None
) -> Page[AuditEventView]:
    """Events of the cases that a principal sees, by case, each case's in their order."""
    principal.require("audit:read")
    place = tuple_(_event.c.case_key, _event.c.sequence)
    query = select(_event.c.case_key, _event.c.sequence, _event.c.body).join(
        tables.ehc_case, tables.ehc_case.c.key == _event.c.case_key
    )
    query = query.where(sight.cases(principal))
    if wanted.case_key is not None:
        query = query.where(_event.c.case_key == sight.key(wanted.case_key))
    if cursor is not None:
        query = query.where(place > tuple_(*paging.decode(cursor, int, int)))
    query = query.order_by(_event.c.case_key, _event.c.sequence)
    return _page(engine, query, place, _event.c.body, wanted, limit, ("case_key", "sequence"))


def search_authority(
    engine: Engine, principal: Principal, wanted: Wanted, *, limit: int = 50, cursor: str | None = None
) -> Page[AuditEventView]:
    """Events of the authority that belong to no case, in their order."""
    principal.require("audit:read")
    of = authority_event.c
    query = select(of.sequence, of.body).where(of.authority == principal.authority)
    if cursor is not None:
        query = query.where(of.sequence > paging.decode(cursor, int)[0])
    place = tuple_(of.sequence)
    return _page(engine, query.order_by(of.sequence), place, of.body, wanted, limit, ("sequence",))


def verify(
    engine: Engine, principal: Principal, *, case_key: str | None = None, cursor: str | None = None
) -> VerificationView:
    """Walk a case's chain, or those of the authority: its own first, then so many cases a time."""
    principal.require("audit:read")
    query = select(tables.ehc_case.c.key).where(sight.cases(principal)).order_by(tables.ehc_case.c.key)
    if case_key is not None:
        query = query.where(tables.ehc_case.c.key == sight.key(case_key))
    if cursor is not None:
        query = query.where(tables.ehc_case.c.key > paging.decode(cursor, int)[0])
    with engine.database.read() as connection:
        keys = connection.execute(query.limit(WALKED + 1)).scalars().all()
        found = [] if case_key or cursor else _breaks_of_authority(connection, principal.authority)
        for key in keys[:WALKED]:
            found += [
                BreakView(case_key=str(key), sequence=broken.sequence, problem=broken.problem)
                for broken in audit.verify(connection, key)
            ]
    end = paging.encode([keys[WALKED - 1]]) if len(keys) > WALKED else None
    return VerificationView(cases=min(len(keys), WALKED), breaks=found, end_cursor=end)


def _breaks_of_authority(connection: Connection, authority: str) -> list[BreakView]:
    return [
        BreakView(case_key=None, sequence=broken.sequence, problem=broken.problem)
        for broken in audit_of_authority.verify(connection, authority)
    ]


def _page(
    engine: Engine,
    query: Select[Any],
    place: Any,
    body: ColumnElement[str],
    wanted: Wanted,
    limit: int,
    names: tuple[str, ...],
) -> Page[AuditEventView]:
    most = paging.clamp(limit)
    conditions = _conditions(body, wanted, is_sqlite=engine.database.is_sqlite)
    with engine.database.read() as connection:
        edge = _edge(connection, query, names) if conditions else None
        if edge is not None:
            query = query.where(place < tuple_(*edge))
        rows = connection.execute(query.where(*conditions).limit(most + 1)).all()
    end: list[int] | None = None
    if len(rows) > most:
        end = [getattr(rows[most - 1], name) for name in names]
    elif edge is not None:
        end = [*edge[:-1], edge[-1] - 1]
    items = [_view(row) for row in rows[:most]]
    return Page(items=items, page=PageEnd(end_cursor=None if end is None else paging.encode(end)))


def _edge(connection: Connection, query: Select[Any], names: tuple[str, ...]) -> list[int] | None:
    """The place of the first event that this page doesn't look at; None when it looks at all that follow."""
    positions = query.with_only_columns(*(query.selected_columns[name] for name in names))
    row = connection.execute(positions.offset(LOOKED_THROUGH).limit(1)).one_or_none()
    return None if row is None else list(row)


def _conditions(body: ColumnElement[str], wanted: Wanted, *, is_sqlite: bool) -> list[ColumnElement[bool]]:
    """What the stored text must hold. It is canonical: sorted names, no spaces, so a piece of it is exact."""
    found: list[ColumnElement[bool]] = []
    if wanted.membership_key is not None:
        key = sight.key(wanted.membership_key)
        found.append(body.startswith(f'{{"actor":{{"membership":{key},', autoescape=True))
    if wanted.organisation is not None:
        found.append(
            body.contains(f',"organisation":{to_text(wanted.organisation)}}},"at":"', autoescape=True)
        )
    if wanted.event is not None:
        found.append(body.contains(f'"event":{to_text(wanted.event)},"sequence":', autoescape=True))
    if wanted.element is not None:
        found.append(body.contains(f',"element":{to_text(wanted.element)},"event":"', autoescape=True))
    find = func.instr if is_sqlite else func.strpos
    at = func.substr(body, find(body, '"at":"') + len('"at":"'), _TO_SECONDS)
    if wanted.since is not None:
        found.append(at >= _start(wanted.since))
    if wanted.until is not None:
        found.append(at < _start(wanted.until + timedelta(days=1)))
    return found


def _start(day: date) -> str:
    return format_instant(start_of_day(day))[:_TO_SECONDS]


def _view(row: AnyRow) -> AuditEventView:
    event = parse(row.body)
    details = dict(event["details"])
    actor, case_key = event["actor"], event.get("case")
    return AuditEventView(
        case_key=None if case_key is None else str(case_key),
        sequence=event["sequence"],
        at=event["at"],
        event=event["event"],
        membership_key=None if actor["membership"] is None else str(actor["membership"]),
        organisation=actor["organisation"],
        element=event.get("element"),
        before=_text(details.pop("before", None)),
        after=_text(details.pop("after", None)),
        result=str(details.pop("result", "failed" if event["event"] == Event.INCIDENT_RAISED else "done")),
        details=details,
    )


def _text(value: Any) -> str | None:
    return value if value is None or isinstance(value, str) else to_text(value)


_event = tables.audit_event
