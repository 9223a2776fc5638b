"""The databases that tests get are real, migrated, alike and clean, whatever the test before has done."""

from __future__ import annotations

import psycopg
import pytest
from sqlalchemy import func, insert, inspect, select

from engine.store.database import Database
from engine.store.tables import authority, metadata
from tests.support.databases import Databases, LeftOpenError

COUNCIL = {"code": "999", "name": "Nowhere"}


@pytest.mark.parametrize("time", ["first", "again"])
def test_a_test_finds_the_tables_without_rows(database_url, time):
    database = Database(database_url)
    with database.write() as connection:
        assert set(inspect(connection).get_table_names()) >= set(metadata.tables)
        assert connection.scalar(select(func.count()).select_from(authority)) == 0
        connection.execute(insert(authority).values(COUNCIL))
    database.close()


def test_several_databases_at_once_do_not_see_each_other(databases: Databases):
    with databases.migrated("postgresql") as one, databases.migrated("postgresql") as other:
        assert one != other
        first, second = Database(one), Database(other)
        with first.write() as connection:
            connection.execute(insert(authority).values(COUNCIL))
        with second.read() as connection:
            assert connection.scalar(select(func.count()).select_from(authority)) == 0
        first.close()
        second.close()


def test_a_transaction_that_a_test_leaves_open_is_a_failure(databases: Databases):
    with databases.emptied("postgresql") as url:
        pass
    with psycopg.connect(url) as left_open:
        left_open.execute("select 1")
        with pytest.raises(LeftOpenError, match="select 1"):
            databases.empty_out(url)
        left_open.close()


def test_a_database_to_migrate_has_no_tables(empty_database_url):
    database = Database(empty_database_url)
    with database.read() as connection:
        assert inspect(connection).get_table_names() == []
    database.close()
