"""Worklists over HTTP: what is asked for, in every order, page by page, and how many there are."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from tests.api.asking import Caller, fields, problem
from tests.api.office import TASKS, Office, opened_office
from tests.support.desk import CaseDesk


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def office(databases: Any, request: pytest.FixtureRequest) -> Iterator[Office]:
    """Three cases on different days, with an adviser's tasks and the SEND team's."""
    with databases.migrated(request.param) as url, opened_office(url) as opened:
        today = opened.desk.clock.today()
        CaseDesk(opened.desk, opened.registered_request(), "").until(
            "decide_assess", but=["family_views_request"]
        )
        opened.registered_request(receivedOn=(today - timedelta(days=3)).isoformat())
        opened.raise_request(receivedOn=(today - timedelta(weeks=8)).isoformat())
        yield opened


def items(caller: Caller, query: str = "") -> list[dict[str, Any]]:
    response = caller.get(f"{TASKS}?limit=200&{query}")
    assert response.status_code == 200, response.text
    return list(response.get_json()["items"])


def paged(caller: Caller, query: str, limit: int = 2) -> list[dict[str, Any]]:
    """The same list, read in small pages."""
    found, cursor = [], ""
    while True:
        page = caller.get(f"{TASKS}?limit={limit}&{query}{cursor}").get_json()
        found += page["items"]
        if page["page"]["endCursor"] is None:
            return found
        cursor = f"&cursor={page['page']['endCursor']}"


ORDERS = [
    (by, way) for by in ("dueDate", "priority", "creationDate", "followUpDate") for way in ("asc", "desc")
]


@pytest.mark.parametrize(("by", "way"), ORDERS)
def test_every_order_is_the_same_in_pages_and_as_a_whole(office: Office, by: str, way: str) -> None:
    worker = office.caller("caseworker")
    query = f"sortBy={by}&sortOrder={way}"
    whole = items(worker, query)
    assert len(whole) > 5
    assert paged(worker, query) == whole
    values = [task[by] for task in whole if task[by] is not None]
    assert values == sorted(values, reverse=way == "desc")
    assert [task[by] for task in whole if task[by] is None] == [task[by] for task in whole][len(values) :]
    assert {task["key"] for task in whole} == {task["key"] for task in items(worker)}


def test_a_cursor_of_another_order_is_refused(office: Office) -> None:
    worker = office.caller("caseworker")
    cursor = worker.get(f"{TASKS}?limit=1").get_json()["page"]["endCursor"]
    refused = worker.get(f"{TASKS}?limit=1&sortBy=priority&cursor={cursor}")
    problem(refused, 422, "bad-input")
    assert "another order" in fields(refused)["cursor"]


def test_each_condition_holds_of_all_that_is_found_and_of_nothing_else(office: Office) -> None:
    worker, today = office.caller("caseworker"), office.desk.clock.today().isoformat()
    everything = items(worker, "state=CREATED&state=ASSIGNED&state=COMPLETED&state=CANCELED")
    assert {task["state"] for task in everything} >= {"CREATED", "COMPLETED"}
    some = next(task for task in everything if task["rule"])
    other = next(task["organisation"] for task in everything if task["organisation"] != "send_team")
    checks: dict[str, Any] = {
        f"organisation={other}": lambda task: task["organisation"] == other,
        "organisation=mine": lambda task: task["organisation"] == "send_team",
        f"caseKey={some['caseKey']}": lambda task: task["caseKey"] == some["caseKey"],
        f"elementId={some['elementId']}": lambda task: task["elementId"] == some["elementId"],
        f"rule={some['rule']}": lambda task: task["rule"] == some["rule"],
        "processDefinitionId=request_to_plan": lambda task: True,
        "processDefinitionId=review": lambda task: False,
        f"dueBefore={today}": lambda task: (task["dueDate"] or today) < today,
        f"dueAfter={today}": lambda task: (task["dueDate"] or today) > today,
        "overdue=true": lambda task: (task["dueDate"] or today) < today,
        "overdue=false": lambda task: (task["dueDate"] or today) >= today,
        "unassigned=true": lambda task: task["assignee"] is None,
        "priorityFrom=50&priorityTo=50": lambda task: task["priority"] == 50,
        "priorityFrom=51": lambda task: task["priority"] > 50,
        "createdAfter=2026-01-01T00:00:00Z": lambda task: True,
        "createdAfter=2027-01-01T00:00:00Z": lambda task: False,
        f"followUpBefore={today}": lambda task: (task["followUpDate"] or today) < today,
    }
    states = "&state=CREATED&state=ASSIGNED&state=COMPLETED&state=CANCELED"
    for query, holds in checks.items():
        wanted = {task["key"] for task in everything if holds(task)}
        assert {task["key"] for task in items(worker, query + states)} == wanted, query
        assert worker.get(f"{TASKS}/count?{query}{states}").get_json()["count"] == len(wanted), query


def test_what_i_could_take_is_what_i_can_claim(office: Office) -> None:
    for role, organisation in (
        ("caseworker", "send_team"),
        ("professional", "camhs"),
        ("decision_maker", "send_team"),
    ):
        caller = office.caller(role, organisation)
        takeable = {task["key"] for task in items(caller, "candidate=true")}
        for task in items(caller):
            answer = caller.post(f"{TASKS}/{task['key']}/claim")
            assert (answer.status_code == 200) == (task["key"] in takeable), answer.text
            if answer.status_code == 200:
                assert task["key"] in {each["key"] for each in items(caller, "assignee=me")}
                assert caller.post(f"{TASKS}/{task['key']}/unclaim").status_code == 200


def test_counts_in_groups_add_up(office: Office) -> None:
    worker = office.caller("caseworker")
    open_tasks = items(worker)
    for group, name in (("organisation", "organisation"), ("elementId", "elementId"), ("rule", "rule")):
        counted = worker.get(f"{TASKS}/count?groupBy={group}").get_json()
        assert counted["count"] == len(open_tasks) == sum(row["count"] for row in counted["groups"])
        for row in counted["groups"]:
            assert row["count"] == sum(task[name] == row["group"] for task in open_tasks)
    due = worker.get(f"{TASKS}/count?groupBy=due").get_json()
    assert sum(row["count"] for row in due["groups"]) == due["count"]


def test_the_tabs_of_a_worklist_are_counted_at_once(office: Office) -> None:
    worker = office.caller("caseworker")
    task = items(worker, "candidate=true")[0]
    worker.post(f"{TASKS}/{task['key']}/claim")
    counted = worker.get(f"{TASKS}/count?groupBy=worklist").get_json()["groups"]
    assert {row["group"]: row["count"] for row in counted} == {
        "mine": 1,
        "candidate": len(items(worker, "candidate=true")),
        "organisation": len(items(worker, "organisation=mine")),
        "overdue": len(items(worker, "overdue=true")),
        "followUp": 0,
    }
    worker.post(f"{TASKS}/{task['key']}/unclaim")


@pytest.mark.parametrize(
    "query",
    ["state=DONE", "sortBy=name", "sortOrder=up", "overdue=yes", "priorityFrom=101", "candidate=1", "mine=1"],
)
def test_a_condition_that_cant_be_is_refused(office: Office, query: str) -> None:
    problem(office.caller("caseworker").get(f"{TASKS}?{query}"), 422, "bad-input")


def test_nothing_of_others_is_counted(office: Office) -> None:
    agency = office.caller("professional", "camhs")
    counted = agency.get(f"{TASKS}/count?groupBy=organisation").get_json()
    assert {row["group"] for row in counted["groups"]} <= {"camhs"}
    assert agency.get(f"{TASKS}/count?organisation=send_team").get_json()["count"] == 0


def test_two_of_a_kind_who_ask_alike_are_each_answered_their_own(office: Office) -> None:
    asked = "organisation=mine&state=CREATED&state=ASSIGNED&state=COMPLETED&createdAfter=2020-01-01T00:00:00Z"
    everything = items(office.caller("caseworker"), asked.removeprefix("organisation=mine&"))
    for code in ("social_care", "icb", "social_care"):
        own = [task for task in everything if task["organisation"] == code]
        assert items(office.caller("service_manager", code), asked) == own != []
