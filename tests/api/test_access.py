"""Who gets what: every operation of the document, asked by every role, for things that are its own, another
organisation's, another authority's, of a restricted case, or not there."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

import pytest

from api.application import create_app
from api.openapi import documented
from engine.services.permissions import PERMISSIONS, ROLES
from tests.api import things
from tests.api.asking import NOBODY, Caller, problem
from tests.api.office import CASES, PLANS, TASKS, Office
from tests.api.things import AT_THE_SCHOOL, NOWHERE, Place, Whose


class Operation(NamedTuple):
    name: str
    method: str
    path: str
    permission: str
    example: Any
    lists: bool
    #: The content type of a body that is a file; None for JSON, and for none.
    file: str | None = None

    def at(self, keys: dict[str, str]) -> str:
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
            _example(operation.get("requestBody", {})),
            "items" in (_example(operation["responses"].get("200", {})) or {}),
            next(
                (kind for kind in operation.get("requestBody", {}).get("content", {}) if "json" not in kind),
                None,
            ),
        )
        for path, item in paths.items()
        for method, operation in item.items()
        if method in ("get", "post", "put", "patch", "delete")
    ]


def _example(described: Any) -> Any:
    return described.get("content", {}).get("application/json", {}).get("example")


OPERATIONS = _operations()
GUARDED = [operation for operation in OPERATIONS if operation.permission != "public"]
KEYED = [operation for operation in GUARDED if "{" in operation.path]
#: What an address names that is somebody's: kinds of letters and of messages are the product's, and everybody's.
OWNED = [operation for operation in KEYED if things.kinds(operation.path) != {"product"}]
#: Lists, counts and searches that anybody with the permission may ask for, each holding what the caller sees.
LISTS = [
    operation
    for operation in GUARDED
    if (operation.lists or operation.method == "GET") and "{" not in operation.path
]

#: Lists that count what runs of each process, of all cases together: that tells of nobody.
FIGURES = frozenset({"listProcessDefinitions"})

#: Where each role sits; anybody else in the SEND team.
PLACES = {
    "professional": "social_care",
    "setting_contact": "urn:123456",
    "organisation_administrator": "social_care",
    "dco": "icb",
    "dsco": "social_care",
}
#: An organisation of the same authority that has no work at all.
IDLE = "idle_service"
#: Roles that see as much from any organisation of an authority: the whole of it, or what others do.
FROM_ANYWHERE = frozenset({"auditor", "administrator", "dco", "dsco"})


def home(role: str) -> Whose:
    return Whose(role, PLACES.get(role, "send_team"))


def named(operations: list[Operation]) -> Any:
    return pytest.mark.parametrize("operation", operations, ids=lambda operation: operation.name)


@pytest.fixture(scope="module")
def ours(office: Office) -> Place:
    """What the SEND team and the agencies of the authority work on."""
    return Place.of(office, "ours")


@pytest.fixture(scope="module")
def restricted(office: Office) -> Place:
    """The same, but for nobody besides whoever has restricted it, and those who may see all such cases."""
    place = Place.of(office, "restricted")
    for path in {operation.path for operation in KEYED if "case" in things.kinds(operation.path)}:
        for role in ROLES:  # while they can still be made
            things.keys(path, place, home(role))
    for case in place.cases():
        restrict(office, case)
    return place


def restrict(office: Office, case: str, *named: str) -> None:
    body = {"membershipKeys": list(named), "reason": "A parent of the child works in the team."}
    done = office.caller("group_head").put(f"{CASES}/{case}/restriction", body)
    assert done.status_code == 200, done.text


@pytest.fixture
def in_vain(office: Office) -> Iterator[None]:
    """Nothing that a test asks for is kept, so that the next finds all as it was."""
    with office.in_vain():
        yield


def caller_of(office: Office, whose: Whose) -> Caller:
    return office.as_member(*whose)


@pytest.fixture(scope="module", autouse=True)
def everybody(office: Office) -> None:
    """All who will ask are members before anything is asked."""
    for role in ROLES:
        for whose in (home(role), Whose(role, IDLE), Whose(role, "send_team", "334")):
            caller_of(office, whose)
    for role in ("caseworker", "decision_maker", "group_head", "administrator", "auditor"):
        office.caller(role)


def send(caller: Caller, operation: Operation, keys: dict[str, str]) -> Any:
    if operation.file is not None:
        return caller(operation.method, operation.at(keys), data=b"?", content_type=operation.file)
    return caller(operation.method, operation.at(keys), json=operation.example)


def answered(caller: Caller, operation: Operation, keys: dict[str, str]) -> tuple[int, str]:
    """The status, and what is said where it isn't granted."""
    response = send(caller, operation, keys)
    refused = response.status_code >= 400
    return response.status_code, response.get_json()["detail"] if refused else ""


def holders(operation: Operation) -> list[str]:
    return [role for role in ROLES if operation.permission in PERMISSIONS[role]]


def test_every_parameter_has_values_and_no_other() -> None:
    named_in_paths = {name for operation in OPERATIONS for name in things.parameters(operation.path)}
    assert set(things.known()) == named_in_paths


@named(GUARDED)
def test_a_stranger_is_asked_who_he_is(office: Office, ours: Place, operation: Operation) -> None:
    caller = office.caller("caseworker").of(NOBODY)
    keys = things.keys(operation.path, ours, home("caseworker"))
    for tried in (keys, things.nowhere(operation.path)):
        problem(caller(operation.method, operation.at(tried)), 401, "unauthenticated")


@named(GUARDED)
def test_a_role_without_the_permission_is_refused_before_anything_is_read(
    office: Office, ours: Place, operation: Operation
) -> None:
    keys = things.keys(operation.path, ours, home("caseworker"))
    for role in set(ROLES) - set(holders(operation)):
        response = caller_of(office, home(role))(operation.method, operation.at(keys), data=b"{not json")
        assert operation.permission in problem(response, 403, "not-permitted")["detail"], role


@named(OWNED)
def test_what_belongs_to_others_is_not_found_and_looks_like_what_is_not_there(
    office: Office, ours: Place, operation: Operation
) -> None:
    keys = things.keys(operation.path, ours, home("caseworker"))
    missing = things.nowhere(operation.path)
    for whose in blind(operation):
        caller = caller_of(office, whose)
        with office.in_vain():
            foreign = problem(send(caller, operation, keys), 404, "not-found")["detail"]
            alike = problem(send(caller, operation, missing), 404, "not-found")["detail"]
        assert re.sub(rf"\b({'|'.join(keys.values())})\b", NOWHERE, foreign) == alike, whose


def blind(operation: Operation) -> Iterator[Whose]:
    """Whoever holds the permission and must not find what is ours."""
    kinds = things.kinds(operation.path)
    for role in holders(operation):
        yield Whose(role, "send_team", "334")
        if kinds & {"case", "organisation", "person"} and role not in FROM_ANYWHERE:
            yield Whose(role, IDLE)


@named(
    [
        operation
        for operation in KEYED
        if things.kinds(operation.path) & {"case", "process"} and operation.permission != "case:restrict"
    ]
)
def test_a_restricted_case_is_there_only_for_those_who_may(
    office: Office, restricted: Place, operation: Operation, in_vain: None
) -> None:
    missing = things.nowhere(operation.path)
    for role in holders(operation):
        caller = caller_of(office, home(role))
        keys = things.keys(operation.path, restricted, home(role))
        if "case:restricted" in PERMISSIONS[role]:
            status, detail = answered(caller, operation, keys)
            assert status not in (401, 404, 500), f"{role}: {detail}"
            continue
        hidden = problem(send(caller, operation, keys), 404, "not-found")["detail"]
        alike = problem(send(caller, operation, missing), 404, "not-found")["detail"]
        assert re.sub(rf"\b({'|'.join(keys.values())})\b", NOWHERE, hidden) == alike, role


#: What an agency that works on a case doesn't find there: it is the SEND team's, or went to others.
NOT_FOR_AGENCIES = frozenset(
    {"noticeKey", "deliveryKey", "familyMemberKey", "planKey", "reviewKey", "deadlineKey", "rule"}
)


@named(KEYED)
def test_whoever_holds_the_permission_and_sees_the_thing_is_let_through(
    office: Office, ours: Place, operation: Operation
) -> None:
    for role in holders(operation):
        whose = home(role)
        keys = things.keys(operation.path, ours, whose)
        with office.in_vain():
            status, detail = answered(caller_of(office, whose), operation, keys)
        may_miss = whose.organisation != "send_team" and bool(NOT_FOR_AGENCIES & set(keys))
        assert status not in (401, 500), role
        assert status != 403 or operation.permission not in detail, role
        assert status != 404 or may_miss, f"{role}: {detail}"


#: What no role gets into: strangers who sign in, and GOV.UK Notify with a token of its own.
OF_NO_ROLE = ("/sign-in", "/notify/")


@named(
    [
        each
        for each in OPERATIONS
        if "{" not in each.path and not any(part in each.path for part in OF_NO_ROLE)
    ]
)
def test_whoever_may_gets_in_where_nothing_is_named(
    office: Office, operation: Operation, in_vain: None
) -> None:
    for role in holders(operation) if operation.permission != "public" else ["caseworker"]:
        status = send(caller_of(office, home(role)), operation, {}).status_code
        assert status in (200, 201, 202, 204, 409, 422), f"{role}: {status}"


@named(LISTS)
def test_a_list_holds_and_counts_nothing_of_what_others_have(
    office: Office, ours: Place, operation: Operation
) -> None:
    """What others do leaves a list as it was, to the byte."""
    askers = [caller_of(office, whose) for whose in blind_to_lists(operation)]
    before = [listed(asker, operation) for asker in askers]
    with office.in_vain():
        Place(office, office.registered_request(**AT_THE_SCHOOL), office.bring_in_plan())
        after = [listed(asker, operation) for asker in askers]
    assert before == after


@named([operation for operation in LISTS if operation.name not in FIGURES])
def test_a_list_holds_and_counts_nothing_of_a_restricted_case(
    office: Office, ours: Place, operation: Operation
) -> None:
    askers = [
        caller_of(office, home(role))
        for role in holders(operation)
        if "case:restricted" not in PERMISSIONS[role]
    ]
    before = [listed(asker, operation) for asker in askers]
    with office.in_vain():
        place = Place(office, office.registered_request(**AT_THE_SCHOOL), office.bring_in_plan())
        for case in place.cases():
            restrict(office, case)
        after = [listed(asker, operation) for asker in askers]
    assert before == after


def listed(asker: Caller, operation: Operation) -> Any:
    """What a list answers, but for the name of the request."""
    answer = send(asker, operation, {}).get_json()
    return {name: value for name, value in answer.items() if name != "requestId"}


def blind_to_lists(operation: Operation) -> Iterator[Whose]:
    for role in holders(operation):
        yield Whose(role, "send_team", "334")


@pytest.mark.parametrize("path", [TASKS, CASES, PLANS, "/api/v1/reviews", "/api/v1/escalations"])
def test_a_list_holds_nothing_of_other_authorities(office: Office, ours: Place, path: str) -> None:
    assert office.neighbour().get(path).get_json() == {"items": [], "page": {"endCursor": None}}


def test_an_agency_sees_only_its_own_tasks_and_the_cases_they_belong_to(office: Office, ours: Place) -> None:
    agency = office.caller("professional", "social_care")
    tasks = agency.get(f"{TASKS}?limit=200").get_json()["items"]
    assert {task["organisation"] for task in tasks} == {"social_care"}
    cases = agency.get(f"{CASES}?limit=200").get_json()["items"]
    assert {case["key"] for case in cases} == {task["caseKey"] for task in tasks}
    assert agency.get(f"{TASKS}?organisation=send_team").get_json()["items"] == []


def test_health_and_the_document_are_open_to_anybody(office: Office) -> None:
    anybody = office.caller("caseworker").of(NOBODY)
    for path in ("/", "/health/live", "/health/ready", "/api/v1/docs", "/api/v1/openapi.json"):
        assert anybody.get(path).status_code == 200
