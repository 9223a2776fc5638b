"""What people set going on a plan over HTTP: amendments, its end, year groups, moves, appeals, officers."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from api.officers.schemas import Cover, Officer
from api.plan_changes.schemas import LodgedAppeal, Started, Transfer, YearGroup
from tests.api.office import CASES, PLANS, Office
from tests.api.test_contract import differences

WHY = {"reason": "The advice is new."}


@pytest.fixture
def plan(office: Office) -> str:
    return office.bring_in_plan()


def case_of(office: Office, plan: str) -> str:
    found: str = office.caller("caseworker").get(f"{PLANS}/{plan}").get_json()["caseKey"]
    return found


def test_a_plan_is_amended_once_at_a_time(office: Office, plan: str) -> None:
    worker = office.caller("caseworker")
    answer = worker.post(f"{PLANS}/{plan}/amendments", WHY)
    assert (answer.status_code, answer.get_json()["occurrence"]) == (201, "amendment-1")
    assert differences(Started, answer.get_json()) == {}
    again = worker.post(f"{PLANS}/{plan}/amendments", WHY)
    assert (again.status_code, again.get_json()["type"]) == (409, "urn:ehc:problem:conflict")


def test_a_plan_is_proposed_to_end_once_at_a_time(office: Office, plan: str) -> None:
    worker, body = office.caller("caseworker"), {"ground": "not_necessary", **WHY}
    answer = worker.post(f"{PLANS}/{plan}/cessation", body)
    assert (answer.status_code, answer.get_json()["occurrence"]) == (201, "cessation-1")
    assert worker.post(f"{PLANS}/{plan}/cessation", body).status_code == 409
    outdated = worker.post(f"{PLANS}/{plan}/cessation", body, headers={"If-Match": '"1"'})
    assert outdated.status_code == 412
    refused = worker.post(f"{PLANS}/{plan}/cessation", {**body, "ground": "too_dear"})
    assert refused.status_code == 422


def test_a_year_group_is_set(office: Office, plan: str) -> None:
    answer = office.caller("caseworker").put(f"{PLANS}/{plan}/curriculum-year", {"year": 5, **WHY})
    assert (answer.status_code, answer.get_json()["year"]) == (200, 5)
    assert differences(YearGroup, answer.get_json()) == {}


def test_a_move_is_asked_for(office: Office, plan: str) -> None:
    worker = office.caller("caseworker")
    worker.put(f"{PLANS}/{plan}/curriculum-year", {"year": 4, **WHY})
    on = date(office.desk.clock.today().year + 1, 9, 1).isoformat()
    answer = worker.post(f"{PLANS}/{plan}/phase-transfers", {"transferOn": on, **WHY})
    assert (answer.status_code, answer.get_json()["kind"]) == (201, "other_phase")
    assert differences(Transfer, answer.get_json()) == {}
    past = worker.post(f"{PLANS}/{plan}/phase-transfers", {"transferOn": "2026-09-01", **WHY})
    assert past.status_code == 422


def test_nobody_without_the_permission_sets_a_plan_going(office: Office, plan: str) -> None:
    for path in ("amendments", "cessation", "phase-transfers"):
        assert office.caller("auditor", "send_team").post(f"{PLANS}/{plan}/{path}", {}).status_code == 403


def test_an_appeal_is_about_a_notice(office: Office, plan: str) -> None:
    body = {"occurrence": "cessation-1", "lodgedOn": office.desk.clock.today().isoformat()}
    answer = office.caller("caseworker").post(f"{CASES}/{case_of(office, plan)}/appeals", body)
    assert (answer.status_code, answer.get_json()["errors"][0]["field"]) == (422, "occurrence")


def test_an_appeal_against_the_end_of_a_plan_is_lodged_and_ended(office: Office, plan: str) -> None:
    worker, case, today = office.caller("caseworker"), case_of(office, plan), office.desk.clock.today()
    worker.post(f"{PLANS}/{plan}/cessation", {"ground": "not_necessary", **WHY})
    for element, role, more in (
        ("check_cessation", "caseworker", {}),
        ("record_views", "caseworker", {"nothingMore": True}),
        ("decide_cessation", "decision_maker", {}),
    ):
        key = office.task(case, element)["key"]
        answers: dict[str, Any] = {**office.example(key), **more}
        done = office.caller(role).post(f"/api/v1/tasks/{key}/complete", {"answers": answers})
        assert done.status_code == 200, done.get_json()
    body = {"occurrence": "cessation-1", "lodgedOn": today.isoformat()}
    lodged = worker.post(f"{CASES}/{case}/appeals", body)
    assert lodged.status_code == 201
    assert differences(LodgedAppeal, lodged.get_json()) == {}
    end = {"endedOn": today.isoformat(), "ceaseUpheld": True}
    ended = worker.post(f"{CASES}/{case}/appeals/cessation-1/outcome", end)
    assert (ended.status_code, ended.get_json()["endedOn"]) == (200, today.isoformat())
    assert worker.get(f"{CASES}/{case}").get_json()["status"] == "plan_ceased"


def test_a_case_has_an_officer_and_an_officer_has_cover(office: Office, plan: str) -> None:
    worker, case, today = office.caller("caseworker"), case_of(office, plan), office.desk.clock.today()
    team = office.desk.all_with("caseworker")
    absence = {
        "absent": str(team[1].membership_key),
        "coveredBy": str(team[2].membership_key),
        "from": today.isoformat(),
        "to": (today + timedelta(days=7)).isoformat(),
    }
    cover = worker.post("/api/v1/officers/absences", absence)
    assert cover.status_code == 201
    assert differences(Cover, cover.get_json()) == {}
    assert worker.get(f"{CASES}/{case}/officer").get_json()["officer"] is None
    named = worker.put(f"{CASES}/{case}/officer", {"person": team[1].person_name, "reason": "Asked for."})
    assert named.status_code == 200
    assert named.get_json()["coveredBy"] == team[2].person_name
    assert differences(Officer, named.get_json()) == {}
    assert worker.get(f"{CASES}/{case}/officer").get_json() == named.get_json()
