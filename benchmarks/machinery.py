"""What every benchmark needs: a folder on a disk, a size, a desk on a database, a PostgreSQL that syncs."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
from sqlalchemy import make_url

from engine.application import Engine
from engine.clock import SteppedClock
from engine.config import ROOT, Settings
from engine.store import migrate
from engine.store.database import Database
from tests.support import postgresql
from tests.support.desk import MONDAY, Desk, at

#: On most machines a disk, where `/tmp` may be memory.
_DISK = Path("/var/tmp")
#: The tests' server is quick because it may lose everything; a measured one must keep what it acknowledged.
_DURABLE = {"fsync": "on", "synchronous_commit": "on", "full_page_writes": "on"}


@dataclass(frozen=True)
class Bench:
    """One run: where files lie, and whether it is only tried out."""

    folder: Path
    tiny: bool = False

    def times(self, repeats: int) -> int:
        """How often something is done: as said, or once when the run is only a trial."""
        return 1 if self.tiny else repeats


@contextmanager
def bench(*, tiny: bool = False) -> Iterator[Bench]:
    """A run with its folder, which is gone afterwards, and with it a server that was started."""
    folder = Path(tempfile.mkdtemp(prefix="ehc-bench-", dir=_DISK if _DISK.is_dir() else None))
    (folder / "quick").mkdir()
    try:
        yield Bench(folder, tiny)
    finally:
        postgresql.stop(folder)
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def desk_on_sqlite(folder: Path, name: str, *, durable: bool) -> Iterator[Desk]:
    """A desk on a new SQLite file; durable means that each commit waits for the disk."""
    url = f"sqlite:///{folder / name}.db"
    migrate.upgrade(url)
    with _desk(url, durable=durable) as desk:
        yield desk


@contextmanager
def desk_on_postgresql(folder: Path, name: str) -> Iterator[Desk]:
    """A desk on a new database of a PostgreSQL whose commits wait for the disk."""
    server = _server(folder)
    database = f"ehc_bench_{name}_{os.getpid()}"
    server.create(database)
    try:
        migrate.upgrade(server.url(database))
        with _desk(server.url(database), durable=True) as desk:
            yield desk
    finally:
        server.drop(database)


@contextmanager
def _desk(url: str, *, durable: bool) -> Iterator[Desk]:
    settings = Settings(url, ROOT / "bpmn", ROOT / "examples" / "authority.yaml")
    clock = SteppedClock(at(MONDAY))
    engine = Engine(Database(url, durable=durable), clock, settings)
    try:
        yield Desk(engine, clock)
    finally:
        engine.close()


def _server(folder: Path) -> postgresql.Server:
    given = postgresql.given_server()
    if given is not None:
        return given
    known = folder / "server"
    if not known.exists():
        server = postgresql.start(folder)
        _make_durable(server)
        known.write_text(server.address)
    return postgresql.Server(known.read_text())


def _make_durable(server: postgresql.Server) -> None:
    address = make_url(server.address).set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(address, autocommit=True) as connection:
        for name, value in _DURABLE.items():
            connection.execute(f"alter system set {name} = {value}")
        connection.execute("select pg_reload_conf()")
