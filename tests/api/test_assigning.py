"""Who does a task, over HTTP: assigned, delegated and returned, put off, many at once, and by two hundred at once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from werkzeug.test import TestResponse

from engine.services.principals import create_token
from tests.api.asking import Caller, fields, problem
from tests.api.office import TASKS, Office, opened_office
from tests.engine.services.rows import differences
from tests.support.together import at_once

FIRST, SECOND = "Amara Okafor", "Tom Whitcombe"


@pytest.fixture
def path(office: Office) -> str:
    """A task that any caseworker may take."""
    return f"{TASKS}/{office.task(office.raise_request(), 'register_request')['key']}"


def key_of(office: Office, role: str, organisation: str = "send_team", number: int = 0) -> dict[str, str]:
    """The body that names a member."""
    return {"membershipKey": str(office.desk.all_with(role, organisation)[number].membership_key)}


def second(office: Office) -> Caller:
    """Another caseworker."""
    membership = office.desk.all_with("caseworker")[1].membership_key
    return Caller(office.app, create_token(office.desk.engine, membership, "test"))


def test_a_manager_gives_a_task_to_somebody_and_to_somebody_else(office: Office, path: str) -> None:
    manager = office.caller("service_manager")
    given = manager.post(f"{path}/assign", key_of(office, "caseworker")).get_json()
    assert (given["assignee"], given["state"]) == (FIRST, "ASSIGNED")
    moved = manager.post(f"{path}/assign", key_of(office, "caseworker", number=1))
    assert moved.get_json()["assignee"] == SECOND
    assert moved.headers["ETag"] == f'"{given["version"] + 1}"'
    assert (
        manager.post(f"{path}/assign", key_of(office, "caseworker", number=1)).get_json() == moved.get_json()
    )
    nobody = manager.post(f"{path}/assign", {"membershipKey": None}).get_json()
    assert (nobody["assignee"], nobody["state"]) == (None, "CREATED")


def test_a_caseworker_gives_away_only_what_is_free_or_the_own(office: Office, path: str) -> None:
    worker = office.caller("caseworker")
    assert worker.post(f"{path}/assign", key_of(office, "caseworker", number=1)).status_code == 200
    refused = worker.post(f"{path}/assign", key_of(office, "caseworker"))
    assert problem(refused, 409, "task-held")["holder"] == SECOND
    assert second(office).post(f"{path}/assign", key_of(office, "caseworker")).get_json()["assignee"] == FIRST


@pytest.mark.parametrize(("role", "organisation"), [("professional", "camhs"), ("auditor", "send_team")])
def test_a_task_goes_to_nobody_who_may_not_work_on_it(
    office: Office, path: str, role: str, organisation: str
) -> None:
    refused = office.caller("service_manager").post(f"{path}/assign", key_of(office, role, organisation))
    problem(refused, 422, "bad-input")
    assert (
        f"is {role} of {organisation}; the task is for caseworker of send_team"
        in fields(refused)["membershipKey"]
    )


def test_a_task_goes_to_nobody_of_another_authority_nor_to_one_who_has_left(
    office: Office, path: str
) -> None:
    strangers = ["999999"]
    with office.desk.engine.database.read() as connection:
        office.neighbour()
        strangers += [
            str(row.key)
            for row in connection.exec_driver_sql("select key from membership where authority = '334'")
        ]
    for key in strangers:
        refused = office.caller("service_manager").post(f"{path}/assign", {"membershipKey": key})
        assert fields(refused) == {"membershipKey": f"There is no member {key} today."}


def test_one_organisations_manager_assigns_no_other_ones_tasks(office: Office) -> None:
    case = office.raise_request()
    task = office.task(case, "register_request")["key"]
    agency = office.caller("service_manager", "camhs")
    problem(agency.post(f"{TASKS}/{task}/assign", key_of(office, "professional", "camhs")), 404, "not-found")


def test_a_delegated_task_comes_back_and_is_completed_by_its_owner(office: Office, path: str) -> None:
    owner, helper = office.caller("caseworker"), second(office)
    delegated = owner.post(f"{path}/delegate", key_of(office, "caseworker", number=1)).get_json()
    assert (delegated["assignee"], delegated["owner"], delegated["delegationState"]) == (
        SECOND,
        FIRST,
        "PENDING",
    )
    answers = {"answers": office.example(path.rpartition("/")[2])}
    assert "resolve it" in problem(helper.post(f"{path}/complete", answers), 409, "conflict")["detail"]
    problem(helper.post(f"{path}/unclaim"), 409, "conflict")
    problem(helper.post(f"{path}/delegate", key_of(office, "caseworker")), 409, "conflict")
    assert problem(owner.post(f"{path}/resolve"), 409, "task-held")["holder"] == SECOND
    back = helper.post(f"{path}/resolve").get_json()
    assert (back["assignee"], back["owner"], back["delegationState"]) == (FIRST, FIRST, "RESOLVED")
    assert owner.post(f"{path}/complete", answers).get_json()["state"] == "COMPLETED"


def test_nobody_delegates_to_themselves_nor_resolves_what_wasnt_delegated(office: Office, path: str) -> None:
    owner = office.caller("caseworker")
    assert (
        "themselves" in fields(owner.post(f"{path}/delegate", key_of(office, "caseworker")))["membershipKey"]
    )
    problem(owner.post(f"{path}/resolve"), 409, "conflict")


def test_an_owner_takes_a_delegated_task_back_to_give_it_to_another(office: Office, path: str) -> None:
    owner = office.caller("caseworker")
    owner.post(f"{path}/delegate", key_of(office, "caseworker", number=1))
    taken = owner.post(f"{path}/assign", key_of(office, "caseworker")).get_json()
    assert (taken["assignee"], taken["owner"], taken["delegationState"]) == (FIRST, None, None)


def test_priority_and_follow_up_date_are_set_and_found(office: Office, path: str) -> None:
    worker = office.caller("caseworker")
    worker.post(f"{path}/claim")
    changed = worker.patch(path, {"priority": 90, "followUpDate": "2026-11-05"})
    assert (changed.get_json()["priority"], changed.get_json()["followUpDate"]) == (90, "2026-11-05")
    found = worker.get(f"{TASKS}?assignee=me&followUpBefore=2026-11-06&priorityFrom=90").get_json()["items"]
    assert [task["key"] for task in found] == [path.rpartition("/")[2]]
    kept = worker.patch(path, {"followUpDate": None}).get_json()
    assert (kept["priority"], kept["followUpDate"]) == (90, None)
    assert worker.patch(path, {}).get_json() == kept
    stale = worker("PATCH", path, json={"priority": 10}, headers={"If-Match": '"1"'})
    problem(stale, 412, "version-mismatch")
    problem(second(office).patch(path, {"priority": 1}), 409, "task-held")
    assert office.caller("service_manager").patch(path, {"priority": 10}).get_json()["priority"] == 10
    problem(worker.patch(path, {"priority": 101}), 422, "bad-input")


def test_many_are_claimed_and_one_that_cant_be_stops_no_other(office: Office) -> None:
    free, held, done = (office.task(office.raise_request(), "register_request")["key"] for _ in range(3))
    second(office).post(f"{TASKS}/{held}/claim")
    worker = office.caller("caseworker")
    worker.post(f"{TASKS}/{done}/complete", {"answers": office.example(done)})
    asked = {"taskKeys": [done, free, "999999", held]}
    for headers in ({}, {"Idempotency-Key": "bulk"}, {"Idempotency-Key": "bulk"}):
        answered = worker.post(f"{TASKS}/bulk-claim", asked, headers=headers).get_json()["results"]
        assert [each["taskKey"] for each in answered] == asked["taskKeys"]
        assert [each["status"] for each in answered] == [409, 200, 404, 409]
        assert answered[1]["task"]["assignee"] == FIRST
        assert answered[3]["problem"]["type"] == "urn:ehc:problem:task-held"
        assert worker.get(f"{TASKS}/{free}").get_json() == answered[1]["task"]


def test_many_are_assigned(office: Office) -> None:
    keys = [office.task(office.raise_request(), "register_request")["key"] for _ in range(3)]
    body = {"taskKeys": keys, **key_of(office, "caseworker", number=1)}
    answered = office.caller("service_manager").post(f"{TASKS}/bulk-assign", body).get_json()["results"]
    assert {each["task"]["assignee"] for each in answered} == {SECOND}


@pytest.mark.parametrize("keys", [[], ["1", "1"], [str(number) for number in range(1, 202)]])
def test_too_many_or_the_same_twice_is_refused(office: Office, keys: list[str]) -> None:
    problem(office.caller("caseworker").post(f"{TASKS}/bulk-claim", {"taskKeys": keys}), 422, "bad-input")


@pytest.mark.parametrize("backend", ["sqlite", "postgresql"])
def test_of_two_hundred_claims_at_once_one_wins(databases: Any, backend: str) -> None:
    with databases.migrated(backend) as url, opened_office(url) as office:
        task = office.task(office.raise_request(), "register_request")["key"]
        people = [office.desk.all_with("caseworker")[number] for number in (0, 1)]
        tokens = [create_token(office.desk.engine, who.membership_key, "test") for who in people]
        callers = [Caller(office.app, tokens[number % 2]) for number in range(200)]
        claims: list[Callable[[], TestResponse]] = [
            partial(_claim_with_a_key, caller, f"{TASKS}/{task}/claim", number)
            for number, caller in enumerate(callers)
        ]
        answers = at_once(claims)
        statuses = Counter(answer.status_code for answer in answers if isinstance(answer, TestResponse))
        holder = callers[0].get(f"{TASKS}/{task}").get_json()
        winners = {
            number % 2 for number, answer in enumerate(answers) if getattr(answer, "status_code", 0) == 200
        }
        assert set(statuses) <= {200, 409, 503}
        assert sum(statuses.values()) == 200
        assert len(winners) == 1
        assert holder["assignee"] == people[winners.pop()].person_name
        assert holder["version"] == 2
        assert differences(office.desk) == []


def _claim_with_a_key(caller: Caller, path: str, number: int) -> TestResponse:
    return caller.post(path, headers={"Idempotency-Key": f"claim-{number}"})
