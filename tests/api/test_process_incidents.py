"""Incidents over HTTP: found, taken in hand, noted on, retried one by one and together."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from api.incidents.schemas import Incident, IncidentPage, Retried
from api.process_definitions.schemas import ManyDone
from engine.services.check import check
from engine.services.sweep import sweep
from tests.api.asking import fields, problem
from tests.api.office import CASES, Office, opened_office
from tests.api.test_contract import differences
from tests.api.test_process_control import INSTANCES, items
from tests.engine.services.drawing import deploy_small, small_processes, start
from tests.support.desk import CaseDesk

INCIDENTS = "/api/v1/incidents"


@pytest.fixture
def office(sqlite_url: str) -> Iterator[Office]:
    with opened_office(sqlite_url) as opened:
        deploy_small(opened.desk, *small_processes())
        yield opened


def fails(office: Office) -> tuple[str, str, dict[str, Any]]:
    """A case with a process whose timer fails a day later: the keys of case and instance, and its incident."""
    case = office.registered_request()
    instance = start(CaseDesk(office.desk, case, ""), "fails_when_due")
    office.desk.clock.advance(timedelta(days=1))
    sweep(office.desk.engine)
    (incident,) = items(office.caller("process_owner"), f"{INCIDENTS}?processInstanceKey={instance}")
    return case, str(instance), incident


def mend(office: Office, case: str) -> None:
    """Record what the failing step asks for."""
    today = office.desk.clock.today().isoformat()
    body = {
        "anchor": "advice_request_received_on",
        "date": today,
        "reason": "It came.",
        "occurrence": "camhs",
    }
    assert office.caller("caseworker").post(f"{CASES}/{case}/anchors", body).status_code == 200


def test_an_incident_says_what_failed_where_and_how_to_go_on(office: Office) -> None:
    case, instance, incident = fails(office)
    owner = office.caller("process_owner")
    assert differences(IncidentPage, owner.get(INCIDENTS).get_json()) == {}
    assert differences(Incident, owner.get(f"{INCIDENTS}/{incident['key']}").get_json()) == {}
    assert (incident["elementId"], incident["state"], incident["heldTimers"]) == ("advise", "open", 1)
    assert "advice_request_received_on" in incident["message"]
    for query, found in {
        f"caseKey={case}": 1,
        "processDefinitionId=fails_when_due": 1,
        "processDefinitionId=advice": 0,
        "elementId=advise": 1,
        "state=resolved": 0,
        "state=all": 1,
        "assignee=nobody": 1,
        "assignee=me": 0,
    }.items():
        assert len(items(owner, f"{INCIDENTS}?{query}")) == found, query
    (broken,) = items(owner, f"{INSTANCES}?withIncident=true")
    assert (broken["key"], broken["openIncidents"]) == (instance, 1)


def test_somebody_takes_it_in_hand_and_notes_what_is_known(office: Office) -> None:
    _, _, incident = fails(office)
    owner, address = office.caller("process_owner"), f"{INCIDENTS}/{incident['key']}"
    me = office.desk.member("process_owner")
    taken = owner.put(f"{address}/assignee", {"membershipKey": str(me.membership_key)})
    assert (taken.get_json()["assignee"], taken.headers["ETag"]) == ("Wei Chen", '"1"')
    noted = owner.put(f"{address}/annotation", {"annotation": "Asked the health board."}).get_json()
    assert (noted["annotation"], noted["assignee"], noted["version"]) == (
        "Asked the health board.",
        "Wei Chen",
        2,
    )
    assert [each["key"] for each in items(owner, f"{INCIDENTS}?assignee=me")] == [incident["key"]]
    assert owner.put(f"{address}/annotation", {"annotation": None}).get_json()["annotation"] is None
    assert owner.put(f"{address}/assignee", {"membershipKey": None}).get_json()["assignee"] is None
    stranger = office.desk.member("caseworker").membership_key
    assert "membershipKey" in fields(owner.put(f"{address}/assignee", {"membershipKey": str(stranger)}))
    assert "membershipKey" in fields(owner.put(f"{address}/assignee", {"membershipKey": "999999"}))


def test_a_retry_goes_on_at_once_where_the_cause_is_gone(office: Office) -> None:
    case, instance, incident = fails(office)
    mend(office, case)
    owner = office.caller("process_owner")
    response = owner.post(f"{INCIDENTS}/{incident['key']}/retry")
    retried = response.get_json()
    assert differences(Retried, retried) == {}
    assert (retried["state"], retried["nextIncidentKey"], retried["heldTimers"]) == ("resolved", None, 0)
    open_now = owner.get(f"{INSTANCES}/{instance}").get_json()["elements"]
    assert "wait" not in {each["elementId"] for each in open_now}
    problem(owner.post(f"{INCIDENTS}/{incident['key']}/retry"), 409, "conflict")
    assert list(check(office.desk.engine)) == []


def test_a_retry_that_fails_again_names_the_new_incident(office: Office) -> None:
    _, _, incident = fails(office)
    owner = office.caller("process_owner")
    retried = owner.post(f"{INCIDENTS}/{incident['key']}/retry").get_json()
    following = owner.get(f"{INCIDENTS}/{retried['nextIncidentKey']}").get_json()
    assert (following["state"], following["elementId"]) == ("open", "advise")
    assert following["key"] != incident["key"]


def test_a_retry_on_an_older_state_is_refused(office: Office) -> None:
    _, _, incident = fails(office)
    owner, address = office.caller("process_owner"), f"{INCIDENTS}/{incident['key']}"
    owner.put(f"{address}/annotation", {"annotation": "Looked at."})
    stale = {"If-Match": f'"{incident["version"]}"'}
    problem(owner.post(f"{address}/retry", headers=stale), 412, "version-mismatch")


def test_several_are_retried_together_each_with_its_result(office: Office) -> None:
    case, _, mended = fails(office)
    mend(office, case)
    _, _, broken = fails(office)
    keys = [mended["key"], broken["key"], "999999"]
    answer = office.caller("process_owner").post(f"{INCIDENTS}/retries", {"incidentKeys": keys}).get_json()
    assert differences(ManyDone, answer) == {}
    assert answer["done"] == 1
    assert {(each["key"], each["code"]) for each in answer["refused"]} == {
        (broken["key"], "incident"),
        ("999999", "not_found"),
    }


def test_those_who_only_read_do_not_change(office: Office) -> None:
    _, _, incident = fails(office)
    auditor, address = office.caller("auditor"), f"{INCIDENTS}/{incident['key']}"
    assert auditor.get(address).status_code == 200
    problem(auditor.post(f"{address}/retry"), 403, "not-permitted")
    problem(auditor.put(f"{address}/annotation", {"annotation": "x"}), 403, "not-permitted")
