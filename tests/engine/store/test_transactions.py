"""One way to write, one way to read: nothing lost, nothing half done, nobody refused for being second."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection, insert, select, text, update
from sqlalchemy.exc import IntegrityError

from engine.errors import Busy, SetupError
from engine.store import tables
from engine.store.database import Database
from tests.support.together import at_once, kinds

AUTHORITY = tables.authority
LONG = 30.0


def add(connection: Connection, code: str, name: str = "") -> None:
    connection.execute(insert(AUTHORITY).values(code=code, name=name))


def add_twice(connection: Connection, code: str) -> None:
    add(connection, code)
    add(connection, code)


def add_and_fail(connection: Connection) -> None:
    add(connection, "333")
    raise ZeroDivisionError


def codes(database: Database) -> list[str]:
    with database.read() as connection:
        return list(connection.execute(select(AUTHORITY.c.code).order_by(AUTHORITY.c.code)).scalars())


def count_up(database: Database, times: int) -> None:
    """Read a number, then write it one higher, each time in one transaction."""
    for _ in range(times):
        with database.write() as connection:
            query = select(AUTHORITY.c.name).where(AUTHORITY.c.code == "333").with_for_update(key_share=True)
            number = int(connection.execute(query).scalar_one())
            connection.execute(update(AUTHORITY).values(name=str(number + 1)))


def test_writers_lose_no_update_and_none_is_refused(database: Database) -> None:
    with database.write() as connection:
        add(connection, "333", "0")
    outcomes = at_once([lambda: count_up(database, 25)] * 8)
    assert outcomes == [None] * 8
    with database.read() as connection:
        assert connection.execute(select(AUTHORITY.c.name)).scalar_one() == "200"


def test_an_exception_takes_everything_back(database: Database) -> None:
    with pytest.raises(ZeroDivisionError), database.write() as connection:
        add_and_fail(connection)
    assert codes(database) == []


def test_readers_wait_for_nobody_and_see_no_half_of_a_step(database: Database) -> None:
    with database.write() as connection:
        add(connection, "333")
        assert at_once([lambda: codes(database)]) == [[]]
    assert codes(database) == ["333"]


def test_one_look_is_one_look(database: Database) -> None:
    def change() -> None:
        with database.write() as writing:
            add(writing, "334")

    with database.read() as connection:
        first = connection.execute(select(AUTHORITY.c.code)).scalars().all()
        assert at_once([change]) == [None]
        assert connection.execute(select(AUTHORITY.c.code)).scalars().all() == first == []
    assert codes(database) == ["334"]


def test_a_look_writes_nothing(database: Database) -> None:
    with pytest.raises(Exception, match=r"read.?only"), database.read() as connection:
        add(connection, "333")
    assert codes(database) == []


def test_what_is_joined_is_kept_together(database: Database) -> None:
    with database.joined():
        with database.write() as connection:
            add(connection, "333")
        assert codes(database) == ["333"]
        assert at_once([lambda: codes(database)]) == [[]]
    assert codes(database) == ["333"]


def test_what_is_joined_is_taken_back_together(database: Database) -> None:
    with pytest.raises(ZeroDivisionError), database.joined() as joined:
        add_and_fail(joined)
    assert codes(database) == []


def test_a_part_that_fails_can_be_taken_back_alone(database: Database) -> None:
    with database.joined():
        with database.write() as connection:
            add(connection, "333")
        with pytest.raises(IntegrityError), database.write() as connection:
            add_twice(connection, "334")
        with database.write() as connection:
            add(connection, "335")
    assert codes(database) == ["333", "335"]


def test_a_joined_transaction_is_of_its_own_thread(database: Database) -> None:
    with database.joined(), database.write() as connection:
        add(connection, "333")
        assert at_once([lambda: codes(database)]) == [[]]
    with database.write() as connection:
        add(connection, "334")
    assert codes(database) == ["333", "334"]


def test_a_connection_is_as_good_as_new_after_an_error(database: Database) -> None:
    for _ in range(25):  # more often than the pool has connections
        with pytest.raises(IntegrityError), database.write() as connection:
            add_twice(connection, "333")
    assert codes(database) == []


@pytest.fixture
def impatient(database_url: str) -> Iterator[Database]:
    opened = Database(database_url, patience=timedelta(milliseconds=50))
    yield opened
    opened.close()


def test_who_waits_too_long_for_anothers_lock_is_told_that_its_busy(
    database: Database, impatient: Database
) -> None:
    """`database` and `impatient` stand for two processes: they share nothing but the database."""
    with database.write() as connection:
        add(connection, "333", "0")
    with database.write() as connection:
        connection.execute(update(AUTHORITY).values(name="1"))
        (outcome,) = at_once([lambda: count_up(impatient, 1)])
    assert kinds([outcome]) == ["Busy"]
    assert "Nothing was changed" in str(outcome)
    count_up(impatient, 1)
    with database.read() as connection:
        assert connection.execute(select(AUTHORITY.c.name)).scalar_one() == "2"


def test_two_processes_take_turns(database: Database, database_url: str) -> None:
    other = Database(database_url)
    with database.write() as connection:
        add(connection, "333", "0")
    outcomes = at_once([lambda: count_up(database, 20), lambda: count_up(other, 20)])
    other.close()
    assert outcomes == [None, None]
    with database.read() as connection:
        assert connection.execute(select(AUTHORITY.c.name)).scalar_one() == "40"


def test_two_that_wait_for_each_other_are_parted(postgresql_url: str) -> None:
    database = Database(postgresql_url, patience=timedelta(seconds=30))
    with database.write() as connection:
        add(connection, "333", "0")
        add(connection, "334", "0")
    both = threading.Barrier(2)

    def lock(first: str, second: str) -> None:
        with database.write() as connection:
            for code in (first, second):
                connection.execute(update(AUTHORITY).where(AUTHORITY.c.code == code).values(name="1"))
                if code == first:
                    both.wait(LONG)

    outcomes = at_once([lambda: lock("333", "334"), lambda: lock("334", "333")])
    database.close()
    assert kinds(outcomes) == ["Busy", "NoneType"]


def test_a_lost_connection_is_told_as_such_and_the_next_works(postgresql_url: str) -> None:
    database = Database(postgresql_url)
    other = Database(postgresql_url)

    def lose_the_connection(connection: Connection) -> None:
        add(connection, "333")
        (process,) = connection.execute(text("select pg_backend_pid()")).one()
        with other.write() as killing:
            killing.execute(text("select pg_terminate_backend(:process, 5000)"), {"process": process})
        add(connection, "334")

    with pytest.raises(Busy, match="isn't known"), database.write() as connection:
        lose_the_connection(connection)
    assert codes(database) == []
    with database.write() as connection:
        add(connection, "335")
    assert codes(database) == ["335"]
    database.close()
    other.close()


def test_more_writers_than_connections_wait(postgresql_url: str) -> None:
    database = Database(postgresql_url)
    with database.write() as connection:
        add(connection, "333", "0")
    assert at_once([lambda: count_up(database, 2)] * 40) == [None] * 40
    database.close()


def test_sqlite_is_set_up_for_safety(sqlite_url: str) -> None:
    database = Database(sqlite_url)
    pragmas = {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "query_only": 0}
    with database.write() as connection:
        assert {name: connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in pragmas} == pragmas
    with database.read() as connection:
        assert connection.exec_driver_sql("PRAGMA query_only").scalar() == 1
    database.close()


def test_no_log_is_pinned_by_a_look(sqlite_url: str) -> None:
    database = Database(sqlite_url)
    with database.write() as connection:
        add(connection, "333")
    assert codes(database) == ["333"]
    with sqlite3.connect(str(database.url.database)) as other:
        assert other.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0] == 0
    other.close()
    database.close()


def test_a_long_queue_is_served_in_order(sqlite_url: str) -> None:
    database = Database(sqlite_url)

    def write(code: str) -> None:
        with database.write() as connection:
            add(connection, code)

    with ThreadPoolExecutor(10) as pool, database.write():
        for number in range(10):
            before = len(database._turn._waiting)
            pool.submit(write, str(number))
            while len(database._turn._waiting) == before:
                threading.Event().wait(0.001)
    with database.read() as connection:
        found = connection.exec_driver_sql("select code from authority order by rowid").scalars().all()
    database.close()
    assert found == [str(number) for number in range(10)]


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("nonsense", "isn't a database address"),
        ("mysql://there/ehc", "names mysql; only sqlite and postgresql"),
        ("sqlite://", "names no file"),
        ("sqlite:///:memory:", "names no file"),
    ],
)
def test_an_address_that_cant_work_is_refused_in_a_sentence(url: str, said: str) -> None:
    with pytest.raises(SetupError, match=said):
        Database(url)


def test_a_place_for_the_file_is_made(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'new' / 'folder' / 'ehc.db'}")
    with database.write() as connection:
        assert connection.execute(text("select 1")).scalar() == 1
    database.close()
