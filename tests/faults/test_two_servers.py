"""Two servers on one database: nothing is done by both, nothing by neither."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import partial

import pytest
from sqlalchemy import select

from engine.application import Engine
from engine.clock import parse_instant
from engine.errors import TaskClosed
from engine.services.escalations.hearers import followers
from engine.services.sweep import sweep
from engine.services.tasks import tasks
from engine.services.views import TaskView
from engine.store import tables
from engine.store.database import Database
from tests.engine.services.drawing import deploy_small, small_processes, start
from tests.engine.services.rows import count, differences, events, rows
from tests.faults.cutting import LONG
from tests.faults.sweeping import sweep_at_once
from tests.support.desk import CaseDesk, Desk, opened_desk
from tests.support.together import at_once, kinds

CASES = 60 if LONG else 5
PROCESSES = 4 if LONG else 2
ROUNDS = 10 if LONG else 2
DAY = timedelta(days=1)


@pytest.fixture
def desk(database_url: str) -> Iterator[Desk]:
    with opened_desk(database_url) as opened:
        deploy_small(opened, *small_processes())
        yield opened


@pytest.fixture
def other_server(desk: Desk, database_url: str) -> Iterator[Engine]:
    """What a second process has: the same database and the same time, and nothing else in common."""
    engine = Engine(Database(database_url, durable=False), desk.clock, desk.engine.settings)
    yield engine
    engine.close()


def fired(case: CaseDesk) -> list[tuple[int, str, str]]:
    """Every firing of the case's timers: instance, element, instant."""
    return sorted(
        (event["details"]["instance"], event["element"], event["details"]["due"])
        for event in events(case, "timer:fired")
    )


def due(case: CaseDesk) -> list[tuple[int, str, str]]:
    """Every timer of the case that is due by now, in the same words."""
    now = case.desk.clock.now()
    found = rows(case.desk, tables.timer, case_key=int(case.key))
    return sorted(
        (row.instance_key, row.element_id, row.due_at.replace(tzinfo=None).isoformat() + "Z")
        for row in found
        if row.due_at <= now
    )


def test_processes_that_sweep_at_once_fire_each_timer_once(desk: Desk, database_url: str) -> None:
    cases = [desk.request() for _ in range(CASES)]
    for case in cases:
        for _ in range(3):
            start(case, "waits")
    cases[0].until("give_advice")
    desk.clock.advance(7 * 7 * DAY)
    expected = {case.key: due(case) for case in cases}
    assert all(len(timers) >= 3 for timers in expected.values())
    moved = sweep_at_once(database_url, desk.clock.now(), PROCESSES)
    assert {case.key: fired(case) for case in cases} == expected
    assert sum(moved) >= CASES
    assert [task.element_id for task in cases[-1].tasks()].count("afterwards") == 3
    threads = rows(desk, tables.escalation)
    followed = [each for each in threads if followers(each.organisation)]  # by a designated officer besides
    # The manager and the Group Head of each: everybody once.
    assert count(desk, tables.outbox, kind="alert") == 2 * len(threads) + len(followed) > 0
    assert sweep(desk.engine) == 0
    assert differences(desk) == []


def completing(engine: Engine, case: CaseDesk, task: TaskView) -> Callable[[], TaskView]:
    who = case.worker(task)
    return partial(tasks.complete, engine, who, task.key, dict(case.example(task, who)))


def test_two_people_on_two_servers_complete_a_task_once(desk: Desk, other_server: Engine) -> None:
    for _ in range(ROUNDS):
        case = desk.request()
        task = case.task("register_request")
        outcomes = at_once([completing(engine, case, task) for engine in (desk.engine, other_server) * 2])
        assert kinds(outcomes) == ["TaskClosed"] * 3 + ["TaskView"]
        assert (
            len(events(case, "task:completed")) == count(desk, tables.document, task_key=int(task.key)) == 1
        )
    assert differences(desk) == []


def test_a_limit_on_one_server_and_an_answer_on_the_other(desk: Desk, other_server: Engine) -> None:
    case = desk.request()
    for _ in range(ROUNDS):
        key = start(case, "is_taken_away")
        task = case.task("ask")
        answer = completing(other_server, case, task)
        desk.clock.advance(DAY)
        answered, *swept = at_once([answer, partial(sweep, desk.engine), partial(sweep, other_server)])
        assert isinstance(answered, TaskClosed)  # the limit had passed: it comes first wherever it's noticed
        assert not [outcome for outcome in swept if isinstance(outcome, Exception)]
        assert [instance for instance, _, _ in fired(case)].count(key) == 1
        with desk.engine.database.read() as connection:
            query = select(tables.instance.c.status).where(tables.instance.c.key == key)
            assert connection.execute(query).scalar_one() == "completed"
    assert differences(desk) == []


def test_the_clock_of_a_firing_is_that_of_its_limit(desk: Desk) -> None:
    """What `fired` and `due` compare is an instant, not a text that happens to be the same."""
    case = desk.request()
    start(case, "waits")
    desk.clock.advance(DAY)
    (_, _, at), *_ = due(case)
    assert parse_instant(at) == desk.clock.now()
