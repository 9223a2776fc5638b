"""PostgreSQL gives a connection the rows that it is for, and no other, whatever is asked of it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from sqlalchemy import event, insert, select, text
from sqlalchemy.exc import DBAPIError

from engine.store import scope, tables
from engine.store.database import Database
from engine.store.row_security import OPEN, THROUGH, is_bypassed
from engine.store.tables import metadata
from tests.support.databases import Databases
from tests.support.desk import Desk, opened_desk
from tests.support.postgresql import as_service

HOLDING = "select set_config('ehc.scope', %s, false)"


@pytest.fixture(scope="module")
def filled(databases: Databases) -> Iterator[str]:
    """A database in which authority 333 has a case and a plan, as the service's own role."""
    with databases.migrated("postgresql") as url:
        service = as_service(url)
        with opened_desk(service) as desk:
            _fill(desk)
        yield service


def _fill(desk: Desk) -> None:
    desk.request().complete("register_request")
    desk.plan()
    with desk.engine.database.write() as connection:
        connection.execute(insert(tables.authority).values(code="334", name="Next door"))


@pytest.fixture
def raw(filled: str) -> Iterator[psycopg.Connection[Any]]:
    with psycopg.connect(filled.replace("postgresql+psycopg", "postgresql")) as connection:
        yield connection
        connection.rollback()


@pytest.fixture
def database(filled: str) -> Iterator[Database]:
    opened = Database(filled)
    yield opened
    opened.close()


def guarded() -> list[str]:
    return [table.name for table in metadata.sorted_tables if "authority" in table.c or table.name in THROUGH]


def test_every_table_is_guarded_or_holds_nothing_of_anybody(raw: psycopg.Connection[Any]) -> None:
    rows = raw.execute(
        "select relname from pg_class where relnamespace = 'public'::regnamespace and relkind = 'r'"
        " and relrowsecurity and relforcerowsecurity"
        " and exists (select 1 from pg_policy where polrelid = pg_class.oid)"
    ).fetchall()
    assert {name for (name,) in rows} == set(guarded())
    assert set(metadata.tables) - set(guarded()) == OPEN - {"alembic_version"}


@pytest.mark.parametrize("said", ["334", "", None])
def test_another_authoritys_rows_are_neither_seen_nor_changed(
    raw: psycopg.Connection[Any], said: str | None
) -> None:
    if said is not None:
        raw.execute(HOLDING, (said,))
    for table in guarded():
        column = THROUGH[table][0] if table in THROUGH else "authority"
        assert raw.execute(f"select count(*) from {table}").fetchone() == (0,), table
        assert raw.execute(f"update {table} set {column} = {column}").rowcount == 0, table
        assert raw.execute(f"delete from {table}").rowcount == 0, table


def test_ones_own_rows_are_all_there(raw: psycopg.Connection[Any]) -> None:
    raw.execute(HOLDING, ("*",))
    every = {table: raw.execute(f"select count(*) from {table}").fetchone() for table in guarded()}
    assert sum(count > 0 for (count,) in every.values()) > 15  # type: ignore[misc]
    raw.execute(HOLDING, ("334,333",))
    assert {table: raw.execute(f"select count(*) from {table}").fetchone() for table in guarded()} == every


@pytest.mark.parametrize(
    "statement",
    [
        "insert into child (authority, given_name, family_name, search_name, date_of_birth)"
        " values ('333', 'Ada', 'Example', 'ada example', '2017-05-14')",
        "insert into audit_event (case_key, sequence, body, hash) values (1, 9999, '{}', '-')",
    ],
)
def test_nothing_is_written_for_another_authority(raw: psycopg.Connection[Any], statement: str) -> None:
    raw.execute(HOLDING, ("334",))
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        raw.execute(statement)


def test_a_row_isnt_handed_to_another_authority(raw: psycopg.Connection[Any]) -> None:
    raw.execute(HOLDING, ("333",))
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        raw.execute("update ehc_case set authority = '334'")


# --- what the engine says of its connections -------------------------------------------------


CASES = select(tables.ehc_case.c.key)


def cases(database: Database) -> int:
    with database.read() as connection:
        return len(connection.execute(CASES).all())


@pytest.fixture
def confined() -> Iterator[None]:
    token = scope.enter_none()
    yield
    scope.leave(token)


def test_a_request_of_which_nobody_knows_who_sends_it_sees_nothing(
    database: Database, confined: None
) -> None:
    assert cases(database) == 0


def test_a_request_sees_what_it_is_for(database: Database, confined: None) -> None:
    for authorities, seen in ((["334"], 0), (["333"], 2), (["334", "333"], 2), ([], 0)):
        scope.enter(authorities)
        assert cases(database) == seen
    with scope.everything():
        assert cases(database) == 2


def test_saying_so_costs_a_statement_only_when_it_changes(database: Database, confined: None) -> None:
    said: list[str] = []

    def listen(connection: Any, cursor: Any, statement: str, *rest: Any) -> None:
        said.append(statement)

    event.listen(database._confined, "before_cursor_execute", listen)
    scope.enter(["333"])
    for _ in range(3):
        cases(database)
    assert len(said) == 3
    with database.read() as connection:
        assert connection.info["ehc.scope"] == "333"


def test_a_rollback_takes_nothing_of_it_back(database: Database, confined: None) -> None:
    scope.enter(["333"])
    with pytest.raises(DBAPIError), database.write() as connection:
        connection.execute(text("select nonsense"))
    assert cases(database) == 2


def test_part_of_a_joined_transaction_may_be_for_all(database: Database, confined: None) -> None:
    scope.enter(["334"])
    with database.joined():
        assert cases(database) == 0
        with scope.everything():
            assert cases(database) == 2
        assert cases(database) == 0


def test_a_part_that_fails_leaves_the_rest_as_confined_as_before(database: Database, confined: None) -> None:
    scope.enter(["334"])
    with database.joined():
        with scope.everything(), pytest.raises(DBAPIError), database.write() as connection:
            connection.execute(text("select nonsense"))
        assert cases(database) == 0


def test_a_superuser_is_told_from_the_services_own_role(database: Database, databases: Databases) -> None:
    with database.read() as connection:
        assert not is_bypassed(connection)
    with databases.migrated("postgresql") as url:
        powerful = Database(url)
        with powerful.read() as connection:
            assert is_bypassed(connection)
        powerful.close()
