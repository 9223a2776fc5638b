"""Saved filters, over HTTP: kept, shared with one's own people, run as whoever runs them."""

from __future__ import annotations

from typing import Any

import pytest

from engine.services.principals import create_token
from tests.api.asking import Caller, fields, problem
from tests.api.office import TASKS, Office

FILTERS = "/api/v1/task-filters"


@pytest.fixture
def second(office: Office) -> Caller:
    membership = office.desk.all_with("caseworker")[1].membership_key
    return Caller(office.app, create_token(office.desk.engine, membership, "test"))


def saved(caller: Caller, **body: Any) -> str:
    response = caller.post(FILTERS, {"name": "Mine", "conditions": {}, **body})
    assert response.status_code == 201, response.text
    return f"{FILTERS}/{response.get_json()['key']}"


def listed(caller: Caller) -> set[str]:
    return {f"{FILTERS}/{item['key']}" for item in caller.get(FILTERS).get_json()["items"]}


def test_a_shared_filter_shows_everybody_their_own_tasks(office: Office, second: Caller) -> None:
    owner = office.caller("caseworker")
    mine, other = (office.task(office.raise_request(), "register_request")["key"] for _ in range(2))
    owner.post(f"{TASKS}/{mine}/claim")
    second.post(f"{TASKS}/{other}/claim")
    path = saved(owner, conditions={"assignee": "me", "state": ["ASSIGNED"]}, sharing="organisation")
    for caller, key in ((owner, mine), (second, other)):
        found = caller.get(f"{path}/tasks").get_json()["items"]
        assert [task["key"] for task in found] == [key]
        assert caller.get(f"{path}/count?groupBy=state").get_json() == {
            "count": 1,
            "groups": [{"group": "ASSIGNED", "count": 1}],
        }


def test_a_filter_finds_what_the_same_query_finds(office: Office) -> None:
    worker = office.caller("caseworker")
    office.registered_request()
    conditions = {
        "organisation": "mine",
        "priorityFrom": 50,
        "overdue": False,
        "createdAfter": "2026-01-01T00:00:00Z",
    }
    query = "organisation=mine&priorityFrom=50&overdue=false&createdAfter=2026-01-01T00:00:00Z"
    path = saved(worker, conditions=conditions)
    assert worker.get(path).get_json()["conditions"] == conditions
    for order in ("sortBy=creationDate&sortOrder=desc", "limit=2"):
        asked = worker.get(f"{TASKS}?{query}&{order}").get_json()
        assert asked["items"]
        assert worker.get(f"{path}/tasks?{order}").get_json() == asked


def test_a_filter_is_seen_by_those_it_is_shared_with(office: Office, second: Caller) -> None:
    owner, manager = office.caller("caseworker"), office.caller("service_manager")
    own, for_all = saved(owner), saved(owner, sharing="organisation")
    for_managers = saved(owner, sharing="organisation", roles=["service_manager"])
    assert {own, for_all, for_managers} <= listed(owner)
    assert listed(second) & {own, for_all, for_managers} == {for_all}
    assert listed(manager) & {own, for_all, for_managers} == {for_all, for_managers}
    assert not listed(office.caller("professional", "camhs")) & {own, for_all, for_managers}
    problem(second.get(own), 404, "not-found")
    problem(second.get(f"{own}/tasks"), 404, "not-found")


def test_only_its_owner_changes_and_deletes_a_filter(office: Office, second: Caller) -> None:
    owner = office.caller("caseworker")
    path = saved(owner, sharing="organisation")
    new = {"name": "Better", "conditions": {"overdue": True}, "sharing": "organisation"}
    problem(second.put(path, new), 403, "not-permitted")
    problem(second("DELETE", path), 403, "not-permitted")
    changed = owner.put(path, new)
    assert (changed.get_json()["name"], changed.headers["ETag"]) == ("Better", '"2"')
    problem(owner("PUT", path, json=new, headers={"If-Match": '"1"'}), 412, "version-mismatch")
    assert owner("DELETE", path).get_json()["name"] == "Better"
    problem(owner.get(path), 404, "not-found")


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"conditions": {"nonsense": 1}}, "conditions.nonsense"),
        ({"conditions": {"state": ["DONE"]}}, "conditions.state.0"),
        ({"conditions": {"overdue": "yes"}}, "conditions.overdue"),
        ({"roles": ["caseworker"]}, "roles"),
        ({"sharing": "world"}, "sharing"),
    ],
)
def test_a_filter_that_cant_be_is_refused(office: Office, body: dict[str, Any], field: str) -> None:
    refused = office.caller("caseworker").post(FILTERS, {"name": "x", "conditions": {}, **body})
    assert field in fields(refused)
