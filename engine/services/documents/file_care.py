"""What time does to files: those that wait are scanned, and what nobody ended or names is swept up."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import bindparam, delete, exists, func, or_, select, update

from engine.files import ScannerAway, Verdict
from engine.services.audit.audit import Actor, Event, note
from engine.services.documents import uploads
from engine.store import file_tables, tables
from engine.store.types import AnyRow

if TYPE_CHECKING:
    from engine.application import Engine

#: How long a file that no document names is left alone: one may be made of it at this moment.
SPARED_FOR = timedelta(hours=1)
#: Waits before a scanner that couldn't be asked is asked again; the last one from then on.
_WAITS = tuple(timedelta(minutes=minutes) for minutes in (1, 2, 5, 10, 30))
_AT_ONCE = 50


def sweep_up(engine: Engine) -> None:
    """Forget what nobody sent to its end or names any more; let files that no scanner saw be scanned."""
    uploads.drop_expired(engine)
    drop_unnamed(engine)
    if engine.scanner is not None:
        with engine.database.write() as connection:
            connection.execute(_SEEN_BY_NONE, {"at": engine.clock.now()})


def scan_waiting(engine: Engine, *, stopping: Callable[[], bool] = lambda: False) -> int:
    """Have every file scanned that waits for it; gives how many were.

    A scanner that can't be asked leaves them quarantined, and is asked again later.
    """
    if engine.scanner is None:
        return 0
    scanned = 0
    while not stopping() and (rows := _waiting(engine)):
        for row in rows:
            if stopping():
                break
            try:
                verdict = engine.scanner.scan(engine.files.place(row.authority, row.digest))
            except ScannerAway:
                _again_later(engine, row)
                continue
            _record(engine, row, verdict)
            scanned += 1
    return scanned


def drop_unnamed(engine: Engine) -> int:
    """Destroy the files that no document, notice or batch of letters names any more; gives how many."""
    values = {"before": engine.clock.now() - SPARED_FOR}
    with engine.database.read() as connection:
        rows = connection.execute(_UNNAMED, values).all()
    for row in rows:
        this = {"whose": row.authority, "hash": row.digest}
        with engine.database.write() as connection:
            if connection.execute(_DROP, {**this, **values}).rowcount:
                engine.files.remove(row.authority, row.digest)
    return len(rows)


def drop_files(engine: Engine, authority: str, digests: Iterable[str]) -> None:
    """Destroy those of these files that no document names any more, now."""
    for digest in digests:
        this = {"whose": authority, "hash": digest}
        with engine.database.write() as connection:
            if connection.execute(_DROP_NOW, this).rowcount:
                engine.files.remove(authority, digest)


def _waiting(engine: Engine) -> list[AnyRow]:
    with engine.database.read() as connection:
        return list(connection.execute(_DUE, {"now": engine.clock.now()}).all())


def _again_later(engine: Engine, row: AnyRow) -> None:
    wait = _WAITS[min(row.attempts, len(_WAITS) - 1)]
    with engine.database.write() as connection:
        values = {"at": engine.clock.now() + wait, "tried": row.attempts + 1}
        connection.execute(_LATER, {**_this(row), **values})


def _record(engine: Engine, row: AnyRow, verdict: Verdict) -> None:
    state = "clean" if verdict.found is None else "infected"
    with engine.database.write() as connection:
        connection.execute(_CHECKED, {**_this(row), "new_state": state, "what": verdict.found})
        documents = connection.execute(_DOCUMENTS, _this(row)).all()
    for document in documents:
        note(
            engine,
            document.case_key,
            Actor.clock(),
            Event.DOCUMENT_CHECKED,
            document=document.document_key,
            state=state,
        )
    if verdict.found is not None:
        engine.files.remove(row.authority, row.digest)


def _this(row: AnyRow) -> dict[str, object]:
    return {"whose": row.authority, "hash": row.digest}


_file, _document = file_tables.stored_file, file_tables.document_file
_THIS = (_file.c.authority == bindparam("whose"), _file.c.digest == bindparam("hash"))
_DUE = (
    select(_file)
    .where(file_tables.SCANS, _file.c.scan_at <= bindparam("now"))
    .order_by(_file.c.scan_at)
    .limit(_AT_ONCE)
)
NEXT_SCAN = select(func.min(_file.c.scan_at)).where(file_tables.SCANS)
#: They came while no scanner was set: they are scanned once there is one, and stay readable meanwhile.
_SEEN_BY_NONE = (
    update(_file)
    .where(_file.c.state == "unscanned", _file.c.scan_at.is_(None))
    .values(scan_at=bindparam("at"))
)
_LATER = update(_file).where(*_THIS).values(scan_at=bindparam("at"), attempts=bindparam("tried"))
_CHECKED = (
    update(_file).where(*_THIS).values(state=bindparam("new_state"), finding=bindparam("what"), scan_at=None)
)
_DOCUMENTS = select(_document.c.document_key, _document.c.case_key).where(
    _document.c.authority == bindparam("whose"), _document.c.digest == bindparam("hash")
)
_notice, _batch = tables.notice, tables.print_batch
_IS_UNNAMED = ~or_(
    exists(
        select(_document.c.document_key).where(
            _document.c.authority == _file.c.authority, _document.c.digest == _file.c.digest
        )
    ),
    exists(
        select(_notice.c.key).where(
            _notice.c.authority == _file.c.authority, _notice.c.pdf_digest == _file.c.digest
        )
    ),
    exists(
        select(_batch.c.key).where(_batch.c.authority == _file.c.authority, _batch.c.digest == _file.c.digest)
    ),
)
_UNNAMED = select(_file).where(_file.c.kept_at < bindparam("before"), _IS_UNNAMED).limit(_AT_ONCE)
_DROP_NOW = delete(_file).where(*_THIS, _IS_UNNAMED)
_DROP = delete(_file).where(*_THIS, _file.c.kept_at < bindparam("before"), _IS_UNNAMED)
