"""Files that are sent in parts: begun, continued where they stopped, and made documents at their end.

How far an upload has come is its row; what lies behind that in its part was never confirmed and is
overwritten. When the last byte is there the whole is hashed, looked at and becomes a document.
"""

from __future__ import annotations

import hashlib
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, bindparam, delete, func, insert, select, update

from engine.errors import BadInput, Conflict, NotFound
from engine.files import Staged
from engine.services.documents import document_changes
from engine.services.documents.document_changes import NewFile
from engine.services.documents.stored_files import Kept, keep
from engine.services.documents.views_of_documents import UploadView
from engine.services.principals import Principal
from engine.services.sight import sight
from engine.store import file_tables, tables
from engine.store.types import AnyRow

if TYPE_CHECKING:
    from collections.abc import Callable

    from engine.application import Engine

#: How long an upload is kept after its last byte came.
KEPT_FOR = timedelta(hours=24)
#: How many uploads one member may have under way.
MOST_AT_ONCE = 20
#: What a part may be checked with; tus asks for sha1 at least.
ALGORITHMS = ("sha256", "sha1")


@dataclass(frozen=True)
class Chunk:
    """A part of a file that comes with a request: where it belongs, how long it is, and its checksum."""

    offset: int
    length: int
    read: Callable[[int], bytes]
    algorithm: str | None = None
    checksum: bytes | None = None


def begin(
    engine: Engine,
    principal: Principal,
    case_key: str,
    new: NewFile,
    length: int,
    digest: str | None,
    *,
    version: int | None = None,
) -> UploadView:
    """Begin to send a file in parts.

    Args:
        digest: SHA-256 of the whole in hex; without it every part must bring a checksum.

    Raises:
        BadInput, NotFound, Conflict: see `document_changes.require_room`.
        Conflict: this member has too many uploads under way.
    """
    if length <= 0:
        raise BadInput.field("Upload-Length", "The file is empty. Send one with content.")
    case = document_changes.require_room(engine, principal, case_key, new, length, version=version)
    part = engine.files.new_part().name
    now = engine.clock.now()
    with engine.database.write() as connection:
        mine = {"who": principal.membership_key, "at": now}
        if connection.execute(_HOW_MANY, mine).scalar_one() >= MOST_AT_ONCE:
            raise Conflict(f"{MOST_AT_ONCE} uploads are under way. Complete or delete one of them first.")
        row = {
            "authority": case.authority,
            "case_key": case.key,
            "membership_key": principal.membership_key,
            "length": length,
            "received": 0,
            "part": part,
            "digest": digest,
            "details": asdict(new),
            "created_at": now,
            "expires_at": now + KEPT_FOR,
        }
        inserted = connection.execute(insert(_upload), row).inserted_primary_key
        assert inserted is not None
        return _view(_find(connection, principal, str(inserted[0]), now))


def get_upload(engine: Engine, principal: Principal, key: str) -> UploadView:
    """How far an upload has come. One whose last byte is there becomes a document, should it not be one yet.

    Raises:
        NotFound: this principal has none of that key, or it has expired.
    """
    principal.require("document:add")
    row = _read(engine, principal, key)
    if row.document_key is None and row.received == row.length:
        with engine.files.held(row.part):
            return _finish(engine, principal, key)
    return _view(row)


def require_upload(engine: Engine, principal: Principal, key: str) -> None:
    """See to it that there is such an upload, before anything else of a request is looked at.

    Raises:
        NotFound: this principal has none of that key, or it has expired.
    """
    _read(engine, principal, key)


def append(engine: Engine, principal: Principal, key: str, chunk: Chunk) -> UploadView:
    """Take the next part of a file. What came of it is kept, even if the sender was cut off half way.

    Raises:
        NotFound: this principal has no such upload, or it has expired.
        Conflict: it has come to another place, or somebody else is sending a part of it.
        BadInput: the part is too long, was cut off, or its checksum says another thing; the last part may
            also find that the whole isn't what was announced, or isn't a file that is taken.
    """
    principal.require("document:add")
    row = _read(engine, principal, key)
    with engine.files.held(row.part) as part:
        row = _read(engine, principal, key)  # as it is, now that nobody else writes
        _require_fit(row, chunk)
        check = hashlib.new(chunk.algorithm or "sha256", usedforsecurity=False)
        came = part.append(_checked(chunk, check), offset=row.received, most=chunk.length)
        if chunk.checksum is not None and check.digest() != chunk.checksum:
            part.cut(row.received)
            raise BadInput.field(
                "Upload-Checksum", "What came isn't what the checksum says. Send this part again."
            )
        _move(engine, row, row.received + came)
        if came < chunk.length:
            raise BadInput.field(
                "content",
                f"The body ended after {came} of {chunk.length} bytes. Go on from what was received.",
            )
        if row.received + came == row.length:
            return _finish(engine, principal, key)
    return _view(_read(engine, principal, key))


def drop(engine: Engine, principal: Principal, key: str) -> None:
    """Give up an upload; a document that was made of it stays.

    Raises:
        NotFound: this principal has none of that key, or it has expired.
    """
    principal.require("document:add")
    _forget(engine, _read(engine, principal, key))


def drop_expired(engine: Engine) -> int:
    """Forget the uploads that nobody went on with; gives how many."""
    with engine.database.read() as connection:
        rows = connection.execute(_EXPIRED, {"at": engine.clock.now()}).all()
    for row in rows:
        _forget(engine, row)
    return len(rows)


def _require_fit(row: AnyRow, chunk: Chunk) -> None:
    if row.document_key is not None:
        raise Conflict("This upload is complete.")
    if chunk.offset != row.received:
        raise Conflict(f"{row.received} bytes were received. Go on from there, not from {chunk.offset}.")
    if chunk.offset + chunk.length > row.length:
        raise BadInput.field("content", f"Only {row.length - row.received} bytes are missing. Send no more.")
    if row.digest is None and chunk.checksum is None:
        raise BadInput.field(
            "Upload-Checksum", "No digest of the whole was announced: send a checksum with each part."
        )


def _checked(chunk: Chunk, check: Any) -> Callable[[int], bytes]:
    def read(size: int) -> bytes:
        found = chunk.read(size)
        check.update(found)
        return found

    return read


def _finish(engine: Engine, principal: Principal, key: str) -> UploadView:
    """Make a document of what has arrived; what can't become one is forgotten."""
    row = _read(engine, principal, key)
    new = NewFile(**row.details)
    try:
        kept = _kept(engine, row, new)
        with engine.database.joined() as connection:
            view = document_changes.add_file(engine, principal, row.case_key, new, kept)
            connection.execute(_COMPLETE, {"row_key": row.key, "made": int(view.key)})
    except (BadInput, NotFound):
        _forget(engine, row)
        raise
    engine.files.drop_part(row.part)
    return _view(_read(engine, principal, key))


def _kept(engine: Engine, row: AnyRow, new: NewFile) -> Kept:
    staged = engine.files.hashed(row.part)
    if row.digest not in (None, staged.digest):
        raise BadInput.field(
            "content", "The file isn't the one whose digest was announced. Begin the upload again."
        )
    return keep(engine, row.authority, Staged(staged.path, staged.size, staged.digest), new.name)


def _read(engine: Engine, principal: Principal, key: str) -> AnyRow:
    with engine.database.read() as connection:
        return _find(connection, principal, key, engine.clock.now())


def _find(connection: Connection, principal: Principal, key: str, now: datetime) -> AnyRow:
    values = {"row_key": sight.key(key), "who": principal.membership_key, "at": now}
    row = connection.execute(_MINE, values).one_or_none()
    if row is None:
        raise NotFound(f"There is no upload {key} for you.")
    return row


def _move(engine: Engine, row: AnyRow, received: int) -> None:
    values = {"row_key": row.key, "to": received, "until": engine.clock.now() + KEPT_FOR}
    with engine.database.write() as connection:
        connection.execute(_MOVE, values)


def _forget(engine: Engine, row: AnyRow) -> None:
    with engine.database.write() as connection:
        connection.execute(_DROP, {"row_key": row.key})
    engine.files.drop_part(row.part)


def _view(row: AnyRow) -> UploadView:
    return UploadView(
        key=str(row.key),
        case_key=str(row.case_key),
        length=row.length,
        received=row.received,
        name=row.details["name"],
        expires_at=row.expires_at,
        document_key=str(row.document_key) if row.document_key is not None else None,
    )


_upload, _case = file_tables.upload, tables.ehc_case
_THIS = _upload.c.key == bindparam("row_key")
_MINE = select(_upload).where(
    _THIS, _upload.c.membership_key == bindparam("who"), _upload.c.expires_at > bindparam("at")
)
_HOW_MANY = select(func.count()).where(
    _upload.c.membership_key == bindparam("who"),
    file_tables.UNDER_WAY,
    _upload.c.expires_at > bindparam("at"),
)
_MOVE = update(_upload).where(_THIS).values(received=bindparam("to"), expires_at=bindparam("until"))
_COMPLETE = update(_upload).where(_THIS).values(document_key=bindparam("made"))
_DROP = delete(_upload).where(_THIS)
_EXPIRED = select(_upload).where(_upload.c.expires_at <= bindparam("at")).limit(200)
