"""The path of a step reads nothing from end to end, however much else there is."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from sqlalchemy import Connection, text

from benchmarks.statements import counted, instructions
from engine.services.audit.audit import Actor
from engine.services.step import CaseStep
from engine.services.sweep import next_due, sweep
from engine.services.tasks import tasks
from engine.store import tables
from tests.support.desk import MONDAY, Desk, opened_desk

#: Statements of one completed task in the largest diagram we have: five of them for the letter it sends, one to
#: find the officer who gets the next task.
MOST_STATEMENTS = 20


#: What a question is put together from is gone through from end to end, and isn't one of them.
_TABLES = frozenset(tables.metadata.tables)


@pytest.fixture
def desk(sqlite_url: str) -> Iterator[Desk]:
    with opened_desk(sqlite_url) as desk:
        yield desk


def scans(connection: Connection, statement: str) -> list[str]:
    """The tables that a statement reads from end to end, as SQLite plans it."""
    cursor = connection.connection.cursor()
    plan = cursor.execute(f"explain query plan {statement}", (1,) * statement.count("?")).fetchall()
    return [step for *_, step in plan if step.startswith("SCAN") and step.split()[1] in _TABLES]


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


def test_instructions_grow_with_the_rows_that_are_read(desk):
    def read(rows: int) -> int:
        numbers = f"with recursive n(i) as (select 1 union all select i + 1 from n where i < {rows})"
        with instructions() as counted_now, desk.engine.database.read() as connection:
            connection.execute(text(f"{numbers} select count(*) from n"))
        return counted_now.number

    few, many = read(1_000), read(10_000)
    assert few > 1_000
    assert 8 < many / few < 12


def test_a_step_of_a_later_year_reads_no_limits_of_the_years_before(desk):
    """What lies behind a plan is read when somebody names it."""
    plan = desk.plan(born=date(2021, 10, 14), year=0, made_on=MONDAY - timedelta(days=330))
    read = []
    for _ in range(3):
        plan.complete("fix_review_date", meetingOn=(desk.clock.today() + timedelta(days=15)).isoformat())
        plan.complete_all("give_review_advice", "review_family_views", "circulate_papers")
        desk.step_to(desk.clock.today() + timedelta(days=15))
        plan.complete("hold_review_meeting")
        plan.complete("write_review_report")
        plan.complete("decide_review", decision="maintain")
        desk.step_to(desk.clock.today() + timedelta(days=290))
        with desk.engine.database.read() as connection:
            step = CaseStep.look(desk.engine, connection, int(plan.key), Actor.clock())
            read.append(len(step.ledger.deadlines.at_hand()) + len(step.ledger.anchors.at_hand()))
            assert len(step.ledger.all()) > 8 * len(read)
    assert read[0] == read[1] == read[2]
