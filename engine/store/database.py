"""Transactions: one way to write, one way to read, on SQLite and PostgreSQL.

SQLite: writers queue first come, first served, and take the write lock before they read anything, so a
transaction can neither lose an update nor be refused half way. PostgreSQL: READ COMMITTED and row locks.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, OperationalError

from engine.errors import Busy, SetupError

#: Milliseconds that another process's write lock is waited for (SQLite), and seconds (PostgreSQL).
SQLITE_BUSY_MS = 15_000
POSTGRESQL_LOCK_TIMEOUT = "5s"


class FairLock:
    """A lock that is handed over in the order of asking."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._waiting: deque[threading.Event] = deque()
        self._taken = False

    @contextmanager
    def held(self) -> Iterator[None]:
        """Wait for the turn, hold, hand over."""
        self._acquire()
        try:
            yield
        finally:
            self._release()

    def _acquire(self) -> None:
        with self._guard:
            if not self._taken:
                self._taken = True
                return
            turn = threading.Event()
            self._waiting.append(turn)
        turn.wait()

    def _release(self) -> None:
        with self._guard:
            if self._waiting:
                self._waiting.popleft().set()  # it stays taken: nobody may slip in before
            else:
                self._taken = False


class Database:
    """One database: where it is, how it's written and read."""

    def __init__(self, url: str | URL, *, durable: bool = True, read_only: bool = False) -> None:
        self.url = _parsed(url)
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        self._durable = durable
        self._turn = FairLock()
        self._writing = self._engine(write=not read_only)
        self._reading = self._engine(write=False) if self.is_sqlite else self._writing
        self._outer: ContextVar[Connection | None] = ContextVar("outer", default=None)

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """One transaction that changes things: committed at the end, rolled back by any exception.

        Within `joined` it's a part of that transaction, which can still be rolled back alone.
        """
        outer = self._outer.get()
        if outer is not None:
            with outer.begin_nested():
                yield outer
            return
        if not self.is_sqlite:
            with self._translated(), self._writing.begin() as connection:
                yield connection
            return
        with self._turn.held(), self._translated(), self._writing.begin() as connection:
            yield connection

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """One consistent look; the transaction is closed at the end, so that no log is pinned."""
        outer = self._outer.get()
        if outer is not None:
            yield outer
            return
        with self._translated(), self._reading.connect() as connection, connection.begin():
            yield connection

    @contextmanager
    def joined(self) -> Iterator[Connection]:
        """Make every `write` and `read` of this thread, until the end, part of one transaction.

        For an answer that is kept with what it answers, and for a replay that commits many steps at once.
        """
        with self.write() as connection:
            before = self._outer.set(connection)
            try:
                yield connection
            finally:
                self._outer.reset(before)

    def close(self) -> None:
        """Give back all connections."""
        self._writing.dispose()
        self._reading.dispose()

    @contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except OperationalError as error:
            if _is_lock_timeout(error):
                raise Busy("The database is busy. Nothing was changed: send the same again.") from error
            raise

    def _engine(self, *, write: bool) -> Engine:
        if self.is_sqlite:
            return self._sqlite(write=write)
        return create_engine(
            self.url,
            hide_parameters=True,
            pool_pre_ping=True,
            pool_size=10,
            connect_args={
                "options": f"-c lock_timeout={POSTGRESQL_LOCK_TIMEOUT} -c statement_timeout=30s"
                " -c idle_in_transaction_session_timeout=60s -c timezone=UTC"
            },
        )

    def _sqlite(self, *, write: bool) -> Engine:
        if self.url.database and self.url.database != ":memory:":
            Path(self.url.database).parent.mkdir(parents=True, exist_ok=True)
        engine = create_engine(self.url, hide_parameters=True)
        synchronous = "FULL" if self._durable else "OFF"

        @event.listens_for(engine, "connect")
        def _on_connect(connection: Any, _record: object) -> None:
            connection.isolation_level = None
            cursor = connection.cursor()
            cursor.execute(f"PRAGMA busy_timeout={SQLITE_BUSY_MS}")
            if write:
                cursor.execute("PRAGMA journal_mode=WAL")
            cursor.execute(f"PRAGMA synchronous={synchronous}")
            cursor.execute("PRAGMA foreign_keys=ON")
            if not write:
                cursor.execute("PRAGMA query_only=ON")
            cursor.close()

        @event.listens_for(engine, "begin")
        def _on_begin(connection: Connection) -> None:
            connection.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")

        return engine


def _parsed(url: str | URL) -> URL:
    try:
        parsed = make_url(url)
    except ArgumentError:
        raise SetupError(
            "EHC_DATABASE_URL isn't a database address. Write it as sqlite:///var/ehc.db"
            " or postgresql://user:password@server/name."
        ) from None
    backend = parsed.get_backend_name()
    if backend not in ("sqlite", "postgresql"):
        raise SetupError(f"EHC_DATABASE_URL names {backend}; only sqlite and postgresql are known.")
    if backend == "postgresql":
        parsed = parsed.set(drivername="postgresql+psycopg")
        _need_psycopg()
    return parsed


def _need_psycopg() -> None:
    try:
        import psycopg  # noqa: F401 -- only an installation on PostgreSQL has it
    except ImportError:
        raise SetupError("PostgreSQL needs its driver: pip install 'ehc-engine[postgresql]'.") from None


def _is_lock_timeout(error: DBAPIError) -> bool:
    text = str(error.orig)
    return "database is locked" in text or "lock timeout" in text
