"""Instants, days and JSON come back as they were written, on both databases."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import pytest
from sqlalchemy import Column, Date, Integer, MetaData, Table, insert, select, text
from sqlalchemy.exc import StatementError

from engine.store.database import Database
from engine.store.types import Instant, JsonText, PackedText, to_text

TABLE = Table(
    "kept",
    MetaData(),
    Column("key", Integer, primary_key=True),
    Column("at", Instant),
    Column("on", Date),
    Column("value", JsonText),
    Column("long", PackedText),
)
BRITISH_SUMMER = timezone(timedelta(hours=1))


@pytest.fixture
def kept(empty_database_url: str) -> Any:
    database = Database(empty_database_url)
    with database.write() as connection:
        TABLE.create(connection)

    def keep(**values: object) -> Any:
        with database.write() as connection:
            key = connection.execute(insert(TABLE).values(**values).returning(TABLE.c.key)).scalar_one()
        with database.read() as connection:
            return connection.execute(select(TABLE).where(TABLE.c.key == key)).one()

    yield keep
    database.close()


@pytest.mark.parametrize(
    "moment",
    [
        datetime(2026, 10, 25, 0, 30, tzinfo=UTC),
        datetime(2026, 7, 1, 13, 0, 0, 1, tzinfo=BRITISH_SUMMER),
        datetime(1969, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC),
        datetime(9999, 12, 31, 22, 59, 59, 999_999, tzinfo=UTC),
        datetime(2024, 2, 29, tzinfo=timezone(timedelta(hours=-11, minutes=-30))),
    ],
)
def test_an_instant_comes_back_to_the_microsecond_in_utc(kept: Any, moment: datetime) -> None:
    found = kept(at=moment).at
    assert found == moment
    assert found.tzinfo is UTC


def test_instants_sort_as_time_does(kept: Any) -> None:
    early = datetime(2026, 3, 29, 1, 30, tzinfo=BRITISH_SUMMER)
    late = datetime(2026, 3, 29, 1, 0, tzinfo=UTC)
    assert kept(at=early).at < kept(at=late).at
    assert early < late


def test_a_time_without_an_offset_is_refused(kept: Any) -> None:
    with pytest.raises(StatementError, match="needs an offset"):
        kept(at=datetime(2026, 11, 2, 9, 0))  # noqa: DTZ001 -- that is what is refused


def test_nothing_stays_nothing(kept: Any) -> None:
    row = kept(at=None, on=None, value=None)
    assert (row.at, row.on, row.value) == (None, None, None)


@pytest.mark.parametrize("day", [date(1900, 2, 28), date(2028, 2, 29), date(9999, 12, 31)])
def test_a_day_is_a_day(kept: Any, day: date) -> None:
    assert kept(on=day).on == day


@pytest.mark.parametrize(
    "value",
    [{}, [], "", 0, True, [None], {"Zoë": ["naïve", {"b": 1, "a": 2}]}, 'quo"te\\slash\n', 10**17],
)
def test_json_comes_back_equal(kept: Any, value: object) -> None:
    assert kept(value=value).value == value


def test_equal_values_are_equal_text(kept: Any) -> None:
    assert to_text({"b": [1, 2], "a": "é"}) == '{"a":"é","b":[1,2]}' == to_text({"a": "é", "b": [1, 2]})


@pytest.mark.parametrize("value", [float("nan"), float("inf"), {1, 2}, b"bytes"])
def test_what_json_cant_say_is_refused(kept: Any, value: object) -> None:
    with pytest.raises(StatementError):
        kept(value=value)


def test_json_is_stored_as_the_text_that_was_written(empty_database_url: str) -> None:
    database = Database(empty_database_url)
    with database.write() as connection:
        TABLE.create(connection)
        connection.execute(insert(TABLE).values(value={"b": 1, "a": [1, 2]}))
        assert connection.execute(text("select value from kept")).scalar() == '{"a":[1,2],"b":1}'
    database.close()


LONG = '{"words":"' + "Zoë’s plan, again and again. " * 500 + '"}'


@pytest.mark.parametrize("value", [LONG, "", "short", None])
def test_long_text_comes_back_as_it_was_written(kept: Any, value: str | None) -> None:
    assert kept(long=value).long == value


def test_long_text_is_kept_small_on_both(kept: Any, empty_database_url: str) -> None:
    kept(long=LONG)
    database = Database(empty_database_url)
    measure = "length(long)" if database.is_sqlite else "pg_column_size(long)"
    with database.read() as connection:
        assert connection.execute(text(f"select {measure} from kept")).scalar_one() < len(LONG) / 10
    database.close()


@pytest.mark.parametrize("spoiled", ["'not packed'", "x'00ff'", "x'789c4bcb'"])
def test_spoiled_text_is_handed_to_its_reader(kept: Any, empty_database_url: str, spoiled: str) -> None:
    key = kept(long=LONG).key
    database = Database(empty_database_url)
    if not database.is_sqlite:
        spoiled = "'not packed'"
    with database.write() as connection:
        connection.execute(text(f"update kept set long = {spoiled}"))
    with database.read() as connection:
        found = connection.execute(select(TABLE.c.long).where(TABLE.c.key == key)).scalar_one()
    assert found is not None
    assert found != LONG
    database.close()
