"""Several contributors to one piece of advice, over HTTP: asked, chased, given, and never silently left out."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from engine.store import tables
from tests.api.asking import Caller, fields, problem
from tests.api.office import TASKS, Office, opened_office
from tests.api.test_organisations import ORGANISATIONS, caller, join, key_of
from tests.engine.services.rows import differences, rows

CONTRIBUTIONS = "/api/v1/contributions"


@pytest.fixture(params=["sqlite", "postgresql"])
def office(databases: Any, request: pytest.FixtureRequest) -> Iterator[Office]:
    with databases.migrated(request.param) as url, opened_office(url) as opened:
        yield opened


@pytest.fixture
def task(office: Office) -> str:
    return str(office.task(office.raise_request(), "register_request")["key"])


@pytest.fixture
def lead(office: Office, task: str) -> Caller:
    caller = office.caller("caseworker")
    caller.post(f"{TASKS}/{task}/claim")
    return caller


@pytest.fixture
def clinician(office: Office) -> Caller:
    return office.caller("professional", "camhs")


def wish(office: Office, **changes: Any) -> dict[str, Any]:
    due = office.desk.clock.today() + timedelta(days=10)
    body = {
        "organisation": "camhs",
        "question": "How is it in school?",
        "dueDate": due.isoformat(),
        **changes,
    }
    return {name: value for name, value in body.items() if value is not None}


def test_what_is_asked_is_given_and_read_by_the_lead(
    office: Office, task: str, lead: Caller, clinician: Caller
) -> None:
    field = next(iter(office.example(task)))
    asked = lead.post(f"{TASKS}/{task}/contributions", wish(office, fields=[field]))
    assert asked.status_code == 201, asked.text
    assert lead.get(f"{TASKS}/{task}").get_json()["outstandingContributions"] == 1
    (mine,) = clinician.get(CONTRIBUTIONS).get_json()["items"]
    assert (mine["question"], mine["state"], mine["fields"]) == ("How is it in school?", "asked", [field])
    problem(clinician.get(f"{TASKS}/{task}"), 404, "not-found")
    path = f"{CONTRIBUTIONS}/{mine['key']}"
    refused = clinician.post(f"{path}/give", {"answers": {"nonsense": 1}})
    assert fields(refused) == {"answers.nonsense": "This field wasn't asked for."}
    given = clinician.post(f"{path}/give", {"answers": {field: "Better."}, "text": "Since May."}).get_json()
    assert (given["state"], given["answers"], given["text"]) == ("given", {field: "Better."}, "Since May.")
    (read,) = lead.get(f"{TASKS}/{task}/contributions").get_json()["items"]
    assert read == given
    assert lead.post(f"{TASKS}/{task}/complete", {"answers": office.example(task)}).status_code == 200
    problem(clinician.post(f"{path}/decline", {"reason": "Late."}), 409, "conflict")
    trail = " ".join(row.body for row in rows(office.desk, tables.audit_event))
    assert "Since May" not in trail
    assert "in school" not in trail + " ".join(row.body for row in rows(office.desk, tables.outbox))
    assert differences(office.desk) == []


def test_a_task_isnt_completed_without_what_it_awaits_unless_somebody_says_why(
    office: Office, task: str, lead: Caller, clinician: Caller
) -> None:
    key = lead.post(f"{TASKS}/{task}/contributions", wish(office)).get_json()["key"]
    answers = {"answers": office.example(task)}
    assert "awaits 1" in problem(lead.post(f"{TASKS}/{task}/complete", answers), 409, "conflict")["detail"]
    why = {**answers, "withoutContributions": "They are on leave until June."}
    assert lead.post(f"{TASKS}/{task}/complete", why).status_code == 200
    assert clinician.get(f"{CONTRIBUTIONS}/{key}").get_json()["state"] == "withdrawn"
    trail = " ".join(row.body for row in rows(office.desk, tables.audit_event))
    assert '"event":"contributions:waived"' in trail
    assert "on leave" not in trail


@pytest.mark.parametrize("verb", ["decline", "withdraw"])
def test_what_is_declined_or_withdrawn_isnt_awaited(
    office: Office, task: str, lead: Caller, clinician: Caller, verb: str
) -> None:
    key = lead.post(f"{TASKS}/{task}/contributions", wish(office)).get_json()["key"]
    path, reason = f"{CONTRIBUTIONS}/{key}", {"reason": "Not known to us."}
    if verb == "decline":
        problem(lead.post(f"{path}/decline", reason), 403, "not-permitted")
        ended = clinician.post(f"{path}/decline", reason)
    else:
        problem(clinician.post(f"{path}/withdraw"), 403, "not-permitted")
        ended = lead.post(f"{path}/withdraw")
    assert ended.get_json()["state"] == {"decline": "declined", "withdraw": "withdrawn"}[verb]
    assert lead.get(f"{TASKS}/{task}").get_json()["outstandingContributions"] == 0
    assert lead.post(f"{TASKS}/{task}/complete", {"answers": office.example(task)}).status_code == 200


def test_what_is_due_is_chased_once(office: Office, task: str, lead: Caller) -> None:
    key = lead.post(f"{TASKS}/{task}/contributions", wish(office)).get_json()["key"]
    office.desk.step_to(office.desk.clock.today() + timedelta(days=10), 23, 59)
    assert lead.get(f"{CONTRIBUTIONS}/{key}").get_json()["chasedOn"] is None
    office.desk.step_to(office.desk.clock.today() + timedelta(days=9))
    chased = lead.get(f"{CONTRIBUTIONS}/{key}").get_json()
    assert chased["chasedOn"] == (office.desk.clock.today() - timedelta(days=8)).isoformat()
    sent = [row for row in rows(office.desk, tables.outbox) if row.reference.startswith("contribution_chase")]
    assert [row.recipient for row in sent] == ["camhs"]


def test_a_member_is_asked_in_person_and_nobody_else_answers(
    office: Office, task: str, lead: Caller, clinician: Caller
) -> None:
    member = str(office.desk.member("service_manager", "camhs").membership_key)
    body = wish(office, organisation=None, membershipKey=member)
    key = lead.post(f"{TASKS}/{task}/contributions", body).get_json()["key"]
    problem(clinician.get(f"{CONTRIBUTIONS}/{key}"), 404, "not-found")
    given = office.caller("service_manager", "camhs").post(f"{CONTRIBUTIONS}/{key}/give", {"text": "Yes."})
    assert given.get_json()["state"] == "given"


def test_what_is_said_is_hidden_from_those_who_only_see_the_task(
    office: Office, task: str, lead: Caller, clinician: Caller
) -> None:
    key = lead.post(f"{TASKS}/{task}/contributions", wish(office)).get_json()["key"]
    clinician.post(f"{CONTRIBUTIONS}/{key}/give", {"text": "In confidence."})
    watcher = office.caller("auditor")
    (seen,) = watcher.get(f"{TASKS}/{task}/contributions").get_json()["items"]
    assert (seen["state"], seen["text"], seen["question"]) == ("given", None, None)


WRONG = [
    ({"dueDate": "2020-01-01"}, "dueDate"),
    ({"organisation": "nowhere"}, "organisation"),
    ({"organisation": None}, "membershipKey"),
    ({"organisation": None, "membershipKey": "999999"}, "membershipKey"),
    ({"fields": ["nonsense"]}, "fields"),
]


@pytest.mark.parametrize(("changes", "field"), WRONG)
def test_a_wish_that_cant_be_is_refused(
    office: Office, task: str, lead: Caller, changes: dict[str, Any], field: str
) -> None:
    assert field in fields(lead.post(f"{TASKS}/{task}/contributions", wish(office, **changes)))


def test_a_team_is_asked_and_its_members_give(office: Office, task: str, lead: Caller) -> None:
    body = {"code": "beam_asked", "name": "Beam", "parentKey": key_of(office, "camhs")}
    team = office.caller("administrator").post(ORGANISATIONS, body).get_json()
    member = caller(office, join(office, team["key"], "professional", "Ines Marlow"))
    asked = lead.post(f"{TASKS}/{task}/contributions", wish(office, organisation="beam_asked"))
    assert asked.status_code == 201, asked.text
    assert office.caller("professional", "camhs").get(CONTRIBUTIONS).get_json()["items"] == []
    (mine,) = member.get(CONTRIBUTIONS).get_json()["items"]
    given = member.post(f"{CONTRIBUTIONS}/{mine['key']}/give", {"text": "We met in May."})
    assert given.get_json()["state"] == "given"
