"""The machine's clock is put forward or back, or nobody was there for weeks: what is overdue happens once."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta

import pytest

from engine.application import Engine
from engine.calendar import Correction
from engine.clock import SteppedClock, day_of
from engine.services.deadlines import calendars
from engine.services.sweep import next_due, sweep
from engine.store import tables
from engine.store.database import Database
from engine.store.hearing_tables import hearing
from tests.engine.services.drawing import deploy_small, small_processes, start
from tests.engine.services.rows import count, differences, events, everything, rows
from tests.support.desk import MONDAY, CaseDesk, at, opened_desk

HOUR, DAY, WEEK = timedelta(hours=1), timedelta(days=1), timedelta(weeks=1)


class LooseClock(SteppedClock):
    """A clock that anybody can put to any time, as a machine's can be."""

    def __init__(self, start: datetime) -> None:
        super().__init__(start)
        self._shown = start
        self._guard = threading.Lock()

    def now(self) -> datetime:
        with self._guard:
            return self._shown

    def today(self) -> date:
        return day_of(self.now())

    def put(self, by: timedelta) -> None:
        """Forward, or back with a negative length."""
        with self._guard:
            self._shown += by


@pytest.fixture
def clock() -> LooseClock:
    return LooseClock(at(MONDAY))


@pytest.fixture
def case(database_url: str, clock: LooseClock) -> Iterator[CaseDesk]:
    """A case in an engine that goes by the loose clock."""
    with opened_desk(database_url) as opened:
        opened.engine.clock = opened.clock = clock
        deploy_small(opened, *small_processes())
        yield opened.request()


@pytest.fixture
def restart(database_url: str, clock: LooseClock, case: CaseDesk) -> Iterator[Callable[[], Engine]]:
    """Starts the engine anew, as after a stop: it knows what the database says, and nothing else."""
    opened: list[Engine] = []

    def start_anew() -> Engine:
        opened.append(Engine(Database(database_url, durable=False), clock, case.desk.engine.settings))
        return opened[-1]

    yield start_anew
    for engine in opened:
        engine.close()


def late(case: CaseDesk, element_id: str) -> list[int]:
    """By how many seconds each timer of an element fired late."""
    return [
        event["details"]["late_seconds"]
        for event in events(case, "timer:fired")
        if event["element"] == element_id
    ]


def test_a_week_forward_fires_what_was_skipped_once(case: CaseDesk, clock: LooseClock) -> None:
    engine = case.desk.engine
    for _ in range(3):
        start(case, "waits")
    clock.put(DAY + WEEK)
    assert sweep(engine) == 1
    assert late(case, "wait") == [int(WEEK.total_seconds())] * 3
    assert [task.element_id for task in case.tasks()].count("afterwards") == 3
    assert sweep(engine) == 0
    assert differences(case.desk) == []


def test_an_hour_back_fires_nothing_again(case: CaseDesk, clock: LooseClock) -> None:
    engine = case.desk.engine
    start(case, "waits")
    clock.put(DAY)
    assert sweep(engine) == 1
    clock.put(-HOUR)
    assert sweep(engine) == 0
    case.complete("afterwards")
    start(case, "waits")  # by a clock that shows less than the trail's last event
    clock.put(HOUR)
    assert sweep(engine) == 0
    clock.put(DAY - HOUR)
    assert sweep(engine) == 1
    assert late(case, "wait") == [0, 0]
    assert differences(case.desk) == []


def test_back_just_before_a_limit_only_puts_it_off(case: CaseDesk, clock: LooseClock) -> None:
    engine = case.desk.engine
    start(case, "waits")
    clock.put(DAY - HOUR / 2)
    assert sweep(engine) == 0
    clock.put(-HOUR)
    assert sweep(engine) == 0
    assert next_due(engine) == at(MONDAY) + DAY
    clock.put(HOUR * 3 / 2)
    assert sweep(engine) == 1
    assert late(case, "wait") == [0]


def test_forward_and_back_again_takes_nothing_back(case: CaseDesk, clock: LooseClock) -> None:
    """A wrong clock makes wrong facts, which people correct; none of them is made twice."""
    engine = case.desk.engine
    start(case, "waits")
    clock.put(DAY + 52 * WEEK)
    sweep(engine)
    kept = everything(case.desk)
    clock.put(-52 * WEEK)
    assert sweep(engine) == 0
    assert everything(case.desk) == kept
    clock.put(52 * WEEK)
    assert sweep(engine) == 0
    assert everything(case.desk) == kept
    assert differences(case.desk) == []


def test_after_downtime_what_is_overdue_happens_once_at_the_first_start(
    case: CaseDesk, clock: LooseClock, restart: Callable[[], Engine]
) -> None:
    case.until("give_advice")
    waiting = [row for row in rows(case.desk, tables.timer) if row.due_at <= at(MONDAY) + 8 * WEEK]
    clock.put(8 * WEEK)
    assert sweep(restart()) == 1
    assert len(events(case, "timer:fired")) == len(waiting) > 10
    threads = count(case.desk, tables.escalation)
    assert threads == len(events(case, "escalation:raised")) > 0
    told = rows(case.desk, hearing)
    assert count(case.desk, tables.outbox, kind="alert") == len(told) >= 2 * threads
    assert {row.stage for row in told} == {1}
    kept = everything(case.desk)
    assert sweep(restart()) == 0
    assert everything(case.desk) == kept
    assert differences(case.desk) == []


def test_a_calendar_corrected_elsewhere_is_seen_though_the_clock_was_put_back(
    case: CaseDesk, clock: LooseClock, restart: Callable[[], Engine]
) -> None:
    """What was read at ten stays fresh for a minute: not for an hour and a minute, when it's nine again."""
    engine, another = case.desk.engine, restart()
    day = MONDAY + WEEK
    assert engine.calendar(case.desk.authority).is_working_day(day)
    clock.put(-HOUR)
    calendars.correct(another, case.desk.authority, Correction(day, True, "A day of mourning."))
    clock.put(timedelta(minutes=2))
    assert not engine.calendar(case.desk.authority).is_working_day(day)
