"""The path of a step reads nothing from end to end, however much else there is."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import Connection, text

from benchmarks.statements import counted
from engine.services import tasks
from engine.services.sweep import next_due, sweep
from tests.support.desk import Desk, opened_desk

#: Statements of one completed task in the largest diagram we have: five of them for the letter it sends, one to
#: find the officer who gets the next task.
MOST_STATEMENTS = 22


@pytest.fixture
def desk(sqlite_url: str) -> Iterator[Desk]:
    with opened_desk(sqlite_url) as desk:
        yield desk


def scans(connection: Connection, statement: str) -> list[str]:
    """The tables that a statement reads from end to end, as SQLite plans it."""
    cursor = connection.connection.cursor()
    plan = cursor.execute(f"explain query plan {statement}", (1,) * statement.count("?")).fetchall()
    return [step for *_, step in plan if step.startswith("SCAN") and "CONSTANT ROW" not in step]


def all_scans(desk: Desk, statements: list[str]) -> list[str]:
    with desk.engine.database.read() as connection:
        return [found for each in statements for found in scans(connection, each)]


def test_a_completed_task_reads_by_index_alone(desk):
    case = desk.request()
    task = case.task("register_request")
    example = case.example(task, case.worker(task))
    with counted() as sent:
        tasks.complete(desk.engine, case.worker(task), task.key, example)
    assert all_scans(desk, sent.texts) == []
    assert 5 < sent.number <= MOST_STATEMENTS


def test_a_sweep_reads_by_index_alone(desk):
    case = desk.request()
    case.until("decide_assess")
    desk.jump_to(desk.clock.today() + timedelta(weeks=7))
    with counted() as sent:
        assert sweep(desk.engine) == 1
        next_due(desk.engine)
    assert any("FROM instance JOIN timer" in each for each in sent.texts)
    assert all_scans(desk, sent.texts) == []


def test_a_scan_is_seen(desk):
    with desk.engine.database.read() as connection:
        assert scans(connection, "select name from task where name = ?") == ["SCAN task"]


def test_lists_count_once_with_their_rows(desk):
    with counted() as sent, desk.engine.database.write() as connection:
        statement = text("update task set name = name where key = :key")
        connection.execute(statement, [{"key": 1}, {"key": 2}])
    assert (sent.number, sent.rows) == (1, 2)
