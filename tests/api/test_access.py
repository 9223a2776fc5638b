"""Who gets what: every operation of the document, for strangers, for the wrong role, and for other agencies."""

from __future__ import annotations

import re
from typing import Any, NamedTuple

import pytest

from api.application import create_app
from api.openapi import documented
from engine.services.permissions import PERMISSIONS
from tests.api.asking import NOBODY, Caller, problem
from tests.api.office import CASES, PLANS, TASKS, Office


class Operation(NamedTuple):
    name: str
    method: str
    path: str
    permission: str
    example: Any

    def at(self, **keys: str) -> str:
        """Its address with keys put in."""
        return self.path.format(**keys)


def _operations() -> list[Operation]:
    paths = documented(create_app(None))["paths"]  # type: ignore[arg-type]
    return [
        Operation(
            operation["operationId"],
            method.upper(),
            path,
            operation["x-permission"],
            operation.get("requestBody", {}).get("content", {}).get("application/json", {}).get("example"),
        )
        for path, item in paths.items()
        for method, operation in item.items()
        if method in ("get", "post", "put", "patch")
    ]


OPERATIONS = _operations()
GUARDED = [operation for operation in OPERATIONS if operation.permission != "public"]
KEYED = [operation for operation in GUARDED if "{" in operation.path]


def named(operations: list[Operation]) -> Any:
    return pytest.mark.parametrize("operation", operations, ids=lambda operation: operation.name)


@pytest.fixture(scope="module")
def keys(office: Office) -> dict[str, str]:
    """Keys of the SEND team's own things, by parameter; every parameter must be here."""
    case = office.registered_request()
    notice = office.notice(case, "family_consultation")
    plan = office.bring_in_plan()
    found = {
        "caseKey": case,
        "taskKey": office.task(case, "family_views_request")["key"],
        "noticeKey": notice["key"],
        "deliveryKey": notice["deliveries"][0]["key"],
        "familyMemberKey": notice["deliveries"][0]["familyMemberKey"],
        "planKey": plan,
        "versionNumber": "1",
        "reviewKey": office.begin_review(plan),
        "occurrence": "cessation-1",
        "processDefinitionKey": "1",
        "processInstanceKey": office.task(case, "family_views_request")["processInstanceKey"],
    }
    assert {name for operation in OPERATIONS for name in re.findall(r"{(\w+)}", operation.path)} == set(found)
    return found


def send(caller: Caller, operation: Operation, keys: dict[str, str]) -> Any:
    return caller(operation.method, operation.at(**keys), json=operation.example)


@named(GUARDED)
def test_a_stranger_is_asked_who_he_is(office: Office, keys: dict[str, str], operation: Operation) -> None:
    caller = office.caller("caseworker").of(NOBODY)
    problem(caller(operation.method, operation.at(**keys)), 401, "unauthenticated")
    missing = dict.fromkeys(keys, "999999")
    problem(caller(operation.method, operation.at(**missing)), 401, "unauthenticated")


@named(GUARDED)
def test_a_role_without_the_permission_is_refused_before_anything_is_read(
    office: Office, keys: dict[str, str], operation: Operation
) -> None:
    roles = ("professional", "process_owner")
    role = next(role for role in roles if operation.permission not in PERMISSIONS[role])
    caller = office.caller(role, "camhs" if role == "professional" else "send_team")
    for body in (b"", b"{not json"):
        response = caller(operation.method, operation.at(**keys), data=body)
        assert operation.permission in problem(response, 403, "not-permitted")["detail"]


@named(KEYED)
def test_what_belongs_to_others_is_not_found_and_looks_like_what_is_not_there(
    office: Office, keys: dict[str, str], operation: Operation
) -> None:
    agency = office.caller("professional", "childrens_therapies")
    others = ("caseworker", "administrator")
    who = [office.neighbour(next(role for role in others if operation.permission in PERMISSIONS[role]))]
    if operation.permission in PERMISSIONS["professional"]:
        who.append(agency)
    for caller in who:
        foreign = problem(send(caller, operation, keys), 404, "not-found")
        missing = problem(send(caller, operation, dict.fromkeys(keys, "999999")), 404, "not-found")
        assert re.sub(rf"\b({'|'.join(keys.values())})\b", "999999", foreign["detail"]) == missing["detail"]


@named([operation for operation in OPERATIONS if operation.permission != "task:work"])
def test_whoever_may_gets_in(office: Office, keys: dict[str, str], operation: Operation) -> None:
    roles = ("caseworker", "administrator")
    role = next(role for role in roles if operation.permission in {*PERMISSIONS[role], "public"})
    status = send(office.caller(role), operation, keys).status_code
    assert status in (200, 201, 409, 422), status


@pytest.mark.parametrize("path", [TASKS, CASES, PLANS, "/api/v1/reviews", "/api/v1/escalations"])
def test_a_list_holds_nothing_of_other_authorities(office: Office, keys: dict[str, str], path: str) -> None:
    assert office.neighbour().get(path).get_json() == {"items": [], "page": {"endCursor": None}}


def test_an_agency_sees_only_its_own_tasks_and_the_cases_they_belong_to(
    office: Office, keys: dict[str, str]
) -> None:
    agency = office.caller("professional", "childrens_therapies")
    tasks = agency.get(f"{TASKS}?limit=200").get_json()["items"]
    assert {task["organisation"] for task in tasks} <= {"childrens_therapies"}
    cases = agency.get(f"{CASES}?limit=200").get_json()["items"]
    assert {case["key"] for case in cases} == {task["caseKey"] for task in tasks}
    assert agency.get(f"{TASKS}?organisation=send_team").get_json()["items"] == []


def test_health_and_the_document_are_open_to_anybody(office: Office) -> None:
    anybody = office.caller("caseworker").of(NOBODY)
    for path in ("/", "/health/live", "/health/ready", "/api/v1/docs", "/api/v1/openapi.json"):
        assert anybody.get(path).status_code == 200
