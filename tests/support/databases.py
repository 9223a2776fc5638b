"""Databases for tests, quick to get: SQLite as a copy of a migrated file, PostgreSQL as a copy of a migrated
database, or one database per process that is emptied after each test."""

from __future__ import annotations

import itertools
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import Any

import psycopg

from engine.store import migrate
from tests.support import postgresql
from tests.support.run_folder import locked

BACKENDS = ("sqlite", "postgresql")
EMPTIED_FROM_ALL_BUT = "alembic_version"


class LeftOpenError(AssertionError):
    """A test ended while a transaction of it was still open."""


class Databases:
    """What one test process has of databases. What several processes need is made once, under a lock.

    Args:
        folder: the run's folder.
        process: a name for this process, unlike that of the others.
    """

    def __init__(self, folder: Path, process: str) -> None:
        self._folder = folder
        self._quick = (folder / "quick").resolve()
        self._prefix = f"ehc_test_{(folder / 'owner').read_text()}"
        self._names = (f"{self._prefix}_{process}_{number}" for number in itertools.count())

    @contextmanager
    def empty(self, backend: str) -> Iterator[str]:
        """The address of a database without tables, gone afterwards."""
        name = next(self._names)
        if backend == "sqlite":
            with self._sqlite_folder(name) as folder:
                yield f"sqlite:///{folder / 'ehc.db'}"
        else:
            with self._postgresql_database(name, "template0"):
                yield self.server.url(name)

    @contextmanager
    def migrated(self, backend: str) -> Iterator[str]:
        """The address of a migrated database without rows, gone afterwards."""
        name = next(self._names)
        if backend == "sqlite":
            with self._sqlite_folder(name) as folder:
                shutil.copyfile(self._sqlite_template, folder / "ehc.db")
                yield f"sqlite:///{folder / 'ehc.db'}"
        else:
            with self._postgresql_database(name, self._postgresql_template):
                yield self.server.url(name)

    @contextmanager
    def emptied(self, backend: str) -> Iterator[str]:
        """As `migrated`, and quicker on PostgreSQL: the same database each time, emptied after use."""
        if backend == "sqlite":
            with self.migrated(backend) as url:
                yield url
        else:
            yield self._of_this_process
            self.empty_out(self._of_this_process)

    def empty_out(self, url: str) -> None:
        """Delete all rows of a PostgreSQL database.

        Raises:
            LeftOpenError: somebody had a transaction open; it was ended.
        """
        with psycopg.connect(url, autocommit=True) as connection:
            open_ones = _disconnect_others(connection)
            connection.execute(self._emptying(connection))
        if open_ones:
            raise LeftOpenError(f"The test left transactions open, which last ran: {'; '.join(open_ones)}")

    @cached_property
    def server(self) -> postgresql.Server:
        """The run's PostgreSQL, started when it's first asked for."""
        given = postgresql.given_server()
        if given is not None:
            return given
        record = self._folder / "server"
        with locked(self._folder):
            if not record.exists():
                record.write_text(postgresql.start(self._folder).address)
        return postgresql.Server(record.read_text())

    @cached_property
    def _sqlite_template(self) -> Path:
        template = self._quick / "template.db"
        self._once(template, lambda: _migrate(f"sqlite:///{template}"))
        return template

    @cached_property
    def _postgresql_template(self) -> str:
        name = f"{self._prefix}_template"
        server = self.server
        self._once(self._folder / "template", lambda: _make_template(server, name))
        return name

    @cached_property
    def _of_this_process(self) -> str:
        name = next(self._names)
        self.server.create(name, self._postgresql_template)
        return self.server.url(name)

    def _once(self, made: Path, make: Callable[[], None]) -> None:
        with locked(self._folder):
            if not made.exists():
                make()
                made.touch()

    @contextmanager
    def _sqlite_folder(self, name: str) -> Iterator[Path]:
        folder = self._quick / name
        folder.mkdir()
        yield folder
        shutil.rmtree(folder)

    @contextmanager
    def _postgresql_database(self, name: str, template: str) -> Iterator[None]:
        self.server.create(name, template)
        yield
        self.server.drop(name)

    def _emptying(self, connection: psycopg.Connection[Any]) -> bytes:
        """What empties all tables and begins keys at 1 again; the same each time, so it's put together once."""
        if not hasattr(self, "_statements"):
            (is_superuser,) = connection.execute(_IS_SUPERUSER).fetchone() or (False,)
            rows = connection.execute(
                _DELETE if is_superuser else _TRUNCATE, (EMPTIED_FROM_ALL_BUT,)
            ).fetchall()
            self._statements = "; ".join(statement for (statement,) in rows)
        return self._statements.encode()


def drop_what_is_left(folder: Path) -> None:
    """At the end of a run on a server that stays: drop the run's databases."""
    server = postgresql.given_server()
    if server is None:
        return
    prefix = f"ehc_test_{(folder / 'owner').read_text()}_"
    for name in server.databases():
        if name.startswith(prefix):
            server.drop(name)


_IS_SUPERUSER = "select rolsuper from pg_roles where rolname = current_user"

# Many times quicker than to truncate, and free of order: but only a superuser may leave references unchecked.
_DELETE = """
select 'set session_replication_role = replica'
union all
select format('delete from %%I.%%I', schemaname, tablename) from pg_tables
 where schemaname = 'public' and tablename <> %s
union all
select format('select setval(%%L, 1, false)', format('%%I.%%I', schemaname, sequencename)) from pg_sequences
 where schemaname = 'public'
"""
_TRUNCATE = """
select 'truncate ' || string_agg(format('%%I.%%I', schemaname, tablename), ', ') || ' restart identity'
  from pg_tables where schemaname = 'public' and tablename <> %s
"""


def _disconnect_others(connection: psycopg.Connection[Any]) -> list[str]:
    """End the other connections to this database; the last statements of those with an open transaction."""
    rows = connection.execute(
        "select query, state like 'idle in transaction%', pg_terminate_backend(pid, 5000) from pg_stat_activity"
        " where datname = current_database() and pid <> pg_backend_pid()"
    ).fetchall()
    return [query for query, was_open, _ in rows if was_open]


def _migrate(url: str) -> None:
    migrate.upgrade(url)


def _make_template(server: postgresql.Server, name: str) -> None:
    server.create(name)
    _migrate(server.url(name))


def process_name() -> str:
    """The name of this test process: that of the xdist worker, or `main`."""
    return os.environ.get("PYTEST_XDIST_WORKER", "main")
