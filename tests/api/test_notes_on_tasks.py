"""What is noted on tasks, over HTTP: comments for one's own people or all, drafts that aren't lost, who had it when."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from engine.services.principals import create_token
from engine.store import tables
from engine.store.work_tables import task_comment, task_draft
from tests.api.asking import Caller, fields, problem
from tests.api.office import CASES, TASKS, Office, opened_office
from tests.engine.services.rows import count, differences, rows


@pytest.fixture(params=["sqlite", "postgresql"])
def office(databases: Any, request: pytest.FixtureRequest) -> Iterator[Office]:
    with databases.migrated(request.param) as url, opened_office(url) as opened:
        yield opened


@pytest.fixture
def case(office: Office) -> str:
    return office.registered_request()


@pytest.fixture
def path(office: Office, case: str) -> str:
    """A task of social care."""
    return f"{TASKS}/{office.task(case, 'early_information')['key']}"


@pytest.fixture
def owed_by(office: Office, path: str) -> str:
    return str(office.caller("caseworker").get(path).get_json()["organisation"])


def second(office: Office) -> Caller:
    membership = office.desk.all_with("caseworker")[1].membership_key
    return Caller(office.app, create_token(office.desk.engine, membership, "test"))


def said(caller: Caller, path: str) -> list[str | None]:
    return [comment["text"] for comment in caller.get(f"{path}/comments").get_json()["items"]]


def test_a_comment_reaches_its_audience_and_nobody_else(
    office: Office, case: str, path: str, owed_by: str
) -> None:
    agency, team = office.caller("professional", owed_by), office.caller("caseworker")
    agency.post(f"{path}/comments", {"text": "Among ourselves."})
    agency.post(f"{path}/comments", {"text": "For all.", "audience": "case"})
    team.post(f"{path}/comments", {"text": "The team's own."})
    assert said(agency, path) == ["Among ourselves.", "For all."]
    assert said(team, path) == ["For all.", "The team's own."]
    assert [item["text"] for item in team.get(f"{CASES}/{case}/comments").get_json()["items"]] == said(
        team, path
    )
    trail = " ".join(row.body for row in rows(office.desk, tables.audit_event))
    assert "For all" not in trail
    assert trail.count('"event":"task:commented"') == 3
    assert differences(office.desk) == []


def test_only_its_author_changes_a_comment_and_only_within_a_day(office: Office, path: str) -> None:
    author = office.caller("caseworker")
    made = author.post(f"{path}/comments", {"text": "First.", "audience": "case"})
    here = f"{path}/comments/{made.get_json()['key']}"
    changed = author.patch(here, {"text": "Better."})
    assert (changed.get_json()["text"], changed.headers["ETag"]) == ("Better.", '"2"')
    problem(second(office).patch(here, {"text": "Mine."}), 403, "not-permitted")
    problem(
        author("PATCH", here, json={"text": "Stale."}, headers={"If-Match": '"1"'}), 412, "version-mismatch"
    )
    office.desk.step_to(office.desk.clock.today() + timedelta(days=2))
    problem(author.patch(here, {"text": "Late."}), 409, "conflict")
    assert said(author, path) == ["Better."]


def test_a_deleted_comment_keeps_its_place_and_loses_its_words(office: Office, path: str) -> None:
    author = office.caller("caseworker")
    key = author.post(f"{path}/comments", {"text": "Something wrong.", "audience": "case"}).get_json()["key"]
    problem(second(office)("DELETE", f"{path}/comments/{key}"), 403, "not-permitted")
    gone = author("DELETE", f"{path}/comments/{key}").get_json()
    assert gone["text"] is None
    assert gone["deletedAt"]
    assert said(author, path) == [None]
    assert rows(office.desk, task_comment)[0].words is None
    problem(author("DELETE", f"{path}/comments/{key}"), 409, "conflict")


@pytest.mark.parametrize("body", [{"text": " "}, {"text": "x" * 4001}, {"text": "x", "audience": "all"}, {}])
def test_a_comment_that_cant_be_is_refused(office: Office, path: str, body: dict[str, str]) -> None:
    problem(office.caller("caseworker").post(f"{path}/comments", body), 422, "bad-input")


def test_a_draft_outlives_giving_back_and_ends_with_the_task(office: Office) -> None:
    case = office.raise_request()
    key = office.task(case, "register_request")["key"]
    worker, path = office.caller("caseworker"), f"{TASKS}/{key}"
    example = office.example(key)
    field = next(iter(example))
    assert worker.get(f"{path}/draft").get_json()["version"] == 0
    worker.post(f"{path}/claim")
    first = worker.put(f"{path}/draft", {"answers": {field: "not yet what it will be"}})
    assert (first.status_code, first.headers["ETag"]) == (200, '"1"')
    problem(second(office).put(f"{path}/draft", {"answers": {}}), 409, "task-held")
    worker.post(f"{path}/unclaim")
    taken = second(office).get(f"{path}/draft").get_json()
    assert taken["answers"] == {field: "not yet what it will be"}
    assert taken["savedBy"] == "Amara Okafor"
    assert worker.get(path).get_json()["draftSavedAt"] == taken["savedAt"]
    stale = worker("PUT", f"{path}/draft", json={"answers": {}}, headers={"If-Match": '"0"'})
    problem(stale, 412, "version-mismatch")
    second(office).post(f"{path}/complete", {"answers": example})
    assert count(office.desk, task_draft) == 0
    problem(worker.put(f"{path}/draft", {"answers": {}}), 409, "task-closed")


def test_a_draft_names_fields_of_the_form_alone(office: Office) -> None:
    key = office.task(office.raise_request(), "register_request")["key"]
    refused = office.caller("caseworker").put(f"{TASKS}/{key}/draft", {"answers": {"nonsense": 1}})
    assert fields(refused) == {"answers.nonsense": "The form has no such field."}


def test_a_draft_is_seen_by_nobody_outside_and_can_be_thrown_away(
    office: Office, path: str, owed_by: str
) -> None:
    agency = office.caller("professional", owed_by)
    field = next(iter(office.example(path.rpartition("/")[2])))
    agency.put(f"{path}/draft", {"answers": {field: "Half."}})
    problem(office.caller("caseworker").get(f"{path}/draft"), 403, "not-permitted")
    assert agency("DELETE", f"{path}/draft").get_json()["answers"] == {field: "Half."}
    assert agency.get(f"{path}/draft").get_json()["answers"] == {}
    assert agency.get(path).get_json()["draftSavedAt"] is None


def test_a_draft_ends_with_a_withdrawn_request(office: Office, case: str, path: str, owed_by: str) -> None:
    office.caller("professional", owed_by).put(f"{path}/draft", {"answers": {}})
    assert count(office.desk, task_draft) == 1
    body = {"withdrawnOn": office.desk.clock.today().isoformat(), "reason": "The family moved."}
    office.caller("caseworker").post(f"{CASES}/{case}/withdrawal", body)
    assert count(office.desk, task_draft) == 0


def test_a_tasks_history_says_who_had_it(office: Office) -> None:
    key = office.task(office.raise_request(), "register_request")["key"]
    worker, path = office.caller("caseworker"), f"{TASKS}/{key}"
    other = {"membershipKey": str(office.desk.all_with("caseworker")[1].membership_key)}
    worker.post(f"{path}/claim")
    worker.post(f"{path}/delegate", other)
    second(office).post(f"{path}/resolve")
    worker.post(f"{path}/unclaim")
    office.caller("service_manager").post(f"{path}/assign", other)
    second(office).post(f"{path}/complete", {"answers": office.example(key)})
    happened = worker.get(f"{path}/history").get_json()["items"]
    assert [(each["event"].partition(":")[2], each["holder"]) for each in happened] == [
        ("created", None),
        ("claimed", "Amara Okafor"),
        ("delegated", "Tom Whitcombe"),
        ("resolved", "Amara Okafor"),
        ("unclaimed", None),
        ("assigned", "Tom Whitcombe"),
        ("completed", "Tom Whitcombe"),
    ]
