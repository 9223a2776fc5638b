"""Suspended, resumed, cancelled: nothing is carried out meanwhile, nothing is lost, and no limit of law stops."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from api.process_definitions.schemas import ManyDone
from api.process_instances.schemas import InstanceDetail
from engine.services.audit import audit
from engine.services.check import check
from engine.services.sweep import next_due, sweep
from engine.store import control_tables, tables
from tests.api.asking import fields, problem
from tests.api.office import CASES, TASKS, Office, opened_office
from tests.api.test_contract import differences
from tests.api.test_process_control import (
    DEFINITIONS,
    INSTANCES,
    complete,
    definition,
    items,
    request_instance,
)
from tests.engine.services.drawing import deploy_small, small_processes, start
from tests.support.desk import CaseDesk

WHY = {"reason": "The diagram is being corrected."}
WEEK = timedelta(weeks=1)


@pytest.fixture
def office(sqlite_url: str) -> Iterator[Office]:
    with opened_office(sqlite_url) as opened:
        yield opened


def act(office: Office, key: str, verb: str, **more: Any) -> dict[str, Any]:
    response = office.caller("process_owner").post(f"{INSTANCES}/{key}/{verb}", {**WHY, **more})
    assert response.status_code == 200, response.text
    return dict(response.get_json())


def open_tasks(office: Office, case: str) -> list[dict[str, Any]]:
    return items(office.caller("caseworker"), f"{TASKS}?caseKey={case}&limit=200")


def events(office: Office, case: str, kind: str) -> list[dict[str, Any]]:
    query = select(tables.audit_event.c.body).where(tables.audit_event.c.case_key == int(case))
    with office.desk.engine.database.read() as connection:
        found = map(audit.parse, connection.execute(query.order_by(tables.audit_event.c.sequence)).scalars())
        return [event for event in found if event["event"] == kind]


def test_a_suspended_instance_says_so_and_its_tasks_can_not_be_completed(office: Office) -> None:
    case = office.registered_request()
    key = request_instance(office, case)
    answer = act(office, key, "suspend")
    assert differences(InstanceDetail, answer) == {}
    assert (answer["state"], answer["suspendedSince"]) == ("SUSPENDED", "2026-11-02T09:00:00Z")
    task = office.task(case, "collate_evidence")
    assert task["suspended"] is True
    body = {"answers": office.example(task["key"])}
    refused = office.caller("caseworker").post(f"{TASKS}/{task['key']}/complete", body)
    assert "suspended since" in problem(refused, 409, "suspended")["detail"]
    assert office.caller("caseworker").post(f"{TASKS}/{task['key']}/claim").status_code == 200
    act(office, key, "resume")
    assert office.task(case, "collate_evidence")["suspended"] is False
    complete(office, case, "collate_evidence")
    assert list(check(office.desk.engine)) == []


def test_its_timers_do_not_fire_but_limits_of_law_run_on_and_escalate(office: Office) -> None:
    case = office.registered_request()
    complete(office, case, "collate_evidence")
    key = request_instance(office, case)
    act(office, key, "suspend")
    office.desk.step_to(office.desk.clock.today() + 7 * WEEK)
    assert events(office, case, "timer:fired") == []
    late = items(office.caller("group_head"), f"/api/v1/escalations?caseKey={case}")
    assert {"reg5_decide_to_assess"} <= {thread["rule"] for thread in late if thread["reason"] == "missed"}
    assert office.task(case, "decide_assess")["suspended"] is True
    timer = next(
        each
        for each in office.caller("process_owner").get(f"{INSTANCES}/{key}").get_json()["elements"]
        if each["lateSeconds"]
    )
    assert timer["lateSeconds"] > 0
    due = next_due(office.desk.engine)
    assert due is None or due > office.desk.clock.now(), "the scheduler would run in circles"


def test_on_resuming_what_is_due_fires_once(office: Office) -> None:
    case = office.registered_request()
    complete(office, case, "collate_evidence")
    key = request_instance(office, case)
    act(office, key, "suspend")
    office.desk.jump_to(office.desk.clock.today() + 7 * WEEK)
    sweep(office.desk.engine)
    answer = act(office, key, "resume")
    assert (answer["state"], answer["suspendedSince"], answer["openIncidents"]) == ("ACTIVE", None, 0)
    (fired,) = events(office, case, "timer:fired")
    assert fired["details"]["late_seconds"] > 0
    sweep(office.desk.engine)
    assert len(events(office, case, "timer:fired")) == 1
    assert list(check(office.desk.engine)) == []


def test_a_limit_that_moves_meanwhile_moves_the_suspended_timer(office: Office) -> None:
    case = office.registered_request()
    key = request_instance(office, case)
    act(office, key, "suspend")
    earlier = office.desk.clock.today() - WEEK
    moved = {
        "anchor": "request_received_on",
        "date": earlier.isoformat(),
        "reason": "The letter was dated so.",
    }
    assert office.caller("caseworker").post(f"{CASES}/{case}/anchors", moved).status_code == 200
    with office.desk.engine.database.read() as connection:
        rows = connection.execute(select(tables.timer).where(tables.timer.c.instance_key == int(key))).all()
    assert rows
    assert all(row.suspended_at for row in rows)
    office.desk.step_to(office.desk.clock.today() + 7 * WEEK)
    assert events(office, case, "timer:fired") == []


def test_news_that_come_meanwhile_are_held_and_taken_in_order(office: Office) -> None:
    plan = office.bring_in_plan()
    office.begin_review(plan)
    owner = office.caller("process_owner")
    (watch,) = items(owner, f"{INSTANCES}?processDefinitionId=phase_transfer_watch")
    act(office, watch["key"], "suspend")
    ended = office.caller("caseworker").put(
        f"/api/v1/plans/{plan}/curriculum-year", {"year": 5, "reason": "Entered wrongly."}
    )
    assert ended.status_code in (200, 422), ended.text
    case = watch["caseKey"]
    held = events(office, case, "message:held")
    assert [event["details"]["instance"] for event in held] == [int(watch["key"])]
    answer = act(office, watch["key"], "resume")
    assert answer["openIncidents"] == 0
    taken = [event["details"]["instance"] for event in events(office, case, "message:received")]
    assert taken.count(int(watch["key"])) == 1
    with office.desk.engine.database.read() as connection:
        assert connection.execute(select(control_tables.held_event)).all() == []


def test_suspending_twice_and_resuming_what_runs_is_refused(office: Office) -> None:
    key = request_instance(office, office.registered_request())
    owner = office.caller("process_owner")
    problem(owner.post(f"{INSTANCES}/{key}/resume", WHY), 409, "conflict")
    version = act(office, key, "suspend")["version"]
    problem(owner.post(f"{INSTANCES}/{key}/suspend", WHY), 409, "conflict")
    stale = {"If-Match": f'"{version - 1}"'}
    problem(owner.post(f"{INSTANCES}/{key}/resume", WHY, headers=stale), 412, "version-mismatch")
    now = {"If-Match": f'"{version}"'}
    assert owner.post(f"{INSTANCES}/{key}/resume", WHY, headers=now).status_code == 200
    assert "reason" in fields(owner.post(f"{INSTANCES}/{key}/suspend", {"reason": "  "}))


def test_the_reason_is_kept_for_the_case_and_not_in_the_audit(office: Office) -> None:
    case = office.registered_request()
    act(office, request_instance(office, case), "suspend")
    (event,) = events(office, case, "process:suspended")
    assert WHY["reason"] not in str(event)
    query = select(tables.document.c.content).where(tables.document.c.kind == "reason")
    with office.desk.engine.database.read() as connection:
        assert any(WHY["reason"] in content for content in connection.execute(query).scalars())


def test_all_instances_of_a_version_are_suspended_and_resumed(office: Office) -> None:
    cases = [office.registered_request() for _ in range(3)]
    act(office, request_instance(office, cases[0]), "suspend")
    owner = office.caller("process_owner")
    address = f"{DEFINITIONS}/{definition(owner, 'request_to_plan')['key']}"
    answer = owner.post(f"{address}/suspend", WHY).get_json()
    assert differences(ManyDone, answer) == {}
    assert answer == {"done": 2, "refused": [], "left": 0}
    assert definition(owner, "request_to_plan")["suspendedInstances"] == 3
    assert len(items(owner, f"{INSTANCES}?state=SUSPENDED")) == 3
    assert owner.post(f"{address}/resume", WHY).get_json()["done"] == 3
    assert items(owner, f"{INSTANCES}?state=SUSPENDED") == []


# --- cancelling -------------------------------------------------------------------------------


def test_cancelling_what_keeps_a_limit_of_law_is_refused_and_names_the_limits(office: Office) -> None:
    case = office.registered_request()
    key = request_instance(office, case)
    refused = office.caller("process_owner").post(f"{INSTANCES}/{key}/cancel", WHY)
    told = problem(refused, 409, "deadline-orphaned")
    assert "reg5_decide_to_assess" in {each["rule"] for each in told["deadlines"]}
    assert open_tasks(office, case)


def test_insisting_cancels_and_the_limits_run_on_and_escalate(office: Office) -> None:
    case = office.registered_request()
    key = request_instance(office, case)
    answer = act(office, key, "cancel", force=True)
    assert (answer["state"], answer["elements"]) == ("CANCELED", [])
    assert open_tasks(office, case) == []
    (event,) = events(office, case, "process:cancelled")
    assert "reg5_decide_to_assess" in event["details"]["limits"]
    office.desk.step_to(office.desk.clock.today() + 7 * WEEK)
    late = items(office.caller("group_head"), f"/api/v1/escalations?caseKey={case}")
    assert "reg5_decide_to_assess" in {thread["rule"] for thread in late}
    again = office.caller("process_owner").post(f"{INSTANCES}/{key}/cancel", WHY)
    assert "has ended" in problem(again, 409, "conflict")["detail"]
    assert list(check(office.desk.engine)) == []


def test_what_keeps_no_limit_is_cancelled_with_a_reason_alone(office: Office) -> None:
    office.bring_in_plan()
    owner = office.caller("process_owner")
    (watch,) = items(owner, f"{INSTANCES}?processDefinitionId=phase_transfer_watch")
    act(office, watch["key"], "suspend")
    assert act(office, watch["key"], "cancel")["state"] == "CANCELED"


def test_only_those_who_look_after_processes_may(office: Office) -> None:
    key = request_instance(office, office.registered_request())
    for role in ("caseworker", "auditor", "service_manager"):
        for verb in ("suspend", "resume", "cancel"):
            problem(office.caller(role).post(f"{INSTANCES}/{key}/{verb}", WHY), 403, "not-permitted")


def test_what_could_not_be_given_on_resuming_is_given_when_the_incident_is_retried(office: Office) -> None:
    deploy_small(office.desk, *small_processes())
    case = office.registered_request()
    instance = str(start(CaseDesk(office.desk, case, ""), "fails_when_heard"))
    act(office, instance, "suspend")
    owner = office.caller("process_owner")
    told = owner.post("/api/v1/messages", {"name": "m", "caseKey": case}).get_json()
    assert [each["held"] for each in told["receivers"]] == [True]
    answer = act(office, instance, "resume")
    assert (answer["state"], answer["openIncidents"]) == ("ACTIVE", 1)
    assert [each["elementId"] for each in answer["elements"]] == ["hear"]
    today = office.desk.clock.today().isoformat()
    came = {
        "anchor": "advice_request_received_on",
        "date": today,
        "reason": "It came.",
        "occurrence": "camhs",
    }
    assert office.caller("caseworker").post(f"{CASES}/{case}/anchors", came).status_code == 200
    (incident,) = items(owner, f"/api/v1/incidents?processInstanceKey={instance}")
    assert owner.post(f"/api/v1/incidents/{incident['key']}/retry").get_json()["nextIncidentKey"] is None
    assert "hear" not in [
        each["elementId"] for each in owner.get(f"{INSTANCES}/{instance}").get_json()["elements"]
    ]
    assert items(owner, "/api/v1/messages?waitingFor=instance") == []
    assert list(check(office.desk.engine)) == []
