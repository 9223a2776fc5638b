"""Organisations, teams and members: access is a membership's, and ends with it."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from engine.services.audit.audit import parse
from engine.services.people.leavers import give_back_tasks_of_leavers
from engine.services.principals import create_token
from engine.store.organisation_tables import authority_event
from tests.api.asking import Caller, fields, problem
from tests.api.office import TASKS, Office
from tests.engine.services.rows import rows

ORGANISATIONS = "/api/v1/organisations"
MEMBERSHIPS = "/api/v1/memberships"
PEOPLE = "/api/v1/people"
ACCOUNTS = "/api/v1/accounts"


def key_of(office: Office, code: str) -> str:
    listed = office.caller("administrator").get(f"{ORGANISATIONS}?search={code}").get_json()["items"]
    return next(str(item["key"]) for item in listed if item["code"] == code)


def join(office: Office, organisation: str, role: str, name: str, **more: Any) -> dict[str, Any]:
    """Let a new person belong to an organisation; gives the membership."""
    body = {"organisationKey": organisation, "role": role, "name": name, **more}
    answer = office.caller("administrator").post(MEMBERSHIPS, body)
    assert answer.status_code == 201, answer.text
    return dict(answer.get_json())


def caller(office: Office, membership: dict[str, Any]) -> Caller:
    return Caller(office.app, create_token(office.desk.engine, int(membership["key"]), "test"))


def recorded(office: Office) -> dict[str, Any]:
    """The newest event of the authority's chain."""
    return parse(rows(office.desk, authority_event)[-1].body)


@pytest.fixture
def team(office: Office) -> dict[str, Any]:
    """A team of CAMHS, made anew for the test that asks."""
    number = len(office.caller("administrator").get(f"{ORGANISATIONS}?limit=200").get_json()["items"])
    body = {"code": f"beam_{number}", "name": "Beam", "parentKey": key_of(office, "camhs")}
    made = office.caller("administrator").post(ORGANISATIONS, body)
    assert made.status_code == 201, made.text
    return dict(made.get_json())


def test_a_team_has_its_organisations_kind_and_its_members_work_on_that_organisations_tasks(
    office: Office, team: dict[str, Any]
) -> None:
    assert (team["kind"], team["parentKey"]) == ("health", key_of(office, "camhs"))
    member = caller(office, join(office, team["key"], "professional", "Ines Marlow"))
    office.registered_request()
    worker = office.caller("professional", "camhs")
    assert member.get(f"{TASKS}?limit=200").get_json() == worker.get(f"{TASKS}?limit=200").get_json()


def test_access_ends_at_once_and_what_was_held_goes_back_to_the_group(office: Office) -> None:
    membership = join(office, key_of(office, "send_team"), "caseworker", "Lee Warner")
    leaver = caller(office, membership)
    task = office.task(office.raise_request(), "register_request")["key"]
    assert leaver.post(f"{TASKS}/{task}/claim").get_json()["assignee"] == "Lee Warner"

    ended = office.caller("administrator").post(f"{MEMBERSHIPS}/{membership['key']}/end", {})
    assert (ended.status_code, ended.get_json()["tasksGivenBack"]) == (200, 1), ended.text
    problem(leaver.get(TASKS), 401, "unauthenticated")
    found = office.caller("caseworker").get(f"{TASKS}/{task}").get_json()
    assert (found["assignee"], found["state"]) == (None, "CREATED")
    event = recorded(office)
    assert (event["event"], event["details"]["member"]) == ("member:ended", int(membership["key"]))
    assert "Warner" not in str(event)


def test_a_last_day_that_has_passed_gives_tasks_back_without_anybody_asking(office: Office) -> None:
    today = office.desk.clock.today()
    membership = join(
        office, key_of(office, "send_team"), "caseworker", "May Hill", validTo=today.isoformat()
    )
    task = office.task(office.raise_request(), "register_request")["key"]
    assert caller(office, membership).post(f"{TASKS}/{task}/claim").status_code == 200
    assert give_back_tasks_of_leavers(office.desk.engine) == 0
    office.desk.jump_to(date.fromordinal(today.toordinal() + 1))
    assert give_back_tasks_of_leavers(office.desk.engine) == 1
    assert office.caller("caseworker").get(f"{TASKS}/{task}").get_json()["assignee"] is None


def test_an_organisations_administrator_manages_its_own_members_and_no_others(office: Office) -> None:
    camhs, social_care = key_of(office, "camhs"), key_of(office, "social_care")
    boss = caller(office, join(office, camhs, "organisation_administrator", "Bea Lund"))
    made = boss.post(MEMBERSHIPS, {"organisationKey": camhs, "role": "professional", "name": "Kim Ost"})
    assert made.status_code == 201
    listed = boss.get(f"{MEMBERSHIPS}?limit=200").get_json()["items"]
    assert "Kim Ost" in {item["person"] for item in listed}
    own = {each["code"] for each in boss.get(f"{ORGANISATIONS}?limit=200").get_json()["items"]}
    assert {item["organisation"] for item in listed} <= own
    assert "camhs" in own
    assert not own & {"social_care", "send_team"}
    elsewhere = boss.post(
        MEMBERSHIPS, {"organisationKey": social_care, "role": "professional", "name": "X Y"}
    )
    assert "organisationKey" in fields(elsewhere)


@pytest.mark.parametrize("role", ["dco", "administrator", "caseworker", "machine_client", "group_head"])
def test_it_grants_no_role_that_reaches_further(office: Office, role: str) -> None:
    camhs = key_of(office, "camhs")
    boss = caller(office, join(office, camhs, "organisation_administrator", f"Boss of {role}"))
    refused = boss.post(MEMBERSHIPS, {"organisationKey": camhs, "role": role, "name": "Kim Ost"})
    assert "There you can grant:" in fields(refused)["role"]


def test_it_prolongs_no_role_that_it_may_not_grant(office: Office) -> None:
    icb = key_of(office, "icb")
    designated = join(office, icb, "dco", "Dr Ada Holt", validTo="2026-12-31")
    boss = caller(office, join(office, icb, "organisation_administrator", "Sid Boss"))
    address = f"{MEMBERSHIPS}/{designated['key']}"
    assert "role" in fields(boss.patch(address, {"validTo": None}))
    assert boss.patch(address, {"validTo": "2026-12-01"}).status_code == 200


def test_who_belongs_to_others_as_well_is_corrected_by_the_authority(office: Office) -> None:
    camhs, icb = key_of(office, "camhs"), key_of(office, "icb")
    both = join(office, camhs, "professional", "Una Both")
    body = {"organisationKey": icb, "role": "professional", "personKey": both["personKey"]}
    assert office.caller("administrator").post(MEMBERSHIPS, body).status_code == 201
    boss = caller(office, join(office, camhs, "organisation_administrator", "Cy Boss"))
    address = f"{PEOPLE}/{both['personKey']}"
    problem(boss.patch(address, {"name": "Una Other"}), 409, "conflict")
    changed = office.caller("administrator").patch(address, {"name": "Una Other"}).get_json()
    assert (changed["name"], changed["version"]) == ("Una Other", 2)


def test_a_caseworker_stands_in_for_a_setting_until_one_of_its_teams_has_a_member(office: Office) -> None:
    administrator, worker = office.caller("administrator"), office.caller("caseworker")
    case = office.registered_request(settingUrn="103997")
    listed = f"{TASKS}?caseKey={case}&organisation=urn:103997"
    (task,) = worker.get(listed).get_json()["items"]
    assert worker.get(f"{listed}&candidate=true").get_json()["items"] == [task]
    place = {"code": "urn:103997", "name": "Far School", "kind": "setting", "urn": "103997"}
    setting = administrator.post(ORGANISATIONS, place).get_json()["key"]
    made = administrator.post(ORGANISATIONS, {"code": "sixth_form", "name": "Sixth", "parentKey": setting})
    assert made.status_code == 201, made.text
    assert worker.get(f"{listed}&candidate=true").get_json()["items"] == [task]

    member = caller(office, join(office, made.get_json()["key"], "setting_contact", "Nia Sixth"))
    assert worker.get(f"{listed}&candidate=true").get_json()["items"] == []
    problem(worker.post(f"{TASKS}/{task['key']}/claim"), 403, "not-permitted")
    assert member.post(f"{TASKS}/{task['key']}/claim").get_json()["assignee"] == "Nia Sixth"


def test_an_organisations_administrator_opens_accounts_for_the_members_of_its_teams(
    office: Office, team: dict[str, Any]
) -> None:
    boss = caller(office, join(office, key_of(office, "camhs"), "organisation_administrator", "Ed Boss"))
    inside = join(office, team["key"], "professional", "Ana Team")
    outside = join(office, key_of(office, "social_care"), "professional", "Olu Out")
    opened = boss.post(ACCOUNTS, {"personKey": inside["personKey"], "login": f"{team['code']}@ehc.example"})
    assert opened.status_code == 201, opened.text
    account = opened.get_json()["account"]["key"]
    assert [item["key"] for item in boss.get(ACCOUNTS).get_json()["items"]] == [account]
    refused = boss.post(ACCOUNTS, {"personKey": outside["personKey"], "login": "olu@ehc.example"})
    assert "personKey" in fields(refused)


def test_whoever_leaves_names_the_cases_that_need_another_officer(office: Office) -> None:
    membership = join(office, key_of(office, "send_team"), "caseworker", "Roy Last")
    case, other = office.raise_request(), office.raise_request()
    for key in (case, other):
        body = {"membershipKey": membership["key"], "reason": "Knows the family."}
        assert office.caller("group_head").put(f"/api/v1/cases/{key}/officer", body).status_code == 200
    assert office.task(case, "register_request")["assignee"] == "Roy Last"
    address = f"{MEMBERSHIPS}/{membership['key']}"
    planned = office.caller("administrator").patch(address, {"validTo": "2027-08-31"}).get_json()
    assert (planned["officerOf"], planned["tasksGivenBack"]) == ([case, other], 0)
    assert office.caller("administrator").patch(address, {"validTo": None}).get_json()["officerOf"] == []

    ended = office.caller("administrator").post(f"{address}/end", {}).get_json()
    assert ended["officerOf"] == [case, other]
    assert ended["tasksGivenBack"] >= 2
    first = office.task(case, "register_request")
    assert first["assignee"] is None
    done = {"answers": office.example(first["key"])}
    assert office.caller("caseworker").post(f"{TASKS}/{first['key']}/complete", done).status_code == 200
    left = office.caller("caseworker").get(f"{TASKS}?caseKey={case}&state=CREATED&limit=200").get_json()
    fresh = [task for task in left["items"] if "caseworker" in task["candidateGroups"]]
    assert {task["elementId"] for task in fresh} - {"register_request"}
    held = office.caller("caseworker").get(f"{TASKS}?caseKey={case}&state=ASSIGNED&limit=200").get_json()
    assert "Roy Last" not in {task["assignee"] for task in held["items"]}


def test_the_last_administrator_stays(office: Office) -> None:
    held = office.caller("administrator").get(f"{MEMBERSHIPS}?role=administrator&current=true")
    (only,) = held.get_json()["items"]
    refused = office.caller("administrator").post(f"{MEMBERSHIPS}/{only['key']}/end", {})
    assert "last administrator" in problem(refused, 409, "conflict")["detail"]


def test_nothing_is_changed_that_has_changed_meanwhile(office: Office, team: dict[str, Any]) -> None:
    admin = office.caller("administrator")
    address = f"{ORGANISATIONS}/{team['key']}"
    first = admin("PATCH", address, json={"name": "Beam team"}, headers={"If-Match": '"1"'})
    assert (first.status_code, first.headers["ETag"]) == (200, '"2"')
    second = admin("PATCH", address, json={"name": "Other"}, headers={"If-Match": '"1"'})
    problem(second, 412, "version-mismatch")


def test_an_organisation_ends_with_its_members_but_not_with_open_tasks(
    office: Office, team: dict[str, Any]
) -> None:
    membership = join(office, team["key"], "professional", "Tia Kerr")
    admin = office.caller("administrator")
    ended = admin.post(f"{ORGANISATIONS}/{team['key']}/end", {"lastDay": "2026-12-31"})
    assert ended.get_json()["validTo"] == "2026-12-31"
    assert admin.get(f"{MEMBERSHIPS}/{membership['key']}").get_json()["validTo"] == "2026-12-31"
    office.registered_request()
    for code in ("social_care", "send_team"):
        refused = admin.post(f"{ORGANISATIONS}/{key_of(office, code)}/end", {"lastDay": "2026-12-31"})
        problem(refused, 409, "conflict")


WRONG = {
    "kind": {"code": "new_one", "name": "New"},
    "urn": {"code": "new_school", "name": "New School", "kind": "setting", "urn": "199999"},
    "settingType": {"code": "new_one", "name": "New", "kind": "care", "settingType": "academy"},
    "code": {"code": "camhs", "name": "CAMHS", "kind": "health"},
    "parentKey": {"code": "new_one", "name": "New", "parentKey": "999999"},
}


@pytest.mark.parametrize("field", WRONG)
def test_what_doesnt_go_together_is_refused_by_name(office: Office, field: str) -> None:
    assert field in fields(office.caller("administrator").post(ORGANISATIONS, WRONG[field]))
