"""The migrations, run from nothing, give exactly the tables that the code speaks of; Alembic's own check
doesn't see a CHECK that was dropped or a partial index that became a full one."""

from __future__ import annotations

import re
from typing import Any

import pytest
from sqlalchemy import Connection, inspect, text

from engine.store import migrate
from engine.store.database import Database
from engine.store.tables import metadata

Schema = dict[str, dict[str, Any]]


def schema_of(connection: Connection) -> Schema:
    """What a database says of its tables, in words that can be compared."""
    reflected = inspect(connection)
    names = sorted(set(reflected.get_table_names()) - {"alembic_version"})
    return {name: _table(connection, name) for name in names}


def _table(connection: Connection, name: str) -> dict[str, Any]:
    reflected = inspect(connection)
    columns = {column["name"]: _column(column) for column in reflected.get_columns(name)}
    return {
        "columns": columns,
        "primary key": reflected.get_pk_constraint(name)["constrained_columns"],
        "lies by": _lies_by(connection, name),
        "checks": {
            check["name"]: _words(check["sqltext"]) for check in reflected.get_check_constraints(name)
        },
        "foreign keys": {_foreign_key(key) for key in reflected.get_foreign_keys(name)},
        "unique": {(each["name"], *each["column_names"]) for each in reflected.get_unique_constraints(name)},
        "indexes": {_index(index) for index in reflected.get_indexes(name)},
    }


def _lies_by(connection: Connection, name: str) -> str:
    """What a table's rows are ordered by where they lie: on SQLite a key of its own, unless told otherwise."""
    if connection.dialect.name != "sqlite":
        return "arrival"
    query = text("select wr from pragma_table_list where name = :name")
    return "primary key" if connection.execute(query, {"name": name}).scalar() else "rowid"


def _column(column: Any) -> tuple[str, bool, str]:
    return str(column["type"]), column["nullable"], str(column["default"])


def _foreign_key(key: Any) -> tuple[str, ...]:
    return (key["name"], *key["constrained_columns"], key["referred_table"], *key["referred_columns"])


def _index(index: Any) -> tuple[Any, ...]:
    conditions = sorted(
        _words(str(c)) for name, c in index["dialect_options"].items() if name.endswith("_where")
    )
    return (index["name"], index["unique"], *index["column_names"], *conditions)


def _words(condition: str) -> str:
    """A condition without the quotes, casts and brackets that databases add of their own."""
    return " ".join(sorted(re.findall(r"'[^']*'|\w+", re.sub(r"::[\w ]+", "", condition))))


@pytest.fixture
def migrated(empty_database_url):
    database = Database(empty_database_url)
    migrate.upgrade(database)
    yield database
    database.close()


def test_migrations_and_tables_agree(migrated, databases):
    with databases.empty(migrated.url.get_backend_name()) as url:
        created = Database(url)
        with created.write() as connection:
            metadata.create_all(connection)
            expected = schema_of(connection)
        created.close()
    with migrated.read() as connection:
        assert schema_of(connection) == expected
    migrate.check(migrated)


def test_they_can_be_taken_back_and_run_again(migrated):
    with migrated.read() as connection:
        before = schema_of(connection)
    migrate.downgrade(migrated, "base")
    with migrated.read() as connection:
        assert schema_of(connection) == {}
    migrate.upgrade(migrated)
    with migrated.read() as connection:
        assert schema_of(connection) == before


CHANGES = {
    "a check dropped": ("alter table escalation drop constraint {check}", "checks"),
    "a partial index made full": (
        "drop index ix_timer_due_at; create index ix_timer_due_at on timer (due_at)",
        "indexes",
    ),
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_difference_is_seen(postgresql_url, change):
    statement, kind = CHANGES[change]
    table = statement.split(" on ")[-1].split()[0] if kind == "indexes" else "escalation"
    database = Database(postgresql_url)
    with database.write() as connection:
        before = schema_of(connection)[table]
        connection.execute(text(statement.format(check=next(iter(before["checks"]), ""))))
        assert {part for part in before if schema_of(connection)[table][part] != before[part]} == {kind}
        connection.rollback()
    database.close()
