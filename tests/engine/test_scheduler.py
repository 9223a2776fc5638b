"""The scheduler on a stepped clock: it sleeps until something is due, and hardly asks an idle database."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from benchmarks.statements import counted
from cli.serve import errands_of
from engine import scheduler as scheduling
from engine.errands import Errand
from engine.scheduler import SAFETY, Scheduler
from engine.services.webhooks.webhook_queue import NEXT_DELIVERY
from tests.engine.services.drawing import deploy_small, small_processes, start
from tests.engine.services.rows import events
from tests.support.alarms import SteppedAlarms
from tests.support.desk import Desk, opened_desk

MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)


@pytest.fixture
def desk(database_url: str) -> Iterator[Desk]:
    with opened_desk(database_url) as opened:
        deploy_small(opened, *small_processes())
        yield opened


def started(desk: Desk, *errands: Errand) -> tuple[Scheduler, SteppedAlarms]:
    """A scheduler that has done what it found to do."""
    alarms = SteppedAlarms(desk.clock)
    scheduler = Scheduler(desk.engine, errands, alarms)
    scheduler.start()
    alarms.go_on(2 * MINUTE)
    return scheduler, alarms


def test_an_idle_minute_costs_one_statement(desk: Desk) -> None:
    """With a case that sleeps, and with all errands of a process that serves."""
    start(desk.request(), "waits")
    _, alarms = started(desk, *errands_of(desk.engine))
    with counted() as asked:
        alarms.go_on(MINUTE)
    assert asked.number == 1, asked.texts
    with counted() as asked:
        alarms.go_on(10 * MINUTE)
    assert asked.number == 10, asked.texts


def test_a_change_costs_one_look(desk: Desk) -> None:
    desk.request()
    scheduler, alarms = started(desk, *errands_of(desk.engine))
    with counted() as asked:
        scheduler.wake()
        alarms.go_on(timedelta(0))
    assert asked.number == 1, asked.texts


def test_what_is_due_happens_at_its_instant(desk: Desk) -> None:
    case = desk.request()
    scheduler, alarms = started(desk, *errands_of(desk.engine))
    start(case, "waits")
    due = desk.clock.now() + DAY
    scheduler.wake()
    alarms.go_on(DAY - timedelta(microseconds=1))
    assert events(case, "timer:fired") == []
    alarms.go_on(timedelta(microseconds=1))
    (fired,) = events(case, "timer:fired")
    assert desk.clock.now() == due
    assert fired["at"] == fired["details"]["due"]


def test_what_another_process_has_written_is_found_within_a_minute(desk: Desk) -> None:
    case = desk.request()
    _, alarms = started(desk)
    start(case, "waits")  # nobody wakes this scheduler
    alarms.go_on(DAY - MINUTE / 2)
    with counted() as asked:
        alarms.go_on(SAFETY)
    assert len(events(case, "timer:fired")) == 1
    assert asked.number > 1


def test_an_errand_without_a_question_goes_by_the_clock(desk: Desk) -> None:
    begun: list[Any] = []
    errand = Errand("Counting", timedelta(seconds=20), lambda engine: begun.append(engine.clock.now()))
    _, alarms = started(desk, errand)
    begun.clear()
    alarms.go_on(MINUTE)
    assert len(begun) == 3


def test_an_errand_that_has_nothing_to_do_isnt_run(desk: Desk) -> None:
    run: list[Any] = []
    scheduler, alarms = started(desk, Errand("Idle", timedelta(seconds=1), run.append, (NEXT_DELIVERY,)))
    scheduler.wake()
    alarms.go_on(10 * MINUTE)
    assert run == []


def test_a_sweep_that_fails_holds_up_no_errand(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*_given: object, **_named: object) -> int:
        raise LookupError("Ada Example")

    monkeypatch.setattr(scheduling, "sweep", fail)
    start(desk.request(), "waits")
    begun: list[Any] = []
    with caplog.at_level(logging.ERROR):
        _, alarms = started(desk, Errand("Counting", MINUTE, begun.append))
        desk.clock.advance(DAY)
        begun.clear()
        alarms.go_on(3 * MINUTE)
    assert len(begun) == 4  # at once, and after each of its rests
    assert alarms.rung[-20:].count("round") > 10  # tried again every second
    assert "LookupError" in caplog.text
    assert "Ada" not in caplog.text


def test_after_its_end_nothing_is_set(desk: Desk) -> None:
    scheduler, alarms = started(desk, *errands_of(desk.engine))
    scheduler.stop()
    scheduler.wake()
    alarms.rung.clear()
    alarms.go_on(DAY)
    assert alarms.rung == []
