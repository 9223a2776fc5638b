"""Exports: asked for, written to the disk by the scheduler, fetched while they last, and forgotten.

Who asked, and who fetched one, stands in the trail of the case, or of the authority.
"""

from __future__ import annotations

import hashlib
import logging
import secrets
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, Select, bindparam, false, insert, or_, select, update

from engine.errors import Conflict, NotFound, VersionMismatch
from engine.services import paging
from engine.services.audit import audit_of_authority
from engine.services.audit.audit import Actor, Event, note
from engine.services.cases.cases import find_case
from engine.services.cases.views_of_records import ExportView
from engine.services.principals import Principal
from engine.services.records.export_authority import write_authority
from engine.services.records.export_subject import write_subject
from engine.services.sight import sight
from engine.services.views import Page, PageEnd
from engine.store import record_tables, tables
from engine.store.types import AnyRow

if TYPE_CHECKING:
    from engine.application import Engine

#: How long an export can be fetched.
KEPT_FOR = timedelta(days=7)
#: A writing that isn't at its end after this long was cut off, and is begun again.
_LONGEST = timedelta(hours=12)
_CHUNK = 256 * 1024

log = logging.getLogger(__name__)


def ask_subject(
    engine: Engine, principal: Principal, case_key: str, *, redact: bool, version: int | None = None
) -> ExportView:
    """Ask for all that is held of a case's child.

    Raises:
        VersionMismatch: the case has moved on since the caller looked.
        NotFound: there is no such case for this principal, or it sees a part of it only.
    """
    principal.require("export:subject")
    with engine.database.read() as connection:
        case = find_case(engine, connection, principal, case_key)
    sight.require_whole(principal, case_key)
    if version not in (None, case.version):
        raise VersionMismatch(
            f"Case {case_key} stands at version {case.version}, not {version}. Read it again."
        )
    view = _asked(engine, principal, "subject", case.key, {"redact": redact})
    actor = Actor(principal.membership_key, principal.organisation)
    note(engine, case.key, actor, Event.EXPORT_ASKED, export=int(view.key), redacted=redact)
    return view


def ask_authority(engine: Engine, principal: Principal) -> ExportView:
    """Ask for all data of the principal's authority."""
    principal.require("export:authority")
    with engine.database.joined() as connection:
        view = _asked(engine, principal, "authority", None, {})
        audit_of_authority.record(connection, engine, principal, Event.EXPORT_ASKED, export=int(view.key))
    return view


def list_exports(
    engine: Engine, principal: Principal, *, limit: int = 50, cursor: str | None = None
) -> Page[ExportView]:
    """The exports that a principal may fetch, newest first."""
    principal.require("export:read")
    query = _seen_by(principal).order_by(_export.c.key.desc())
    if cursor is not None:
        query = query.where(_export.c.key < paging.decode(cursor, int)[0])
    with engine.database.read() as connection:
        rows = connection.execute(query.limit(paging.clamp(limit) + 1)).all()
    end = paging.encode([rows[limit - 1].key]) if len(rows) > limit else None
    return Page(items=[_view(row) for row in rows[:limit]], page=PageEnd(end_cursor=end))


def get_export(engine: Engine, principal: Principal, key: str) -> ExportView:
    """How far an export is.

    Raises:
        NotFound: there is none for this principal.
    """
    principal.require("export:read")
    with engine.database.read() as connection:
        return _view(_find(connection, principal, key))


def fetch(engine: Engine, principal: Principal, key: str) -> tuple[ExportView, Path]:
    """An export's package; that it was fetched is written down.

    Raises:
        NotFound: there is none for this principal.
        Conflict: it isn't ready, failed or has expired.
    """
    principal.require("export:read")
    with engine.database.read() as connection:
        row = _find(connection, principal, key)
    if row.state != "ready" or row.expires_at <= engine.clock.now():
        raise Conflict(
            f"This export is {row.state if row.state != 'ready' else 'expired'}: it can't be fetched."
        )
    if row.case_key is not None:
        actor = Actor(principal.membership_key, principal.organisation)
        note(engine, row.case_key, actor, Event.EXPORT_FETCHED, export=row.key)
    else:
        with engine.database.write() as connection:
            audit_of_authority.record(connection, engine, principal, Event.EXPORT_FETCHED, export=row.key)
    return _view(row), _folder(engine) / row.part


def write_waiting(engine: Engine, *, stopping: Callable[[], bool] = lambda: False) -> int:
    """Write the exports that were asked for; gives how many."""
    written = 0
    while not stopping() and (row := _taken(engine)) is not None:
        try:
            _write(engine, row)
            written += 1
        except Exception as problem:  # its words may tell of a person
            log.error("Export %s failed: %s.", row.key, type(problem).__name__)
            _set(engine, row.key, state="failed")
    return written


def drop_expired(engine: Engine) -> None:
    """Forget exports that have expired; begin again those whose writing was cut off."""
    now = engine.clock.now()
    with engine.database.read() as connection:
        old = connection.execute(_EXPIRED, {"now": now}).all()
        cut = connection.execute(_CUT, {"before": now - _LONGEST}).all()
    for row in old:
        (_folder(engine) / row.part).unlink(missing_ok=True)
        _set(engine, row.key, state="expired", part=None)
    for row in cut:
        _set(engine, row.key, state="waiting", started_at=None)


def _asked(
    engine: Engine, principal: Principal, kind: str, case_key: int | None, options: dict[str, Any]
) -> ExportView:
    row = {
        "authority": principal.authority,
        "case_key": case_key,
        "membership_key": principal.membership_key,
        "kind": kind,
        "state": "waiting",
        "options": options,
        "done": 0,
        "total": 0,
        "created_at": engine.clock.now(),
    }
    with engine.database.write() as connection:
        key = connection.execute(insert(_export).returning(_export.c.key), row).scalar_one()
        return _view(connection.execute(_ONE, {"row_key": key}).one())


def _taken(engine: Engine) -> AnyRow | None:
    """An export that waits, now in this process's hands."""
    with engine.database.read() as connection:  # mostly there is none, and no writer is held up to learn it
        row = connection.execute(_NEXT).first()
    if row is None:
        return None
    with engine.database.write() as connection:
        taken = update(_export).where(_export.c.key == row.key, _export.c.state == "waiting")
        values = {"state": "running", "started_at": engine.clock.now()}
        return row if connection.execute(taken.values(values)).rowcount else None


def _write(engine: Engine, row: AnyRow) -> None:
    folder = _folder(engine)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    path = folder / f"{secrets.token_hex(16)}.zip"
    path.touch(mode=0o600)

    def tell(done: int, total: int) -> None:
        if done % 20 == 0 or done == total:
            _set(engine, row.key, done=done, total=total)

    if row.kind == "subject":
        write_subject(engine, row.case_key, path, redact=row.options["redact"], tell=tell)
    else:
        write_authority(engine, row.authority, path, tell)
    now = engine.clock.now()
    digest, size = _measured(path)
    _set(
        engine,
        row.key,
        state="ready",
        part=path.name,
        digest=digest,
        size=size,
        ready_at=now,
        expires_at=now + KEPT_FOR,
    )


def _measured(path: Path) -> tuple[str, int]:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            digest.update(chunk)
    return digest.hexdigest(), path.stat().st_size


def _set(engine: Engine, key: int, **values: Any) -> None:
    with engine.database.write() as connection:
        connection.execute(update(_export).where(_export.c.key == key).values(values))


def _find(connection: Connection, principal: Principal, key: str) -> AnyRow:
    row = connection.execute(_seen_by(principal).where(_export.c.key == sight.key(key))).one_or_none()
    if row is None:
        raise NotFound(f"There is no export {key} for you.")
    return row


def _seen_by(principal: Principal) -> Select[Any]:
    """Of a case, whoever sees all of that; of the authority, whoever may ask for it."""
    whole = _export.c.kind == "authority" if "export:authority" in principal.permissions else false()
    mine = whole
    if sight.sees_whole_cases(principal):
        seen = select(tables.ehc_case.c.key).where(sight.cases(principal))
        mine = or_(whole, _export.c.case_key.in_(seen))
    return select(_export).where(_export.c.authority == principal.authority, mine)


def _folder(engine: Engine) -> Path:
    return engine.files.root / "exports"


def _view(row: AnyRow) -> ExportView:
    return ExportView(
        key=str(row.key),
        kind=row.kind,
        case_key=str(row.case_key) if row.case_key is not None else None,
        state=row.state,
        redacted=bool(row.options.get("redact")),
        done=row.done,
        total=row.total,
        size=row.size,
        digest=row.digest,
        created_at=row.created_at,
        ready_at=row.ready_at,
        expires_at=row.expires_at,
    )


_export = record_tables.export
_ONE = select(_export).where(_export.c.key == bindparam("row_key"))
_NEXT = select(_export).where(_export.c.state == "waiting").order_by(_export.c.key).limit(1)
#: An export that waits is due from the moment it was asked for.
NEXT_EXPORT = (
    select(_export.c.created_at).where(_export.c.state == "waiting").order_by(_export.c.key).limit(1)
)
_EXPIRED = select(_export).where(_export.c.state == "ready", _export.c.expires_at <= bindparam("now"))
_CUT = select(_export).where(_export.c.state == "running", _export.c.started_at < bindparam("before"))
