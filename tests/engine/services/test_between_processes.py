"""Processes of one case tell, call and start one another; a message that comes too early waits."""

from __future__ import annotations

from datetime import timedelta

import pytest

from engine.errors import StepIncident
from engine.services.sweep import sweep
from engine.store import tables
from tests.engine.services.drawing import start
from tests.engine.services.rows import count, differences, events, everything, rows
from tests.support.desk import CaseDesk


def test_a_message_goes_to_the_one_that_waits(either_small_case: CaseDesk) -> None:
    case, desk = either_small_case, either_small_case.desk
    first, second = start(case, "hears"), start(case, "hears")
    start(case, "tells")
    assert count(desk, tables.subscription) == 2
    case.complete("ask")
    assert [
        (task.element_id, task.process_instance_key) for task in case.tasks() if task.element_id == "heard"
    ] == [("heard", str(first))]
    assert [row.instance_key for row in rows(desk, tables.subscription)] == [second]
    assert count(desk, tables.kept_message) == 0
    assert differences(desk) == []


def test_a_message_reaches_every_process_that_waits_and_of_each_one_instance(
    either_small_case: CaseDesk,
) -> None:
    case = either_small_case
    for process in ("hears", "hears", "overhears", "tells"):
        start(case, process)
    case.complete("ask")
    heard = [task.element_id for task in case.tasks() if task.element_id in ("heard", "overheard")]
    assert sorted(heard) == ["heard", "overheard"]
    assert count(case.desk, tables.kept_message) == 0
    assert differences(case.desk) == []


def test_news_is_for_those_who_wait_and_isnt_kept(small_case: CaseDesk) -> None:
    start(small_case, "announces")
    small_case.complete("ask")
    assert count(small_case.desk, tables.kept_message) == 0


def test_a_message_stays_in_its_case(small_case: CaseDesk) -> None:
    other = small_case.desk.request()
    start(other, "hears")
    start(small_case, "tells")
    small_case.complete("ask")
    assert "heard" not in other.waiting()
    assert count(small_case.desk, tables.kept_message, case_key=int(small_case.key)) == 1


def test_a_message_that_comes_too_early_is_kept_for_who_begins_to_wait(either_small_case: CaseDesk) -> None:
    case, desk = either_small_case, either_small_case.desk
    start(case, "tells")
    case.complete("ask")
    assert count(desk, tables.kept_message) == 1
    start(case, "hears")
    assert "heard" in case.waiting()
    assert count(desk, tables.kept_message) == 0
    assert len(events(case, "message:kept")) == len(events(case, "message:received")) == 1
    assert differences(desk) == []


def test_a_kept_message_reaches_an_instance_that_comes_to_wait(small_case: CaseDesk) -> None:
    start(small_case, "tells")
    small_case.complete("ask")
    start(small_case, "listens_late")
    small_case.complete("ask")
    assert count(small_case.desk, tables.kept_message) == 0
    assert [row.status for row in rows(small_case.desk, tables.instance)][1:] == ["completed", "completed"]


def test_messages_are_each_taken_once(small_case: CaseDesk) -> None:
    for _ in range(2):
        start(small_case, "tells")
        small_case.complete("ask")
    start(small_case, "hears")
    assert count(small_case.desk, tables.kept_message) == 1
    start(small_case, "hears")
    assert count(small_case.desk, tables.kept_message) == 0
    assert [task.element_id for task in small_case.tasks()].count("heard") == 2


def test_a_signal_reaches_all_that_wait(either_small_case: CaseDesk) -> None:
    case = either_small_case
    for process in ("hears_calls", "hears_calls", "calls_out"):
        start(case, process)
    case.complete("ask")
    assert [task.element_id for task in case.tasks()].count("called") == 2
    assert differences(case.desk) == []


def test_a_process_starts_another_of_the_same_case(either_small_case: CaseDesk) -> None:
    case, desk = either_small_case, either_small_case.desk
    start(case, "starts_another")
    case.complete("ask")
    newest = rows(desk, tables.instance)[-1]
    assert (newest.case_key, newest.status) == (int(case.key), "active")
    assert case.task("ask").process_instance_key == str(newest.key)
    assert differences(desk) == []


def test_processes_that_answer_each_other_for_ever_are_stopped(small_case: CaseDesk) -> None:
    desk = small_case.desk
    start(small_case, "pings")
    start(small_case, "pongs")
    start(small_case, "tells")
    before = {
        name: kept for name, kept in everything(desk).items() if name in ("instance", "task", "document")
    }
    with pytest.raises(StepIncident, match="rounds of messages"):
        small_case.complete("ask")
    assert {name: everything(desk)[name] for name in before} == before
    assert count(desk, tables.incident) == 1
    assert differences(desk) == []


def test_a_timer_that_tells_does_so_once_after_downtime(small_case: CaseDesk) -> None:
    start(small_case, "hears")
    start(small_case, "tells_when_due")
    small_case.desk.clock.advance(timedelta(days=200))
    sweep(small_case.desk.engine)
    assert [task.element_id for task in small_case.tasks()].count("heard") == 1
    told = [event for event in events(small_case, "timer:fired") if event["element"] == "wait"]
    assert [event["details"]["late_seconds"] for event in told] == [199 * 24 * 60 * 60]
