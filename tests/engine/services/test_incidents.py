"""A step that can't be carried out leaves everything as it was, and an incident that says how to go on."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text, update

from engine.errors import Conflict, NotFound, StepIncident
from engine.services.audit.audit import Actor
from engine.services.cases import cases, corrections
from engine.services.incidents import retry
from engine.services.sweep import next_due, sweep
from engine.services.tasks import tasks
from engine.store import tables
from tests.engine.services.drawing import deploy_small, request_that_fails, small_processes, start
from tests.engine.services.rows import count, differences, events, everything, rows
from tests.support.desk import MONDAY, CaseDesk, Desk, opened_desk
from tests.support.together import at_once, kinds

DAY = timedelta(days=1)
#: What an incident may change: itself, its event, and the case's head of the audit trail.
_OF_AN_INCIDENT = ("incident", "audit_event", "ehc_case")


def kept(desk: Desk) -> dict[str, Any]:
    """Everything but what an incident changes, and which incident holds a timer."""
    found: dict[str, Any] = {
        name: each for name, each in everything(desk).items() if name not in _OF_AN_INCIDENT
    }
    place = [column.name for column in tables.timer.columns].index("incident_key")
    found["timer"] = [row[:place] + row[place + 1 :] for row in found["timer"]]
    return found


def test_a_person_meets_an_expression_that_fails(either_small_case: CaseDesk) -> None:
    case, desk = either_small_case, either_small_case.desk
    start(case, "fails_when_asked")
    task = case.task("ask")
    before = kept(desk)
    with pytest.raises(StepIncident) as failed:
        case.complete("ask")
    (incident,) = rows(desk, tables.incident)
    assert failed.value.incident_key == incident.key
    assert (incident.state, incident.element_id, incident.attempted) == (
        "open",
        "which",
        f"complete task {task.key}",
    )
    assert "neither true nor false" in incident.message
    assert incident.remedy
    assert incident.message in failed.value.message
    assert kept(desk) == before
    assert tasks.get_task(desk.engine, desk.member("caseworker"), task.key) == task
    (event,) = events(case, "incident:raised")
    assert event["details"]["incident"] == incident.key
    assert differences(desk) == []


def test_the_same_failure_is_one_incident(small_case: CaseDesk) -> None:
    start(small_case, "fails_when_asked")
    for _ in range(3):
        with pytest.raises(StepIncident):
            small_case.complete("ask")
    assert count(small_case.desk, tables.incident) == 1
    assert len(events(small_case, "incident:raised")) == 1


def test_a_timer_that_fails_is_held_and_goes_on_when_retried(either_small_case: CaseDesk) -> None:
    case, desk = either_small_case, either_small_case.desk
    start(case, "fails_when_due")
    before = kept(desk)
    desk.clock.advance(DAY)
    assert sweep(desk.engine) == 1
    (incident,) = rows(desk, tables.incident)
    assert (incident.element_id, incident.attempted) == ("advise", "fire what is due")
    assert "advice_request_received_on" in incident.message
    assert [row.incident_key for row in rows(desk, tables.timer, element_id="wait")] == [incident.key]
    assert kept(desk) == before
    assert sweep(desk.engine) == 0
    due = next_due(desk.engine)
    assert due is None or due > desk.clock.now()

    retry(desk.engine, incident.key, Actor.clock())
    assert sweep(desk.engine) == 1
    assert count(desk, tables.incident, state="open") == 1
    second = rows(desk, tables.incident)[-1]

    corrections.correct_anchor(
        desk.engine,
        desk.member("caseworker"),
        case.key,
        "advice_request_received_on",
        MONDAY,
        "Found.",
        "camhs",
    )
    assert "advise" not in case.waiting()  # held until somebody retries
    retry(desk.engine, second.key, Actor(desk.member("caseworker").membership_key, "send_team"))
    assert sweep(desk.engine) == 1
    assert case.task("advise").due_date == MONDAY + timedelta(weeks=6)
    assert count(desk, tables.incident, state="open") == 0
    assert len(events(case, "timer:fired")) == 1
    assert events(case, "incident:resolved")[-1]["actor"]["organisation"] == "send_team"
    assert differences(desk) == []


def test_other_timers_of_the_case_go_on(either_small_case: CaseDesk) -> None:
    case, desk = either_small_case, either_small_case.desk
    for process in ("waits", "fails_when_due", "waits", "fails_when_due"):
        start(case, process)
    desk.clock.advance(DAY)
    sweep(desk.engine)
    assert [task.element_id for task in case.tasks()].count("afterwards") == 2
    assert count(desk, tables.incident) == 2
    assert differences(desk) == []


def test_other_cases_go_on(either_small_case: CaseDesk) -> None:
    desk = either_small_case.desk
    start(either_small_case, "fails_when_due")
    other = desk.request()
    start(other, "waits")
    desk.clock.advance(DAY)
    assert sweep(desk.engine) == 2
    assert "afterwards" in other.waiting()


def test_an_incident_is_resolved_once(either_small_case: CaseDesk) -> None:
    case, desk = either_small_case, either_small_case.desk
    start(case, "fails_when_due")
    desk.clock.advance(DAY)
    sweep(desk.engine)
    (incident,) = rows(desk, tables.incident)
    outcomes = at_once([lambda: retry(desk.engine, incident.key, Actor.clock())] * 4)
    assert kinds(outcomes) == ["Conflict"] * 3 + ["NoneType"]
    assert len(events(case, "incident:resolved")) == 1
    with pytest.raises(Conflict, match="resolved already"):
        retry(desk.engine, incident.key, Actor.clock())


def test_an_incident_that_isnt_there_isnt_found(desk: Desk) -> None:
    with pytest.raises(NotFound):
        retry(desk.engine, 12, Actor.clock())


@pytest.mark.parametrize("process", ["starts_what_fails", "starts_what_isnt_there"])
def test_what_is_started_and_fails_is_laid_at_its_starters_door(
    either_small_case: CaseDesk, process: str
) -> None:
    case, desk = either_small_case, either_small_case.desk
    key = start(case, process)
    before = kept(desk)
    with pytest.raises(StepIncident):
        case.complete("ask")
    (incident,) = rows(desk, tables.incident)
    assert incident.instance_key == key
    assert kept(desk) == before
    assert differences(desk) == []


def test_a_failure_set_off_by_anothers_timer_holds_that_timer(either_small_case: CaseDesk) -> None:
    """The timer's process only tells another, which fails: fired again and again it would fail again and again."""
    case, desk = either_small_case, either_small_case.desk
    start(case, "fails_when_heard")
    start(case, "tells_when_due")
    desk.clock.advance(DAY)
    sweep(desk.engine)
    sweep(desk.engine)
    (incident,) = rows(desk, tables.incident)
    assert [row.incident_key for row in rows(desk, tables.timer, element_id="wait")] == [incident.key]
    assert differences(desk) == []


def unreadable(desk: Desk, process: str, state: str) -> None:
    with desk.engine.database.write() as connection:
        keys = connection.execute(
            text(
                "select instance.key from instance join process_definition d on d.key = definition_key"
                " where d.process_id = :process"
            ),
            {"process": process},
        ).scalars()
        connection.execute(
            update(tables.instance).where(tables.instance.c.key.in_(list(keys))).values(state=state)
        )


@pytest.mark.parametrize("state", ["", "{", "{}", "[]", "null", '{"v": 99}', '{"v":1,"tokens":[{"id":"x"}]}'])
def test_a_state_that_no_longer_restores_is_an_incident(small_case: CaseDesk, state: str) -> None:
    case, desk = small_case, small_case.desk
    start(case, "waits")
    start(case, "asks")
    for process in ("waits", "asks"):
        unreadable(desk, process, state)
    with pytest.raises(StepIncident, match="can't be restored"):
        tasks.complete(desk.engine, desk.member("caseworker"), case.task("ask").key, {})
    desk.clock.advance(DAY)
    assert sweep(desk.engine) == 1
    assert sweep(desk.engine) == 0
    assert {row.attempted for row in rows(desk, tables.incident)} == {
        "fire what is due",
        f"complete task {case.task('ask').key}",
    }
    assert all("Migrate" in row.remedy for row in rows(desk, tables.incident))
    assert [found for found in differences(desk) if "can't be restored" not in found] == []
    assert len(differences(desk)) == 2


def test_a_case_with_an_unreadable_state_can_still_be_read(small_case: CaseDesk) -> None:
    case, desk = small_case, small_case.desk
    start(case, "asks")
    unreadable(desk, "asks", "{}")
    who = desk.member("caseworker")
    assert cases.get_case(desk.engine, who, case.key).open_tasks == 2
    assert case.deadlines()
    assert case.task("ask").state == "CREATED"
    assert tasks.task_form(desk.engine, who, case.task("ask").key).key is None
    assert tasks.claim(desk.engine, who, case.task("ask").key).state == "ASSIGNED"


def test_a_request_that_cant_be_started_keeps_nothing(desk: Desk) -> None:
    deploy_small(desk, request_that_fails())
    before = everything(desk)
    with pytest.raises(Conflict, match="couldn't be started and nothing was kept"):
        desk.request()
    assert everything(desk) == before
    assert count(desk, tables.child) == 0


def test_what_the_database_refuses_is_an_incident(postgresql_url: str) -> None:
    with opened_desk(postgresql_url) as desk:
        deploy_small(desk, *small_processes())
        case = desk.request()
        key = start(case, "owed_by_nobody_storable")
        before = kept(desk)
        with pytest.raises(StepIncident, match="database refuses"):
            case.complete("ask")
        assert [row.instance_key for row in rows(desk, tables.incident)] == [key]
        assert kept(desk) == before
