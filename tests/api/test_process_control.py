"""What process owners see: versions, diagrams, running processes and their figures; and no child."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from api.process_definitions.schemas import DefinitionDetail, DefinitionPage, DefinitionStatistics
from api.process_instances.schemas import (
    CallHierarchy,
    HistoryPage,
    InstanceDetail,
    InstancePage,
    Variables,
)
from engine.config import ROOT
from tests.api.asking import Caller, fields, problem
from tests.api.office import TASKS, Office, opened_office
from tests.api.test_contract import differences
from tests.support.databases import Databases

DEFINITIONS = "/api/v1/process-definitions"
INSTANCES = "/api/v1/process-instances"


@pytest.fixture
def fresh(sqlite_url: str) -> Iterator[Office]:
    """An office with nothing in it yet."""
    with opened_office(sqlite_url) as opened:
        yield opened


@pytest.fixture(scope="module")
def owner(office: Office) -> Caller:
    return office.caller("process_owner")


def items(caller: Caller, path: str) -> list[dict[str, Any]]:
    response = caller.get(path)
    assert response.status_code == 200, response.text
    return list(response.get_json()["items"])


def request_instance(office: Office, case_key: str) -> str:
    found = items(office.caller("process_owner"), f"{INSTANCES}?caseKey={case_key}")
    return str(found[-1]["key"])


def complete(office: Office, case_key: str, element_id: str) -> None:
    key = office.task(case_key, element_id)["key"]
    who = office.caller("decision_maker" if element_id.startswith("decide") else "caseworker")
    done = who.post(f"{TASKS}/{key}/complete", {"answers": office.example(key)})
    assert done.status_code == 200, done.text


def definition(caller: Caller, process_id: str) -> dict[str, Any]:
    return items(caller, f"{DEFINITIONS}?latest=true&processDefinitionId={process_id}")[0]


# --- definitions ------------------------------------------------------------------------------


def test_definitions_are_listed_by_process_and_read_with_their_files(office: Office, owner: Caller) -> None:
    page = owner.get(f"{DEFINITIONS}?limit=200").get_json()
    assert differences(DefinitionPage, page) == {}
    names = [item["processDefinitionId"] for item in page["items"]]
    assert names == sorted(names)
    assert {"request_to_plan", "advice", "annual_review"} <= set(names)
    found = owner.get(f"{DEFINITIONS}/{definition(owner, 'request_to_plan')['key']}").get_json()
    assert differences(DefinitionDetail, found) == {}
    assert {"id": "decide_assess", "resourceName": "decide_assess.form"} in found["forms"]
    assert {"id": "who_is_told", "resourceName": "who_is_told.dmn"} in found["decisions"]
    assert "consult_setting" in found["calls"]


def test_definitions_come_in_pages_that_join(owner: Caller) -> None:
    whole = items(owner, f"{DEFINITIONS}?limit=200")
    found, cursor = [], ""
    while cursor is not None:
        page = owner.get(f"{DEFINITIONS}?limit=5{cursor and '&cursor=' + cursor}").get_json()
        found += page["items"]
        cursor = page["page"]["endCursor"]
    assert found == whole


def test_a_diagram_is_given_byte_for_byte(owner: Caller) -> None:
    key = definition(owner, "advice")["key"]
    response = owner.get(f"{DEFINITIONS}/{key}/xml")
    assert response.content_type.startswith("application/xml")
    assert response.data == (ROOT / "bpmn" / "advice.bpmn").read_bytes()


def test_figures_follow_the_tokens(fresh: Office) -> None:
    owner = fresh.caller("process_owner")
    cases = [fresh.registered_request() for _ in range(3)]
    complete(fresh, cases[0], "collate_evidence")
    address = f"{DEFINITIONS}/{definition(owner, 'request_to_plan')['key']}/statistics"
    answer = owner.get(address).get_json()
    assert differences(DefinitionStatistics, answer) == {}
    figures = {item["elementId"]: item for item in answer["elements"]}
    assert (answer["instances"], answer["unreadable"]) == (3, 0)
    assert figures["decide_assess"]["open"] == 1
    assert figures["collate_evidence"]["open"] == 2
    assert figures["plan_decision_due"]["listening"] == 3
    assert figures["decide_assess"]["overdue"] == 0
    fresh.desk.jump_to(fresh.desk.clock.today() + timedelta(weeks=7))
    late = {item["elementId"]: item for item in owner.get(address).get_json()["elements"]}
    assert late["decide_assess"]["overdue"] == 1


def test_of_a_called_process_the_runs_inside_its_callers_count(fresh: Office) -> None:
    owner = fresh.caller("process_owner")
    case = fresh.registered_request()
    for element in ("collate_evidence", "decide_assess", "choose_advice"):
        complete(fresh, case, element)
    figures = owner.get(f"{DEFINITIONS}/{definition(owner, 'advice')['key']}/statistics").get_json()
    assert figures["instances"] == 1
    open_advice = [item for item in figures["elements"] if item["open"]]
    tasks = fresh.caller("caseworker").get(f"{TASKS}?caseKey={case}&limit=200").get_json()["items"]
    assert open_advice
    for item in open_advice:
        if item["type"] == "userTask":
            assert item["open"] == sum(task["elementId"] == item["elementId"] for task in tasks)


# --- instances --------------------------------------------------------------------------------


def test_instances_are_found_by_what_they_are(fresh: Office) -> None:
    owner = fresh.caller("process_owner")
    case = fresh.registered_request()
    fresh.bring_in_plan()
    page = owner.get(f"{INSTANCES}?limit=200").get_json()
    assert differences(InstancePage, page) == {}
    started = {item["processDefinitionId"]: item for item in page["items"]}
    assert {"request_to_plan", "review_schedule"} <= set(started)
    key = definition(owner, "request_to_plan")["key"]
    for query in (
        f"caseKey={case}",
        f"processDefinitionKey={key}",
        "processDefinitionId=request_to_plan&version=1",
        "elementId=collate_evidence",
    ):
        found = items(owner, f"{INSTANCES}?{query}")
        assert [item["processDefinitionId"] for item in found] == ["request_to_plan"], query
    today = fresh.desk.clock.today()
    assert items(owner, f"{INSTANCES}?startedFrom={today}") == page["items"]
    assert items(owner, f"{INSTANCES}?startedBefore={today}") == []
    ended = items(owner, f"{INSTANCES}?endedFrom={today}")
    assert [item["key"] for item in page["items"] if item["endDate"]] == [item["key"] for item in ended]
    assert items(owner, f"{INSTANCES}?state=SUSPENDED") == []
    assert items(owner, f"{INSTANCES}?withIncident=true") == []
    assert len(items(owner, f"{INSTANCES}?withIncident=false")) == len(page["items"])


def test_instances_that_ended_say_so(fresh: Office) -> None:
    owner = fresh.caller("process_owner")
    case, today = fresh.registered_request(), fresh.desk.clock.today()
    gone = {"withdrawnOn": today.isoformat(), "reason": "The family moved away."}
    assert fresh.caller("caseworker").post(f"/api/v1/cases/{case}/withdrawal", gone).status_code == 200
    (ended,) = items(owner, f"{INSTANCES}?state=CANCELED")
    assert ended["caseKey"] == case
    assert ended["endDate"]
    assert items(owner, f"{INSTANCES}?endedFrom={today}&endedBefore={today + timedelta(1)}") == [ended]
    read = owner.get(f"{INSTANCES}/{ended['key']}").get_json()
    assert read["elements"] == []


def test_an_instance_shows_everything_that_is_open_in_it(office: Office, owner: Caller) -> None:
    case = office.registered_request()
    key = request_instance(office, case)
    response = owner.get(f"{INSTANCES}/{key}")
    answer = response.get_json()
    assert differences(InstanceDetail, answer) == {}
    assert response.headers["ETag"] == f'"{answer["version"]}"'
    elements = {item["elementId"]: item for item in answer["elements"]}
    task = office.task(case, "collate_evidence")
    assert elements["collate_evidence"]["state"] == "active"
    assert elements["collate_evidence"]["taskKey"] == task["key"]
    assert elements["collate_evidence"]["elementName"] == task["name"]
    timer = elements["plan_decision_due"]
    assert (timer["state"], timer["rule"]) == ("listening", "reg10_decide_no_plan")
    assert timer["dueAt"] == "2027-02-23T00:00:00Z"
    assert timer["lateSeconds"] is None


def test_what_is_open_inside_called_processes_says_where(office: Office, owner: Caller) -> None:
    case = office.registered_request()
    for element in ("collate_evidence", "decide_assess", "choose_advice"):
        complete(office, case, element)
    key = request_instance(office, case)
    answer = owner.get(f"{INSTANCES}/{key}").get_json()
    inside = [item for item in answer["elements"] if item["processId"] == "advice"]
    assert inside
    holders = {item["token"] for item in answer["elements"] if item["type"] == "callActivity"}
    assert {item["scopeToken"] for item in inside if item["scopeToken"]} <= holders | {
        item["token"] for item in inside
    }
    calls = owner.get(f"{INSTANCES}/{key}/call-hierarchy").get_json()
    assert differences(CallHierarchy, calls) == {}
    children = calls["instance"]["children"]
    assert "advice" in {child["processId"] for child in children}
    assert {child["processInstanceKey"] for child in children} == {key}


def test_an_instance_knows_on_whose_behalf_it_began(fresh: Office) -> None:
    owner = fresh.caller("process_owner")
    fresh.begin_review(fresh.bring_in_plan())
    (review,) = items(owner, f"{INSTANCES}?processDefinitionId=annual_review")
    parent = review["parentProcessInstanceKey"]
    (schedule,) = items(owner, f"{INSTANCES}?processDefinitionId=review_schedule")
    assert parent == schedule["key"]
    begun = [item["key"] for item in items(owner, f"{INSTANCES}?parentProcessInstanceKey={parent}")]
    assert review["key"] in begun
    calls = owner.get(f"{INSTANCES}/{review['key']}/call-hierarchy").get_json()
    assert calls["ancestors"] == [parent]
    above = owner.get(f"{INSTANCES}/{parent}/call-hierarchy").get_json()
    assert review["key"] in [child["processInstanceKey"] for child in above["instance"]["children"]]


def test_history_tells_what_happened_in_order_and_in_pages_that_join(office: Office, owner: Caller) -> None:
    case = office.registered_request()
    complete(office, case, "collate_evidence")
    address = f"{INSTANCES}/{request_instance(office, case)}/history"
    whole = owner.get(f"{address}?limit=200").get_json()
    assert differences(HistoryPage, whole) == {}
    told = [(item["elementId"], item["event"]) for item in whole["items"]]
    assert told[0] == ("request_made", "entered")
    assert told.index(("collate_evidence", "entered")) < told.index(("collate_evidence", "completed"))
    assert told.index(("collate_evidence", "completed")) < told.index(("decide_assess", "entered"))
    assert {item["membershipKey"] for item in whole["items"]} != {None}
    found, cursor = [], ""
    while cursor is not None:
        page = owner.get(f"{address}?limit=4{cursor and '&cursor=' + cursor}").get_json()
        found += page["items"]
        cursor = page["page"]["endCursor"]
    assert found == whole["items"]


def test_a_process_owner_sees_no_content_of_a_case(office: Office, owner: Caller) -> None:
    case = office.registered_request()
    address = f"{INSTANCES}/{request_instance(office, case)}"
    answer = owner.get(f"{address}/variables").get_json()
    assert differences(Variables, answer) == {}
    seen = {item["name"]: item["value"] for item in answer["items"] if not item["hidden"]}
    assert seen == {"caseKey": case}
    assert {item["value"] for item in answer["items"] if item["hidden"]} == {None}
    assert {"lookedAfter", "nationalCurriculumYear"} <= {item["name"] for item in answer["items"]}
    whole = office.caller("administrator").get(f"{address}/variables").get_json()
    assert {item["name"]: item["value"] for item in whole["items"]}["nationalCurriculumYear"] == 3
    child = office.caller("caseworker").get(f"/api/v1/cases/{case}").get_json()["child"]
    for path in ("", "/history", "/call-hierarchy", "/variables"):
        text = owner.get(f"{address}{path}").text
        assert child["givenName"] not in text
        assert child["familyName"] not in text


@pytest.mark.parametrize("path", [DEFINITIONS, INSTANCES])
def test_the_lists_hold_nothing_of_other_authorities(office: Office, path: str) -> None:
    office.registered_request()
    neighbour = office.neighbour("administrator")
    assert neighbour.get(path).get_json() == {"items": [], "page": {"endCursor": None}}


def test_filters_that_can_not_be_are_refused(owner: Caller) -> None:
    assert "state" in fields(owner.get(f"{INSTANCES}?state=RUNNING"))
    assert "cursor" in fields(owner.get(f"{INSTANCES}?cursor=abc"))
    problem(owner.get(f"{INSTANCES}?stat=ACTIVE"), 422, "bad-input")


def test_both_databases_answer_alike(databases: Databases) -> None:
    answers = []
    for backend in ("sqlite", "postgresql"):
        with databases.migrated(backend) as url, opened_office(url) as office:
            owner = office.caller("process_owner")
            case = office.registered_request()
            key = request_instance(office, case)
            stands = f"{DEFINITIONS}/{definition(owner, 'request_to_plan')['key']}/statistics"
            asked = (
                f"{INSTANCES}?elementId=collate_evidence&withIncident=false",
                f"{INSTANCES}/{key}",
                stands,
            )
            answers.append([owner.get(path).get_json() for path in (*asked, f"{INSTANCES}/{key}/history")])
    assert answers[0] == answers[1]
