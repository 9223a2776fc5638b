"""What a case rests on, why a limit is due when it is, whom a case is about, and what it is related to."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from api.children.schemas import Child, ChildPage
from api.records.schemas import AnchorPage, DeadlineWithHistory, RecordedExceptionPage, Related
from api.requests.schemas import NEW_REQUEST
from tests.api.asking import Caller, fields, problem
from tests.api.office import CASES, Office
from tests.api.test_contract import differences

CHILDREN = "/api/v1/children"


@pytest.fixture
def worker(office: Office) -> Caller:
    return office.caller("caseworker")


@pytest.fixture
def case(office: Office) -> str:
    received = office.desk.clock.today() - timedelta(days=7)
    return office.registered_request(settingUrn="103001", receivedOn=received.isoformat())


def limit(caller: Caller, case: str, rule: str) -> dict[str, Any]:
    listed = caller.get(f"{CASES}/{case}/deadlines").get_json()["items"]
    return next(dict(each) for each in listed if each["rule"] == rule)


# --- limits --------------------------------------------------------------------------------------


def test_a_limit_tells_each_change_with_the_day_before_and_after_and_why(
    office: Office, worker: Caller, case: str
) -> None:
    before = limit(worker, case, "reg5_decide_to_assess")
    received = date.fromisoformat(before["anchoredOn"])
    earlier = (received - timedelta(days=3)).isoformat()
    correction = {"anchor": "request_received_on", "date": earlier, "reason": "The stamp on the letter."}
    assert worker.post(f"{CASES}/{case}/anchors", correction).status_code == 200
    exception = {
        "code": "EX_ABSENT_4W", "rules": ["reg5_decide_to_assess"], "from": earlier,
        "evidence": "A letter from the family.", "impracticalBecause": "Nobody could be seen.",
    }  # fmt: skip
    assert worker.post(f"{CASES}/{case}/exceptions", exception).status_code == 200, "the rule takes it"

    answer = worker.get(f"/api/v1/deadlines/{before['key']}")
    found = answer.get_json()
    assert differences(DeadlineWithHistory, found) == {}
    assert found["caseKey"] == case
    assert found["deadline"] == limit(worker, case, "reg5_decide_to_assess")
    told = {entry["event"]: entry for entry in found["history"]}
    assert list(told) == [
        "anchor:recorded", "deadline:opened", "anchor:corrected", "deadline:moved", "exception:recorded",
    ]  # fmt: skip
    moved = told["deadline:moved"]
    assert (moved["before"], moved["after"]) == (before["dueOn"], found["deadline"]["dueOn"])
    assert moved["because"] == f"request_received_on was corrected from {received} to {earlier}."
    assert (told["anchor:corrected"]["before"], told["anchor:corrected"]["after"]) == (str(received), earlier)
    assert (
        told["anchor:corrected"]["actor"]
        == worker.get(f"{CASES}/{case}/timeline").get_json()["items"][0]["actor"]
    )
    assert "stamp" not in answer.text


def test_an_agency_reads_the_limits_that_it_owes_and_no_others(
    office: Office, worker: Caller, case: str
) -> None:
    setting = office.caller("setting_contact", "urn:103001")
    own = setting.get(f"{CASES}/{case}/deadlines").get_json()["items"]
    theirs = limit(worker, case, "reg5_decide_to_assess")
    problem(setting.get(f"/api/v1/deadlines/{theirs['key']}"), 404, "not-found")
    for each in own:
        found = setting.get(f"/api/v1/deadlines/{each['key']}").get_json()
        assert {entry["actor"] for entry in found["history"]} <= {None, "the engine"}
    names = {each["anchor"] for each in setting.get(f"{CASES}/{case}/anchors").get_json()["items"]}
    assert names == {each["anchor"] for each in own} - {None}


def test_facts_and_exceptions_are_listed_and_what_shows_them_is_the_send_teams(
    office: Office, worker: Caller, case: str
) -> None:
    facts = worker.get(f"{CASES}/{case}/anchors").get_json()
    assert differences(AnchorPage, facts) == {}
    assert facts["items"][0]["anchor"] == "request_received_on"
    assert facts["items"][0]["title"]
    assert worker.get(f"{CASES}/{case}/exceptions").get_json()["items"] == []
    received = facts["items"][0]["on"]
    exception = {
        "code": "EX_ABSENT_4W", "rules": ["reg5_decide_to_assess"], "from": received,
        "evidence": "A letter from the family.", "impracticalBecause": "Nobody could be seen.",
    }  # fmt: skip
    worker.post(f"{CASES}/{case}/exceptions", exception)
    recorded = worker.get(f"{CASES}/{case}/exceptions").get_json()
    assert differences(RecordedExceptionPage, recorded) == {}
    assert recorded["items"][0]["evidence"] == "A letter from the family."
    setting = office.caller("setting_contact", "urn:103001")
    assert "letter" not in setting.get(f"{CASES}/{case}/exceptions").text


def test_a_timeline_is_narrowed(office: Office, worker: Caller, case: str) -> None:
    def events(query: str) -> list[str]:
        answer = worker.get(f"{CASES}/{case}/timeline?limit=200&{query}")
        return [entry["event"] for entry in answer.get_json()["items"]]

    everything = events("")
    assert set(events("event=deadline")) == {name for name in everything if name.startswith("deadline:")}
    assert set(events("event=task:completed")) == {"task:completed"}
    assert events("organisation=camhs") == []
    assert set(events("elementId=register_request")) >= {"task:created", "task:completed"}
    today = office.desk.clock.today()
    assert events(f"since={today}") == everything
    assert events(f"before={today}") == []
    assert set(fields(worker.get(f"{CASES}/{case}/timeline?event=Bad!"))) == {"event"}


# --- related -------------------------------------------------------------------------------------


def test_cases_are_related_by_an_explicit_link_alone(office: Office, worker: Caller, case: str) -> None:
    other, third = office.raise_request(), office.raise_request()
    alone = worker.get(f"{CASES}/{case}/related").get_json()
    assert differences(Related, alone) == {}
    assert alone["cases"] == []
    assert [each["processDefinitionId"] for each in alone["processes"]] == ["request_to_plan"]
    linked = worker.post(f"{CASES}/{case}/related", {"caseKey": other, "kind": "siblings"})
    assert linked.status_code == 201
    (link,) = linked.get_json()["cases"]
    assert (link["caseKey"], link["kind"]) == (other, "siblings")
    assert worker.get(f"{CASES}/{other}/related").get_json()["cases"][0]["caseKey"] == case
    assert worker.get(f"{CASES}/{third}/related").get_json()["cases"] == []
    problem(worker.post(f"{CASES}/{other}/related", {"caseKey": case, "kind": "siblings"}), 409, "conflict")
    for wrong in (case, "999999"):
        answer = worker.post(f"{CASES}/{case}/related", {"caseKey": wrong, "kind": "siblings"})
        assert set(fields(answer)) == {"caseKey"}
    setting = office.caller("setting_contact", "urn:103001")
    assert setting.get(f"{CASES}/{case}/related").get_json()["cases"] == []
    assert worker("DELETE", f"{CASES}/{other}/related/{link['key']}").status_code == 204
    assert worker.get(f"{CASES}/{case}/related").get_json()["cases"] == []
    problem(worker("DELETE", f"{CASES}/{other}/related/{link['key']}"), 404, "not-found")
    told = [entry["event"] for entry in worker.get(f"{CASES}/{other}/timeline").get_json()["items"]]
    assert told[-2:] == ["case:linked", "case:unlinked"]


# --- children ------------------------------------------------------------------------------------


def raised(office: Office, **child: Any) -> str:
    return office.raise_request(child={**NEW_REQUEST["child"], **child})


def found(caller: Caller, **sought: Any) -> list[str]:
    answer = caller.post(f"{CHILDREN}/search", sought)
    assert answer.status_code == 200, answer.text
    assert differences(ChildPage, answer.get_json()) == {}
    return [key for child in answer.get_json()["items"] for key in child["caseKeys"]]


def test_a_child_is_found_by_what_is_known(office: Office, worker: Caller) -> None:
    case = raised(
        office, givenName="Zoë-Anne", familyName="van Quick", dateOfBirth="2016-02-29", nhsNumber=None
    )
    assert found(worker, name="quick zoe\u0308") == [case]
    assert found(worker, name="VAN Zoë") == [case]
    assert found(worker, name="uick") == []
    assert found(worker, name="100% _") == []
    assert case in found(worker, dateOfBirth="2016-02-29")
    assert found(worker, name="quick", dateOfBirth="2016-03-01") == []
    assert found(office.neighbour(), name="quick") == []
    assert found(office.caller("professional", "camhs"), name="quick") == []
    problem(worker.post(f"{CHILDREN}/search", {}), 422, "bad-input")
    problem(
        office.caller("operational_board").post(f"{CHILDREN}/search", {"name": "q"}), 403, "not-permitted"
    )


def test_found_children_come_in_pages(office: Office, worker: Caller) -> None:
    cases = [raised(office, familyName="Pagewise", upn=None, nhsNumber=None) for _ in range(3)]
    first = worker.post(f"{CHILDREN}/search", {"name": "pagewise", "limit": 2}).get_json()
    cursor = first["page"]["endCursor"]
    rest = worker.post(f"{CHILDREN}/search", {"name": "pagewise", "limit": 2, "cursor": cursor}).get_json()
    assert [key for page in (first, rest) for child in page["items"] for key in child["caseKeys"]] == cases
    assert rest["page"]["endCursor"] is None


def test_what_is_recorded_of_a_child_is_put_right_by_field(office: Office, worker: Caller) -> None:
    case = raised(office, familyName="Mistyped")
    (child,) = worker.post(f"{CHILDREN}/search", {"name": "mistyped"}).get_json()["items"]
    address = f"{CHILDREN}/{child['key']}"
    read = worker.get(address)
    assert differences(Child, read.get_json()) == {}
    change = {"familyName": "Typedright", "reference": "SEN-4711"}
    put = worker("PATCH", address, json=change, headers={"If-Match": read.headers["ETag"]})
    assert put.get_json()["familyName"] == "Typedright"
    assert put.headers["ETag"] == '"2"'
    stale = worker("PATCH", address, json={"reference": None}, headers={"If-Match": read.headers["ETag"]})
    problem(stale, 412, "version-mismatch")
    assert found(worker, reference="SEN-4711") == found(worker, name="typedright") == [case]
    assert found(worker, name="mistyped") == []
    problem(worker.patch(address, {}), 422, "bad-input")
    problem(worker.patch(address, change), 422, "bad-input")
    tomorrow = (office.desk.clock.today() + timedelta(days=1)).isoformat()
    assert set(fields(worker.patch(address, {"dateOfBirth": tomorrow}))) == {"dateOfBirth"}
    entries = worker.get(f"{CASES}/{case}/timeline?event=child").get_json()["items"]
    assert [entry["event"] for entry in entries] == ["child:read", "child:corrected"]
    assert entries[-1]["details"] == {"child": int(child["key"]), "changed": ["family_name", "reference"]}
    assert "typed" not in str(entries).lower()
    assert worker.get(f"{CASES}/{case}").get_json()["child"]["familyName"] == "Typedright"
