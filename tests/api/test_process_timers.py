"""Timers and messages over HTTP: what is due and late, moving what the law doesn't, telling who waits."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from api.messages.schemas import KeptMessagePage, MessageResult
from api.timers.schemas import TimerMoved, TimerPage
from engine.services.check import check
from engine.services.sweep import sweep
from tests.api.asking import fields, problem
from tests.api.office import Office, opened_office
from tests.api.test_contract import differences
from tests.api.test_process_control import INSTANCES, items, request_instance
from tests.api.test_process_suspension import WHY, act, events
from tests.engine.services.drawing import deploy_small, small_processes, start
from tests.support.desk import CaseDesk

TIMERS = "/api/v1/timers"
MESSAGES = "/api/v1/messages"


@pytest.fixture
def office(sqlite_url: str) -> Iterator[Office]:
    with opened_office(sqlite_url) as opened:
        deploy_small(opened.desk, *small_processes())
        yield opened


def started(office: Office, process_id: str, case: str | None = None) -> tuple[str, str]:
    """A case and a small process that works on it: their keys."""
    case = case or office.raise_request()
    return case, str(start(CaseDesk(office.desk, case, ""), process_id))


def tell(office: Office, **body: Any) -> Any:
    return office.caller("process_owner").post(MESSAGES, body)


# --- timers -----------------------------------------------------------------------------------


def test_timers_are_listed_the_one_due_first_first_and_late_ones_say_so(office: Office) -> None:
    owner = office.caller("process_owner")
    case, instance = started(office, "waits")
    page = owner.get(f"{TIMERS}?limit=200").get_json()
    assert differences(TimerPage, page) == {}
    dues = [timer["dueAt"] for timer in page["items"]]
    assert dues == sorted(dues)
    found, cursor = [], ""
    while cursor is not None:
        part = owner.get(f"{TIMERS}?limit=1{cursor and '&cursor=' + cursor}").get_json()
        found += part["items"]
        cursor = part["page"]["endCursor"]
    assert found == page["items"]
    tomorrow = office.desk.clock.today() + timedelta(days=2)
    for query, number in {
        f"processInstanceKey={instance}": 1,
        "processDefinitionId=waits": 1,
        f"caseKey={case}": len(page["items"]),
        f"dueBefore={tomorrow}": 1,
        "rule=reg13_2_final_20w": 1,
        "elementId=wait": 1,
        "overdue=true": 0,
        "overdue=false": len(page["items"]),
    }.items():
        assert len(items(owner, f"{TIMERS}?{query}")) == number, query
    office.desk.clock.advance(timedelta(days=1, hours=1))
    (late,) = items(owner, f"{TIMERS}?overdue=true")
    assert (late["elementId"], late["lateSeconds"]) == ("wait", 3600)


def test_a_timer_of_no_limit_is_moved_with_a_reason_and_fires_then(office: Office) -> None:
    owner = office.caller("process_owner")
    case, instance = started(office, "waits")
    (timer,) = items(owner, f"{TIMERS}?processInstanceKey={instance}")
    address = f"{INSTANCES}/{instance}/timers/{timer['token']}/due-date"
    body = {"dueAt": "2026-11-06T09:00:00Z", "reason": "The school is closed."}
    moved = owner.put(address, body).get_json()
    assert differences(TimerMoved, moved) == {}
    assert (moved["before"], moved["after"]) == (timer["dueAt"], "2026-11-06T09:00:00Z")
    assert items(owner, f"{TIMERS}?processInstanceKey={instance}")[0]["dueAt"] == body["dueAt"]
    office.desk.clock.advance(timedelta(days=2))
    sweep(office.desk.engine)
    assert events(office, case, "timer:fired") == []
    office.desk.clock.advance(timedelta(days=2))
    sweep(office.desk.engine)
    assert [event["element"] for event in events(office, case, "timer:fired")] == ["wait"]
    assert list(check(office.desk.engine)) == []


def test_a_timer_that_watches_a_limit_moves_only_by_law(office: Office) -> None:
    owner = office.caller("process_owner")
    instance = request_instance(office, office.registered_request())
    timer = items(owner, f"{TIMERS}?processInstanceKey={instance}")[0]
    assert timer["rule"]
    address = f"{INSTANCES}/{instance}/timers/{timer['token']}"
    body = {"dueAt": "2027-06-01T09:00:00Z", "reason": "More time is needed."}
    assert "moves only by law" in problem(owner.put(f"{address}/due-date", body), 409, "conflict")["detail"]
    again = owner.post(f"{address}/recalculate", WHY).get_json()
    assert again["before"] == again["after"] == timer["dueAt"]


def test_what_can_not_be_is_refused(office: Office) -> None:
    owner = office.caller("process_owner")
    _, instance = started(office, "waits")
    (timer,) = items(owner, f"{TIMERS}?processInstanceKey={instance}")
    address = f"{INSTANCES}/{instance}/timers/{timer['token']}"
    past = {"dueAt": "2026-11-01T09:00:00Z", "reason": "Sooner."}
    assert "dueAt" in fields(owner.put(f"{address}/due-date", past))
    later = {"dueAt": "2026-12-01T09:00:00Z", "reason": " "}
    assert "reason" in fields(owner.put(f"{address}/due-date", later))
    nowhere = f"{INSTANCES}/{instance}/timers/999/due-date"
    problem(owner.put(nowhere, {**later, "reason": "Later."}), 404, "not-found")
    refused = problem(owner.post(f"{address}/recalculate", WHY), 409, "conflict")
    assert "counts from when it began" in refused["detail"]
    problem(office.caller("auditor").put(f"{address}/due-date", later), 403, "not-permitted")


# --- messages ---------------------------------------------------------------------------------


def test_a_message_reaches_the_one_that_waits(office: Office) -> None:
    case, instance = started(office, "hears")
    answer = tell(office, name="m", caseKey=case).get_json()
    assert differences(MessageResult, answer) == {}
    assert answer == {
        "name": "m",
        "receivers": [{"processInstanceKey": instance, "caseKey": case, "held": False}],
        "kept": False,
    }
    assert office.task(case, "heard")
    assert [event["details"]["instance"] for event in events(office, case, "message:received")] == [
        int(instance)
    ]


def test_where_several_wait_one_is_named_or_it_goes_to_all(office: Office) -> None:
    case, first = started(office, "hears")
    _, second = started(office, "overhears", case)
    detail = problem(tell(office, name="m", caseKey=case), 409, "conflict")["detail"]
    assert first in detail
    assert second in detail
    named = tell(office, name="m", processInstanceKey=second).get_json()
    assert [each["processInstanceKey"] for each in named["receivers"]] == [second]
    started(office, "overhears", case)
    answer = tell(office, name="m", caseKey=case, toAll=True).get_json()
    assert len(answer["receivers"]) == 2
    assert list(check(office.desk.engine)) == []


def test_what_nobody_waits_for_is_refused_or_kept_by_its_case(office: Office) -> None:
    case = office.raise_request()
    problem(tell(office, name="m", caseKey=case), 409, "nobody-waits")
    answer = tell(office, name="m", caseKey=case, keep=True).get_json()
    assert (answer["receivers"], answer["kept"]) == ([], True)
    owner = office.caller("process_owner")
    page = owner.get(MESSAGES).get_json()
    assert differences(KeptMessagePage, page) == {}
    assert [(each["name"], each["caseKey"]) for each in page["items"]] == [("m", case)]
    started(office, "hears", case)
    assert office.task(case, "heard")
    assert items(owner, MESSAGES) == []
    assert "caseKey" in fields(tell(office, name="m", keep=True))
    assert "caseKey" in fields(tell(office, name="m", keep=True, caseKey="999999"))


def test_a_suspended_instance_gets_it_when_it_goes_on(office: Office) -> None:
    case, instance = started(office, "hears")
    act(office, instance, "suspend")
    answer = tell(office, name="m", caseKey=case).get_json()
    assert [each["held"] for each in answer["receivers"]] == [True]
    (waiting,) = items(office.caller("process_owner"), f"{MESSAGES}?waitingFor=instance&name=m")
    assert (waiting["processInstanceKey"], waiting["caseKey"]) == (instance, case)
    act(office, instance, "resume")
    assert office.task(case, "heard")
    assert items(office.caller("process_owner"), f"{MESSAGES}?waitingFor=instance") == []


@pytest.mark.parametrize("value", ["Ada Example", "x" * 81, "2026-02-30", [1], {"a": 1}])
def test_nothing_that_somebody_wrote_goes_into_a_process(office: Office, value: Any) -> None:
    case, _ = started(office, "hears")
    assert fields(tell(office, name="m", caseKey=case, variables={"said": value}))


def test_codes_days_and_numbers_arrive(office: Office) -> None:
    case, instance = started(office, "hears")
    given = {"outcome": "agreed", "on": "2026-11-02", "number": 3, "yes": True}
    assert tell(office, name="m", caseKey=case, variables=given).status_code == 200
    whole = office.caller("administrator").get(f"{INSTANCES}/{instance}/variables").get_json()["items"]
    assert {each["name"]: each["value"] for each in whole} | given == {
        each["name"]: each["value"] for each in whole
    }


def test_the_neighbours_processes_are_not_told(office: Office) -> None:
    case, _ = started(office, "hears")
    neighbour = office.neighbour("administrator")
    problem(neighbour.post(MESSAGES, {"name": "m", "caseKey": case}), 409, "nobody-waits")
    assert neighbour.get(TIMERS).get_json()["items"] == []
    assert neighbour.get(MESSAGES).get_json()["items"] == []
