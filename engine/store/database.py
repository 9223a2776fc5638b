"""Transactions: one way to write, one way to read, on SQLite and PostgreSQL.

SQLite: writers queue first come, first served, and take the write lock before they read anything, so a
transaction can neither lose an update nor be refused half way. PostgreSQL: READ COMMITTED and row locks.
"""

from __future__ import annotations

import select
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from engine.errors import Busy, SetupError
from engine.store import scope
from engine.store.fairness import FairLock
from engine.store.scope import EVERYTHING, NOTHING

#: Milliseconds that another process's write lock is waited for (SQLite), and a row's lock (PostgreSQL).
SQLITE_BUSY_MS = 15_000
POSTGRESQL_LOCK_TIMEOUT_MS = 5_000
#: Seconds that a writer of this process waits for those before it (SQLite).
LONGEST_TURN = 30.0


#: What a connection to SQLite remembers of the file: its own 2 MB hold less than the trees of a large one,
#: and every page that it reads again is a call to the system.
_CACHE_KIB = 16_384


#: Where a connection keeps for whom it is, and how it says so: from now on, or for a transaction.
_SCOPE = "ehc.scope"
_SAY = "SELECT set_config('ehc.scope', %s, false)"
_SAY_LOCALLY = "SELECT set_config('ehc.scope', %s, true)"


class Database:
    """One database: where it is, how it's written and read."""

    def __init__(
        self,
        url: str | URL,
        *,
        durable: bool = True,
        alone: bool = False,
        read_only: bool = False,
        patience: timedelta | None = None,
    ) -> None:
        """Nothing is opened yet.

        Args:
            alone: nobody else has this SQLite file open while it's written: what a rollback needs stays in
                memory, and every page is written once.
            durable: whether what is committed survives a power cut (SQLite; PostgreSQL's server decides).
            patience: how long somebody else's lock is waited for before the answer is `Busy`.

        Raises:
            SetupError: the address isn't one of a database we know.
        """
        self.url = _parsed(url)
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        self._durable = durable
        self._journal = "MEMORY" if alone else "WAL"
        self._patience_ms = _milliseconds(patience, self.is_sqlite)
        self._turn = FairLock()
        self._writing = self._engine(write=not read_only)
        self._reading = self._engine(write=False) if self.is_sqlite else _looking(self._writing)
        #: For requests, whose connections say for which authorities they are (PostgreSQL).
        self._confined = (
            self._writing if self.is_sqlite else _confined(self._engine(write=True, scope=NOTHING))
        )
        self._confined_reading = self._reading if self.is_sqlite else _looking(self._confined)
        self._glancing, self._confined_glancing = (
            engine if self.is_sqlite else engine.execution_options(isolation_level="AUTOCOMMIT")
            for engine in (self._writing, self._confined)
        )
        self._outer: ContextVar[Connection | None] = ContextVar("outer", default=None)

    @property
    def folder(self) -> Path | None:
        """Where an embedded database lies; None for one on a server."""
        return Path(str(self.url.database)).absolute().parent if self.is_sqlite else None

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """One transaction that changes things: committed at the end, rolled back by any exception.

        Within `joined` it's a part of that transaction, which can still be rolled back alone.
        """
        outer = self._outer.get()
        if outer is not None:
            with self._scoped(outer), _savepoint(outer):
                yield outer
            return
        if not self.is_sqlite:
            engine = self._writing if scope.current() == EVERYTHING else self._confined
            with self._translated(), engine.begin() as connection:
                yield connection
            return
        with self._turn.held(LONGEST_TURN), self._translated(), self._writing.begin() as connection:
            connection.exec_driver_sql("BEGIN IMMEDIATE")
            yield connection

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """One consistent look; the transaction is closed at the end, so that no log is pinned."""
        outer = self._outer.get()
        if outer is not None:
            with self._scoped(outer):
                yield outer
            return
        engine = self._reading if scope.current() == EVERYTHING else self._confined_reading
        with self._translated(), engine.connect() as connection, connection.begin():
            if self.is_sqlite:
                connection.exec_driver_sql("BEGIN")
            yield connection

    @contextmanager
    def glance(self) -> Iterator[Connection]:
        """A look by one statement: it needs no transaction to be consistent (PostgreSQL)."""
        if self.is_sqlite or self._outer.get() is not None:
            with self.read() as connection:
                yield connection
            return
        engine = self._glancing if scope.current() == EVERYTHING else self._confined_glancing
        with self._translated(), engine.connect() as connection:
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

    @property
    def joins(self) -> object | None:
        """The transaction that `joined` has made of this thread's writes and reads; None outside one."""
        return self._outer.get()

    def close(self) -> None:
        """Give back all connections."""
        for engine in (self._writing, self._reading, self._confined):
            engine.dispose()

    @contextmanager
    def _scoped(self, outer: Connection) -> Iterator[None]:
        """A part of a joined transaction that is for others than the whole: for what the engine looks up."""
        before, wanted = outer.info.get(_SCOPE, EVERYTHING), scope.current()
        if self.is_sqlite or before == wanted:
            yield
            return
        outer.info[_SCOPE] = wanted
        outer.exec_driver_sql(_SAY_LOCALLY, (wanted,))
        try:
            yield
        finally:
            outer.info[_SCOPE] = before
            with suppress(DBAPIError):  # after a failed statement the rollback, which comes next, says it
                outer.exec_driver_sql(_SAY_LOCALLY, (before,))

    @contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except DBAPIError as error:
            if _is_busy(error):
                raise Busy("The database is busy. Nothing was changed: send the same again.") from error
            if _is_out_of_reach(error):
                raise Busy(
                    "The database can't be reached. Nothing was changed: send the same again."
                ) from error
            if error.connection_invalidated:
                raise Busy(
                    "The connection to the database was lost, so it isn't known whether the change was kept."
                    " Look first, then send the same again."
                ) from error
            raise
        except PoolTimeout as error:
            raise Busy("Every connection to the database is in use. Send the same again.") from error

    def _engine(self, *, write: bool, scope: str = EVERYTHING) -> Engine:
        if self.is_sqlite:
            return self._sqlite(write=write)
        engine = create_engine(
            self.url,
            hide_parameters=True,
            pool_pre_ping=True,
            pool_size=10,
            connect_args={
                "options": f"-c lock_timeout={self._patience_ms} -c statement_timeout=30s"
                " -c idle_in_transaction_session_timeout=60s -c timezone=UTC"
                f" -c ehc.scope={scope}"
            },
        )
        engine.dialect.do_ping = partial(_is_alive, engine.dialect.do_ping)  # type: ignore[method-assign]
        return engine

    def _sqlite(self, *, write: bool) -> Engine:
        Path(str(self.url.database)).parent.mkdir(parents=True, exist_ok=True)
        engine = create_engine(self.url, hide_parameters=True)
        synchronous = "FULL" if self._durable else "OFF"

        @event.listens_for(engine, "connect")
        def _on_connect(connection: Any, _record: object) -> None:
            connection.isolation_level = None
            cursor = connection.cursor()
            cursor.execute(f"PRAGMA busy_timeout={self._patience_ms}")
            cursor.execute(f"PRAGMA cache_size=-{_CACHE_KIB}")
            if write:
                cursor.execute(f"PRAGMA journal_mode={self._journal}")
            cursor.execute(f"PRAGMA synchronous={synchronous}")
            cursor.execute("PRAGMA foreign_keys=ON")
            if not write:
                cursor.execute("PRAGMA query_only=ON")
            cursor.close()

        return engine


def _is_alive(ping: Callable[[Any], bool], driver: Any) -> bool:
    """Whether a connection from the pool can be used; one that has heard nothing needn't be asked.

    A server that goes away says so, or its machine does: what it said waits to be read then.
    """
    waiting = select.poll()
    waiting.register(driver.fileno(), select.POLLIN)
    return not waiting.poll(0) or ping(driver)


@contextmanager
def _savepoint(connection: Connection) -> Iterator[None]:
    """A part of a transaction that can be rolled back alone; the database's own words cost the least."""
    say = _word_of(connection)
    say("SAVEPOINT part")
    try:
        yield
    except BaseException:
        if not connection.invalidated:  # with a lost connection the whole transaction is gone
            say("ROLLBACK TO SAVEPOINT part")
            say("RELEASE SAVEPOINT part")
        raise
    say("RELEASE SAVEPOINT part")


def _word_of(connection: Connection) -> Callable[[str], object]:
    """How to say a word to the database: SQLite's driver is in this process, and can't be lost."""
    if connection.dialect.name != "sqlite":
        return connection.exec_driver_sql
    driver = connection.connection.driver_connection
    assert driver is not None
    word: Callable[[str], object] = driver.execute
    return word


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
        _need_psycopg()
        return parsed.set(drivername="postgresql+psycopg")
    if parsed.database in (None, "", ":memory:"):
        raise SetupError("EHC_DATABASE_URL names no file. Write it as sqlite:///var/ehc.db.")
    return parsed.set(drivername="sqlite")


def _need_psycopg() -> None:
    try:
        import psycopg  # noqa: F401 -- only an installation on PostgreSQL has it
    except ImportError:
        raise SetupError("PostgreSQL needs its driver: pip install 'ehc-engine[postgresql]'.") from None


def _milliseconds(patience: timedelta | None, is_sqlite: bool) -> int:
    if patience is None:
        return SQLITE_BUSY_MS if is_sqlite else POSTGRESQL_LOCK_TIMEOUT_MS
    return patience // timedelta(milliseconds=1)


def _confined(engine: Engine) -> Engine:
    """Connections that say before each transaction for whom they are, unless they have said so already.

    It's said outside the transaction, so that no rollback takes it back.
    """

    @event.listens_for(engine, "begin")
    def _on_begin(connection: Connection) -> None:
        wanted = scope.current()
        if connection.info.get(_SCOPE, NOTHING) != wanted:
            driver: Any = connection.connection.dbapi_connection
            before, driver.autocommit = driver.autocommit, True
            try:
                driver.execute(_SAY, (wanted,))
            finally:
                driver.autocommit = before
            connection.info[_SCOPE] = wanted

    return engine


def _looking(writing: Engine) -> Engine:
    """The same connections for reading: what one transaction sees doesn't move under it."""
    return writing.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)


#: PostgreSQL's codes for what passes by itself: no lock in time, a deadlock, no answer in time.
_PASSING = frozenset({"55P03", "40P01", "57014"})


def _is_busy(error: DBAPIError) -> bool:
    return getattr(error.orig, "sqlstate", None) in _PASSING or "database is locked" in str(error.orig)


def _is_out_of_reach(error: DBAPIError) -> bool:
    """Whether no connection came about: then there was no statement."""
    return (
        isinstance(error, OperationalError) and error.statement is None and not error.connection_invalidated
    )
