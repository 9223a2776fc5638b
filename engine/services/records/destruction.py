"""Destruction of a case's records: proposed by one person, confirmed by another, and proved.

What goes: every row about the case, its files, and, with the last case, who the child was. What stays: the
case's number, its dates, and its trail, which holds keys, codes and dates only and can be verified as before.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, Select, Table, bindparam, delete, insert, select, update

from engine.errors import Conflict, NotFound, NotPermitted, VersionMismatch
from engine.services import paging
from engine.services.audit import audit_of_authority
from engine.services.audit.audit import Actor, Event, note
from engine.services.cases.cases import find_case
from engine.services.documents.file_care import drop_files
from engine.services.principals import Principal
from engine.services.records.retention import DESTROYED, due_of
from engine.services.records.views_of_retention import DestructionView
from engine.services.sight import sight
from engine.services.views import Page, PageEnd
from engine.store import file_tables, record_tables, tables
from engine.store.types import AnyRow

if TYPE_CHECKING:
    from engine.application import Engine

#: What stays of a case, and why.
STAYS = {
    "ehc_case": "its number and dates, on which the trail hangs; who asked is blanked",
    "audit_event": "keys, codes and dates, no word about the child; the proof of what was done",
}
#: Stands where a birthday was.
_NO_BIRTHDAY = date(1900, 1, 1)


@dataclass
class _Gone:
    """What was destroyed, and what lies outside the database and must follow."""

    counts: dict[str, int] = field(default_factory=dict)
    digests: list[str] = field(default_factory=list)
    files: list[str] = field(default_factory=list)
    parts: list[str] = field(default_factory=list)
    packages: list[str] = field(default_factory=list)


def propose(
    engine: Engine, principal: Principal, case_key: str, *, version: int | None = None
) -> DestructionView:
    """Propose that the records of a case are destroyed.

    Raises:
        NotFound: there is no such case for this principal.
        Conflict: it isn't closed, its records aren't due, a hold lies on it, or it is proposed already.
        VersionMismatch: the case has moved on since the caller looked.
    """
    principal.require("retention:destroy")
    with engine.database.write() as connection:
        case = find_case(engine, connection, principal, case_key)
        if version not in (None, case.version):
            raise VersionMismatch(f"Case {case_key} stands at version {case.version}, not {version}.")
        due = _require_due(engine, connection, principal, case.key)
        if connection.execute(_PROPOSED, {"of": case.key}).first():
            raise Conflict("It is proposed already.")
        row = {
            "authority": principal.authority,
            "of_case": case.key,
            "state": "proposed",
            "record_class": due.record_class,
            "due_on": due.due_on,
            "proposed_at": engine.clock.now(),
            "proposed_by": principal.membership_key,
        }
        key = connection.execute(insert(_table).returning(_table.c.key), row).scalar_one()
        facts = {"destruction": key, "case": case.key}
        audit_of_authority.record(connection, engine, principal, Event.DESTRUCTION_PROPOSED, **facts)
        return _view(_find(connection, principal, str(key)))


def reject(engine: Engine, principal: Principal, key: str) -> DestructionView:
    """Decide that records are kept; they may be proposed again.

    Raises:
        NotFound: there is none for this principal.
        Conflict: it is decided already.
    """
    principal.require("retention:destroy")
    with engine.database.write() as connection:
        row = _open(connection, principal, key)
        _decide(engine, connection, principal, row, "rejected", None)
        facts = {"destruction": row.key, "case": row.of_case}
        audit_of_authority.record(connection, engine, principal, Event.DESTRUCTION_REJECTED, **facts)
        return _view(_find(connection, principal, key))


def confirm(engine: Engine, principal: Principal, key: str) -> DestructionView:
    """Destroy the records of a case that another person proposed. It can't be undone.

    Raises:
        NotFound: there is none for this principal.
        NotPermitted: whoever proposed it can't confirm it.
        Conflict: it is decided already, or a hold was placed since.
    """
    principal.require("retention:destroy")
    with engine.database.joined() as connection:
        row = _open(connection, principal, key)
        if row.proposer == principal.person_key:
            raise NotPermitted("Destruction needs two people: somebody else must confirm what you proposed.")
        connection.execute(select(_case.c.key).where(_case.c.key == row.of_case).with_for_update())
        _require_due(engine, connection, principal, row.of_case)
        gone = _destroy(engine, connection, row)
        actor = Actor(principal.membership_key, principal.organisation)
        note(engine, row.of_case, actor, Event.RECORDS_DESTROYED, destruction=row.key)
        proof = _certificate(connection, row.of_case, gone)
        _decide(engine, connection, principal, row, DESTROYED, proof)
        facts = {"destruction": row.key, "case": row.of_case, **proof}
        audit_of_authority.record(connection, engine, principal, Event.RECORDS_DESTROYED, **facts)
        view = _view(_find(connection, principal, key))
    _follow(engine, row.authority, gone)
    return view


def list_destructions(
    engine: Engine, principal: Principal, *, limit: int = 50, cursor: str | None = None
) -> Page[DestructionView]:
    """What was proposed, rejected and destroyed, newest first."""
    principal.require("retention:read")
    query = _seen_by(principal).order_by(_table.c.key.desc())
    if cursor is not None:
        query = query.where(_table.c.key < paging.decode(cursor, int)[0])
    with engine.database.read() as connection:
        rows = connection.execute(query.limit(paging.clamp(limit) + 1)).all()
    end = paging.encode([rows[limit - 1].key]) if len(rows) > limit else None
    return Page(items=[_view(row) for row in rows[:limit]], page=PageEnd(end_cursor=end))


def get_destruction(engine: Engine, principal: Principal, key: str) -> DestructionView:
    """One destruction, with its certificate.

    Raises:
        NotFound: there is none for this principal.
    """
    principal.require("retention:read")
    with engine.database.read() as connection:
        return _view(_find(connection, principal, key))


def tables_destroyed() -> list[tuple[Table, Select[Any] | None]]:
    """Every table of which rows go with a case, those that refer to others first.

    A table without the case's key goes by the rows of a case that it hangs on: the query finds their keys.
    """
    found: list[tuple[Table, Select[Any] | None]] = []
    for table in reversed(tables.metadata.sorted_tables):
        if table.name in STAYS or table is _table:
            continue
        if "case_key" in table.c:
            found.append((table, None))
        elif (owner := _owner(table)) is not None:
            found.append((table, select(owner.c.key).where(owner.c.case_key == bindparam("of"))))
    return found


def _owner(table: Table) -> Table | None:
    owners = [key.column.table for key in table.foreign_keys if "case_key" in key.column.table.c]
    return owners[0] if owners else None


def _require_due(engine: Engine, connection: Connection, principal: Principal, case_key: int) -> Any:
    due = due_of(engine, connection, principal, case_key)
    if due is None:
        raise Conflict("The case is open, its plan is kept up, or its records are destroyed already.")
    if due.on_hold:
        raise Conflict("A hold lies on these records. They are kept until it is lifted.")
    if due.due_on > engine.clock.today():
        raise Conflict(f"These records are to be kept until {due.due_on}.")
    return due


def _destroy(engine: Engine, connection: Connection, row: AnyRow) -> _Gone:
    case, gone = row.of_case, _Gone()
    of = {"of": case}
    gone.digests = sorted(connection.execute(_DIGESTS, of).scalars().all())
    gone.files = sorted(set(connection.execute(_FILES, of).scalars().all()))
    gone.parts = list(connection.execute(_PARTS, of).scalars().all())
    gone.packages = [name for name in connection.execute(_PACKAGES, of).scalars().all() if name]
    connection.execute(delete(_link).where(_link.c.other_key == case))
    for table, owners in tables_destroyed():
        gone.counts[table.name] = _delete(connection, table, owners, case)
    child = connection.execute(select(_case.c.child_key).where(_case.c.key == case)).scalar_one()
    blank = {"requester_name": "", "setting_urn": None, "status": DESTROYED, "version": _case.c.version + 1}
    connection.execute(update(_case).where(_case.c.key == case).values(blank))
    if not connection.execute(_OTHER_CASES, {"child": child, "of": case}).first():
        gone.counts["family_member"] = _forget_child(connection, child)
    _forget_answers(connection, case)
    return gone


def _delete(connection: Connection, table: Table, owners: Select[Any] | None, case: int) -> int:
    if owners is None:
        return connection.execute(delete(table).where(table.c.case_key == case)).rowcount
    owner = _owner(table)
    key = next(key for key in table.foreign_keys if key.column.table is owner)
    keys = connection.execute(owners, {"of": case}).scalars().all()
    return connection.execute(delete(table).where(key.parent.in_(keys))).rowcount


def _forget_child(connection: Connection, child: int) -> int:
    """Who the child was: of a row that the case's number hangs on, nothing stays but its key."""
    member = tables.family_member
    gone = connection.execute(delete(member).where(member.c.child_key == child)).rowcount
    optional = {column.name: None for column in tables.child.c if column.nullable}
    blank = {"given_name": "", "family_name": "", "search_name": "", "date_of_birth": _NO_BIRTHDAY}
    connection.execute(update(tables.child).where(tables.child.c.key == child).values(optional | blank))
    return gone


def _forget_answers(connection: Connection, case: int) -> None:
    """Answers that are kept for a repeat may speak of the case."""
    kept = tables.idempotency
    connection.execute(delete(kept).where(kept.c.body.contains(f'"{case}"')))


def _certificate(connection: Connection, case: int, gone: _Gone) -> dict[str, Any]:
    head = connection.execute(
        select(_case.c.audit_sequence, _case.c.audit_hash).where(_case.c.key == case)
    ).one()
    return {
        "rows": {name: count for name, count in sorted(gone.counts.items()) if count},
        "documents": len(gone.digests),
        "documentsHash": _hash(gone.digests),
        "files": len(gone.files),
        "trailEvents": head.audit_sequence,
        "trailHash": head.audit_hash,
    }


def _hash(digests: Iterable[str]) -> str:
    return hashlib.sha256("\n".join(digests).encode()).hexdigest()


def _follow(engine: Engine, authority: str, gone: _Gone) -> None:
    """What lies outside the database goes once the rows are gone for good."""
    drop_files(engine, authority, gone.files)
    for name in gone.parts:
        engine.files.drop_part(name)
    for name in gone.packages:
        (engine.files.root / "exports" / name).unlink(missing_ok=True)


def _decide(
    engine: Engine,
    connection: Connection,
    principal: Principal,
    row: AnyRow,
    state: str,
    certificate: dict[str, Any] | None,
) -> None:
    values = {
        "state": state,
        "decided_at": engine.clock.now(),
        "decided_by": principal.membership_key,
        "certificate": certificate,
    }
    still_open = update(_table).where(_table.c.key == row.key, _table.c.state == "proposed")
    if not connection.execute(still_open.values(values)).rowcount:
        raise Conflict("This was decided by somebody else meanwhile. Read it again.")


def _open(connection: Connection, principal: Principal, key: str) -> AnyRow:
    row = _find(connection, principal, key)
    if row.state != "proposed":
        raise Conflict(f"This is decided already: {row.state}.")
    return row


def _find(connection: Connection, principal: Principal, key: str) -> AnyRow:
    row = connection.execute(_seen_by(principal).where(_table.c.key == sight.key(key))).one_or_none()
    if row is None:
        raise NotFound(f"There is no destruction {key} for you.")
    return row


def _seen_by(principal: Principal) -> Select[Any]:
    seen = select(_case.c.key).where(sight.cases(principal))
    return _ALL.where(_table.c.authority == principal.authority, _table.c.of_case.in_(seen))


def _view(row: AnyRow) -> DestructionView:
    return DestructionView(
        key=str(row.key),
        case_key=str(row.of_case),
        state=row.state,
        record_class=row.record_class,
        due_on=row.due_on,
        proposed_at=row.proposed_at,
        proposed_by=row.proposer_name,
        decided_at=row.decided_at,
        decided_by=row.decider_name,
        certificate=row.certificate,
    )


_table, _case, _link = record_tables.destruction, tables.ehc_case, record_tables.case_link
_proposing, _deciding = tables.membership.alias("proposing"), tables.membership.alias("deciding")
_proposer, _decider = tables.person.alias("proposer"), tables.person.alias("decider")
_ALL = (
    select(
        _table,
        _proposer.c.key.label("proposer"),
        _proposer.c.name.label("proposer_name"),
        _decider.c.name.label("decider_name"),
    )
    .join(_proposing, _proposing.c.key == _table.c.proposed_by)
    .join(_proposer, _proposer.c.key == _proposing.c.person_key)
    .outerjoin(_deciding, _deciding.c.key == _table.c.decided_by)
    .outerjoin(_decider, _decider.c.key == _deciding.c.person_key)
)
_PROPOSED = select(_table.c.key).where(_table.c.of_case == bindparam("of"), _table.c.state == "proposed")
_DIGESTS = select(tables.document.c.digest).where(tables.document.c.case_key == bindparam("of"))
_FILES = select(file_tables.document_file.c.digest).where(
    file_tables.document_file.c.case_key == bindparam("of")
)
_PARTS = select(file_tables.upload.c.part).where(file_tables.upload.c.case_key == bindparam("of"))
_PACKAGES = select(record_tables.export.c.part).where(record_tables.export.c.case_key == bindparam("of"))
_OTHER_CASES = select(_case.c.key).where(
    _case.c.child_key == bindparam("child"), _case.c.key != bindparam("of"), _case.c.status != DESTROYED
)
