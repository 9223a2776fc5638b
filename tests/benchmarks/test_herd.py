"""Copies of a case are cases: every reference leads to their own rows, and they can be worked on."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import func, select, text

from benchmarks.busiest import Busiest, drive
from benchmarks.herd import Herd, multiply
from engine.services.check import check
from engine.services.tasks import tasks
from engine.store import tables
from tests.support.desk import CaseDesk, opened_desk

COPIES = 3


@pytest.fixture
def copied(database_url: str) -> Iterator[Busiest]:
    with opened_desk(database_url) as desk:
        busiest = drive(desk)
        multiply(desk.engine.database, int(busiest.case.key), 1, COPIES)
        yield busiest


def copy_of(busiest: Busiest, number: int) -> CaseDesk:
    case, instance = (int(key) for key in (busiest.case.key, busiest.case.instance_key))
    return CaseDesk(busiest.desk, str(Herd.key(case, number)), str(Herd.key(instance, number)))


def test_copies_agree_with_their_states(copied):
    found = [found for found in check(copied.desk.engine) if not found.problem.startswith("audit event")]
    assert found == []


def test_a_copy_has_its_own_tasks_and_deadlines(copied):
    copy = copy_of(copied, 2)
    assert [task.element_id for task in copy.tasks()] == [task.element_id for task in copied.case.tasks()]
    assert {task.case_key for task in copy.tasks()} == {copy.key}
    assert len(copy.deadlines()) == len(copied.case.deadlines())


def test_a_copy_can_be_worked_on_and_no_other_changes(copied):
    task, answers = copied.task, copied.example()
    key = str(Herd.key(int(task.key), 1))
    done = tasks.complete(copied.desk.engine, copied.case.worker(task), key, answers)
    assert (done.state, done.case_key) == ("COMPLETED", copy_of(copied, 1).key)
    assert copied.task.state == copy_of(copied, 2).task(task.element_id, task.organisation).state == "CREATED"


def test_new_cases_come_after_the_copies(copied):
    case = copied.desk.request()
    assert int(case.key) > Herd.key(int(copied.case.key), COPIES)
    assert "register_request" in case.waiting()


def test_every_table_of_a_case_is_copied_but_its_history(copied):
    counts = {}
    with copied.desk.engine.database.read() as connection:
        for table in tables.metadata.sorted_tables:
            if "case_key" in table.c:
                query = select(table.c.case_key, func.count()).group_by(table.c.case_key)
                counts[table.name] = dict(connection.execute(query).all())
        heads = connection.execute(text("select count(*) from audit_event where case_key > 1")).scalar_one()
    original, copy = int(copied.case.key), int(copy_of(copied, 1).key)
    kept = {name: (rows.get(original), rows.get(copy)) for name, rows in counts.items()}
    assert {name for name, (first, second) in kept.items() if first != second} == {"audit_event", "document"}
    assert heads == COPIES
