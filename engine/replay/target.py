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
    held = _hold(place)
    try:
        yield from _written(place)
        _settle(place)
    finally:
        for ending in _BESIDE:
            place.with_name(f"{place.name}{ending}").unlink(missing_ok=True)
        os.close(held)


def _written(place: Path) -> Iterator[Database]:
    database = Database(f"sqlite:///{_partial(place)}", durable=False, alone=True)
    try:
        upgrade(database)
        yield database
    finally:
        database.close()


def _settle(place: Path) -> None:
    """Bring everything onto the disk, with the log that servers need, then give the file its name."""
    partial = _partial(place)
    connection = sqlite3.connect(partial)
    try:
        connection.execute("PRAGMA journal_mode=WAL")
    finally:
        connection.close()
    _sync(partial)
    partial.rename(place)
    _sync(place.parent)


def _hold(place: Path) -> int:
    """The unfinished file, locked for this process and emptied of what an attempt that was killed left."""
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        held = os.open(_partial(place), os.O_RDWR | os.O_CREAT, 0o644)
    except OSError as error:
        raise SetupError(f"{place} can't be made: {error.strerror}. Choose another --database.") from None
    try:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(held)
        raise SetupError(f"Another process is making {place}. Wait until it's done.") from None
    os.ftruncate(held, 0)
    for ending in _BESIDE[1:]:
        place.with_name(f"{place.name}{ending}").unlink(missing_ok=True)
    return held


def _partial(place: Path) -> Path:
    return place.with_name(f"{place.name}{_BESIDE[0]}")


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
