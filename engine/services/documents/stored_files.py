"""Takes a file that has arrived into the installation: it is looked at, written down and put in place."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, bindparam, insert, select, update
from sqlalchemy.exc import IntegrityError

from engine.errors import BadInput, Conflict
from engine.files import Staged, look
from engine.store import file_tables

if TYPE_CHECKING:
    from engine.application import Engine


@dataclass(frozen=True)
class Kept:
    """A file that lies in its place: what names it, its length in bytes, and what it is."""

    authority: str
    digest: str
    size: int
    media_type: str


def keep(engine: Engine, authority: str, staged: Staged, name: str) -> Kept:
    """Look at a file and put it in its place, for a document that is to be made right after.

    The row is committed before the file is moved: whatever lies in the folder is known to the database, and
    what no document comes to name is swept away. Call it outside any transaction.

    Raises:
        BadInput: it isn't of a kind that is taken, is empty, or is known to be infected.
    """
    if staged.size == 0:
        raise BadInput.field("content", "The file is empty. Send one with content.")
    media_type = look(staged.path, name)
    with engine.database.write() as connection:
        known = _known(connection, authority, staged.digest)
        if known is not None and known.state == "infected":
            raise BadInput.field("content", "The virus scanner found this file infected. It isn't taken.")
        _write(engine, connection, authority, staged)
    engine.files.keep(staged, authority)
    return Kept(authority, staged.digest, staged.size, media_type)


def require_clean(engine: Engine, authority: str, digest: str, state: str) -> None:
    """See to it that a file may be read.

    Raises:
        Conflict: the scanner hasn't seen it yet, or found it infected, or its bytes are lost.
    """
    if state == "quarantined":
        raise Conflict("The virus scanner hasn't looked at this file yet. Ask again in a minute.")
    if state == "infected":
        raise Conflict("The virus scanner found this file infected: it was destroyed and can't be read.")
    if not engine.files.holds(authority, digest):
        raise Conflict(
            "The bytes of this file aren't in the folder of files (EHC_FILES). Tell whoever runs this"
            " service: they must come back from a backup."
        )


def _known(connection: Connection, authority: str, digest: str) -> Any:
    return connection.execute(_FIND, {"whose": authority, "hash": digest}).one_or_none()


def _write(engine: Engine, connection: Connection, authority: str, staged: Staged) -> None:
    now, scanned = engine.clock.now(), engine.scanner is not None
    row = {
        "authority": authority,
        "digest": staged.digest,
        "size": staged.size,
        "state": "quarantined" if scanned else "unscanned",
        "scan_at": now if scanned else None,
        "attempts": 0,
        "kept_at": now,
    }
    try:
        with connection.begin_nested():
            connection.execute(insert(_file), row)
    except IntegrityError:  # the same content was sent before, or is being sent by somebody else just now
        connection.execute(_TOUCH, {"whose": authority, "hash": staged.digest, "at": now})


_file = file_tables.stored_file
_THIS = (_file.c.authority == bindparam("whose"), _file.c.digest == bindparam("hash"))
_FIND = select(_file).where(*_THIS).with_for_update()
_TOUCH = update(_file).where(*_THIS).values(kept_at=bindparam("at"))
