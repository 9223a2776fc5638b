"""Where a replay goes: into a database that is there, or into a new SQLite file that appears whole.

The new file is written beside its place without waiting for the disk, many steps to a commit; it's synced
and renamed when everything is in it. The services that write it are the same.
"""

from __future__ import annotations

import fcntl
import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from engine.errors import SetupError
from engine.store.database import Database
from engine.store.migrate import upgrade

_BESIDE = (".partial", ".partial-wal", ".partial-shm", ".partial-journal")


def missing_file(url: str) -> Path | None:
    """The SQLite file that an address names, if there is none yet; None for anything else."""
    database = Database(url)
    try:
        name = database.url.database if database.is_sqlite else None
    finally:
        database.close()
    if not name or name == ":memory:" or Path(name).exists():
        return None
    return Path(name)


@contextmanager
def new_database(place: Path) -> Iterator[Database]:
    """A migrated, empty database that takes its place once the block ends without an error.

    Raises:
        SetupError: another process is making it, or the folder can't be written to.
    """
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        folder = os.open(place.parent, os.O_RDONLY)
    except OSError as error:
        raise SetupError(f"{place} can't be made: {error.strerror}. Choose another --database.") from None
    try:
        _lock(folder, place)
        _clear(place)
        try:
            yield from _written(place)
            _settle(place, folder)
        finally:
            _clear(place)
    finally:
        os.close(folder)


def _written(place: Path) -> Iterator[Database]:
    database = Database(f"sqlite:///{_partial(place)}", durable=False)
    try:
        upgrade(database)
        yield database
    finally:
        database.close()


def _settle(place: Path, folder: int) -> None:
    """Bring everything into the one file and onto the disk, then give it its name."""
    partial = _partial(place)
    connection = sqlite3.connect(partial)
    try:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    finally:
        connection.close()
    with partial.open("rb") as file:
        os.fsync(file.fileno())
    partial.rename(place)
    os.fsync(folder)


def _lock(folder: int, place: Path) -> None:
    try:
        fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        raise SetupError(
            f"Another process is making a database in {place.parent}. Wait until it's done, then try again."
        ) from None


def _partial(place: Path) -> Path:
    return place.with_name(f"{place.name}{_BESIDE[0]}")


def _clear(place: Path) -> None:
    """Take away what an earlier or failed attempt left."""
    for ending in _BESIDE:
        place.with_name(f"{place.name}{ending}").unlink(missing_ok=True)
