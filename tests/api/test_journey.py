"""A request over HTTP: raised, worked on by several people, corrected, withdrawn."""

from __future__ import annotations

import base64
from datetime import timedelta
from typing import Any

import pytest

from api.requests.schemas import NEW_REQUEST
from tests.api.asking import fields, problem
from tests.api.office import CASES, TASKS, Office


@pytest.fixture
def case(office: Office) -> str:
    return office.raise_request()


@pytest.fixture
def register(office: Office, case: str) -> dict[str, Any]:
    """The first task of a fresh case."""
    return office.task(case, "register_request")


def test_a_request_opens_a_case_with_its_limits_and_tasks(office: Office) -> None:
    today = office.desk.clock.today()
    body = {**NEW_REQUEST, "receivedOn": today.isoformat()}
    response = office.caller("caseworker").post("/api/v1/requests", body)
    raised = response.get_json()
    assert response.status_code == 201
    assert response.headers["Location"] == f"{CASES}/{raised['caseKey']}"

    case = office.caller("caseworker").get(response.headers["Location"]).get_json()
    assert case["child"] == body["child"]
    assert (case["receivedOn"], case["requestedBy"], case["settingUrn"]) == (
        today.isoformat(),
        "parent",
        "103456",
    )

    deadlines = office.caller("caseworker").get(f"{CASES}/{raised['caseKey']}/deadlines").get_json()["items"]
    decide = next(row for row in deadlines if row["rule"] == "reg5_decide_to_assess")
    assert decide["dueOn"] == (today + timedelta(weeks=6)).isoformat()
    assert decide["anchor"] == "request_received_on"
    assert decide["status"] == "running"
    assert "reg 5(1)" in decide["citation"]

    task = office.task(raised["caseKey"], "register_request")
    assert task["processInstanceKey"] == raised["processInstanceKey"]
    assert (task["organisation"], task["state"], task["assignee"]) == ("send_team", "CREATED", None)


def test_a_task_is_claimed_answered_and_gone(office: Office, case: str, register: dict[str, Any]) -> None:
    worker, path = office.caller("caseworker"), f"{TASKS}/{register['key']}"
    claimed = worker.post(f"{path}/claim")
    assert claimed.get_json()["state"] == "ASSIGNED"
    assert claimed.headers["ETag"] == f'"{claimed.get_json()["version"]}"'
    assert register["key"] in [
        task["key"] for task in worker.get(f"{TASKS}?assignee=me&limit=200").get_json()["items"]
    ]

    completed = worker.post(f"{path}/complete", {"answers": office.example(register["key"])})
    assert completed.status_code == 200
    assert completed.get_json()["state"] == "COMPLETED"
    assert completed.get_json()["completionDate"].endswith("Z")
    open_now = worker.get(f"{TASKS}?caseKey={case}&limit=200").get_json()["items"]
    assert register["key"] not in [task["key"] for task in open_now]
    problem(worker.post(f"{path}/complete", {"answers": {}}), 409, "task-closed")


def test_a_claimed_task_is_never_taken_over_silently(office: Office, register: dict[str, Any]) -> None:
    path = f"{TASKS}/{register['key']}"
    holder = office.caller("caseworker").post(f"{path}/claim").get_json()["assignee"]
    for verb, body in (
        ("claim", None),
        ("unclaim", None),
        ("complete", {"answers": office.example(register["key"])}),
    ):
        said = problem(office.caller("service_manager").post(f"{path}/{verb}", body), 409, "task-held")
        assert said["holder"] == holder
    assert office.caller("caseworker").post(f"{path}/unclaim").get_json()["assignee"] is None
    assert office.caller("service_manager").post(f"{path}/claim").status_code == 200


def test_a_task_of_others_can_be_read_but_not_worked_on(office: Office, register: dict[str, Any]) -> None:
    problem(office.caller("decision_maker").post(f"{TASKS}/{register['key']}/claim"), 403, "not-permitted")


def test_the_example_of_a_form_is_accepted_as_it_stands(office: Office, register: dict[str, Any]) -> None:
    form = office.caller("caseworker").get(f"{TASKS}/{register['key']}/form").get_json()
    assert form["key"] == register["formKey"]
    assert form["document"]["components"]
    answers = {"answers": form["schema"]["examples"][0]}
    assert office.caller("caseworker").post(f"{TASKS}/{register['key']}/complete", answers).status_code == 200


def test_answers_that_do_not_fit_change_nothing(office: Office, case: str, register: dict[str, Any]) -> None:
    path, example = f"{TASKS}/{register['key']}/complete", office.example(register["key"])
    before = office.caller("caseworker").get(f"{CASES}/{case}").get_json()
    for answers, field in (
        ({name: value for name, value in example.items() if name != "rightsHolder"}, "answers.rightsHolder"),
        ({**example, "responsible": "perhaps"}, "answers.responsible"),
        ({**example, "somethingElse": 1}, "answers.somethingElse"),
    ):
        response = office.caller("caseworker").post(path, {"answers": answers})
        problem(response, 422, "bad-input")
        assert field in fields(response)
        assert {name.split(".")[0] for name in fields(response)} == {"answers"}
    assert set(fields(office.caller("caseworker").post(path, {}))) == {"answers"}
    assert office.task(case, "register_request") == register
    assert office.caller("caseworker").get(f"{CASES}/{case}").get_json() == before


# --- what has changed since ---------------------------------------------------------------------


def test_nothing_is_done_on_a_task_that_has_changed_since(office: Office, register: dict[str, Any]) -> None:
    worker, path = office.caller("caseworker"), f"{TASKS}/{register['key']}"
    seen = worker.get(path).headers["ETag"]
    assert worker.post(f"{path}/claim", headers={"If-Match": seen}).status_code == 200
    problem(worker.post(f"{path}/unclaim", headers={"If-Match": seen}), 412, "version-mismatch")
    assert worker.get(path).get_json()["state"] == "ASSIGNED"
    assert (
        worker.post(f"{path}/unclaim", headers={"If-Match": worker.get(path).headers["ETag"]}).status_code
        == 200
    )


def test_nothing_is_done_on_a_case_that_has_changed_since(office: Office, case: str) -> None:
    worker, today = office.caller("caseworker"), office.desk.clock.today()
    seen = worker.get(f"{CASES}/{case}").headers["ETag"]
    withdrawal = {"withdrawnOn": today.isoformat(), "reason": "The family has moved away."}
    office.caller("caseworker").post(f"{TASKS}/{office.task(case, 'register_request')['key']}/claim")
    problem(
        worker.post(f"{CASES}/{case}/withdrawal", withdrawal, headers={"If-Match": seen}),
        412,
        "version-mismatch",
    )
    now = worker.get(f"{CASES}/{case}").headers["ETag"]
    assert worker.post(f"{CASES}/{case}/withdrawal", withdrawal, headers={"If-Match": now}).status_code == 200


# --- sent twice --------------------------------------------------------------------------------


def test_a_request_that_is_sent_twice_is_raised_once(office: Office) -> None:
    worker, key = office.caller("caseworker"), {"Idempotency-Key": "raise-1"}
    body = {**NEW_REQUEST, "receivedOn": office.desk.clock.today().isoformat()}
    first = worker.post("/api/v1/requests", body, headers=key)
    again = worker.post("/api/v1/requests", body, headers=key)
    assert (first.status_code, again.status_code) == (201, 201)
    assert (again.data, again.headers["Location"]) == (first.data, first.headers["Location"])
    assert "Idempotency-Replayed" not in first.headers
    assert again.headers["Idempotency-Replayed"] == "true"
    newest = worker.get(f"{CASES}?limit=1").get_json()["items"][0]["key"]
    assert newest == first.get_json()["caseKey"]


def test_a_key_stands_for_one_request_of_one_person(office: Office) -> None:
    worker, key = office.caller("caseworker"), {"Idempotency-Key": "raise-2"}
    body = {**NEW_REQUEST, "receivedOn": office.desk.clock.today().isoformat()}
    first = worker.post("/api/v1/requests", body, headers=key).get_json()["caseKey"]
    other = worker.post("/api/v1/requests", {**body, "settingUrn": None}, headers=key)
    assert set(fields(other)) == {"Idempotency-Key"}
    assert other.get_json()["errors"][0]["in"] == "header"
    problem(other, 422, "bad-input")
    somebody_else = office.caller("decision_maker").post("/api/v1/requests", body, headers=key)
    assert somebody_else.get_json()["caseKey"] != first


def test_a_completion_that_is_sent_again_gets_its_first_answer(
    office: Office, register: dict[str, Any]
) -> None:
    worker, path = office.caller("caseworker"), f"{TASKS}/{register['key']}/complete"
    sent = {
        "body": {"answers": office.example(register["key"])},
        "headers": {"Idempotency-Key": "complete-1"},
    }
    first, again = worker.post(path, **sent), worker.post(path, **sent)
    assert (first.status_code, again.status_code) == (200, 200)
    assert (again.data, again.headers["ETag"]) == (first.data, first.headers["ETag"])


def test_what_failed_may_be_tried_again_under_the_same_key(office: Office, register: dict[str, Any]) -> None:
    worker, path = office.caller("caseworker"), f"{TASKS}/{register['key']}/complete"
    key = {"Idempotency-Key": "complete-2"}
    problem(worker.post(path, {"answers": {"no": 1}}, headers=key), 422, "bad-input")
    answers = {"answers": office.example(register["key"])}
    assert worker.post(path, answers, headers=key).status_code == 200


@pytest.mark.parametrize("key", ["", "x" * 201, "two words", "ü"])
def test_a_key_that_is_none_is_malformed(office: Office, register: dict[str, Any], key: str) -> None:
    response = office.caller("caseworker").post(
        f"{TASKS}/{register['key']}/claim", headers={"Idempotency-Key": key}
    )
    problem(response, 400, "malformed")


# --- corrections -------------------------------------------------------------------------------


def test_a_corrected_date_moves_what_hangs_on_it(office: Office, case: str) -> None:
    today = office.desk.clock.today()
    right = today - timedelta(days=3)
    body = {
        "anchor": "request_received_on",
        "date": right.isoformat(),
        "reason": "The letter was stamped earlier.",
    }
    change = office.caller("caseworker").post(f"{CASES}/{case}/anchors", body).get_json()
    due = {
        when: next(row["dueOn"] for row in change[when] if row["rule"] == "reg5_decide_to_assess")
        for when in ("before", "after")
    }
    assert due["before"] == (today + timedelta(weeks=6)).isoformat()
    assert due["after"] == (right + timedelta(weeks=6)).isoformat()


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"anchor": "no_such_anchor"}, "anchor"),
        ({"date": "2030-01-01"}, "date"),
        ({"date": "soon"}, "date"),
        ({"reason": ""}, "reason"),
        ({"reason": " \n"}, "reason"),
        ({"why": "x"}, "why"),
    ],
)
def test_a_correction_that_can_not_be_right_is_refused(
    office: Office, case: str, changes: dict[str, Any], field: str
) -> None:
    body = {"anchor": "request_received_on", "date": "2026-10-30", "reason": "Stamped earlier.", **changes}
    response = office.caller("caseworker").post(f"{CASES}/{case}/anchors", body)
    problem(response, 422, "bad-input")
    assert set(fields(response)) == {field}


def test_an_exception_lifts_a_limit_with_its_evidence(office: Office, case: str) -> None:
    today = office.desk.clock.today()
    body = {
        "code": "EX_ABSENT_4W",
        "rules": ["reg5_decide_to_assess"],
        "from": (today - timedelta(weeks=5)).isoformat(),
        "to": today.isoformat(),
        "evidence": "Letter from the family.",
        "impracticalBecause": "Nobody could see the child.",
    }
    change = office.caller("caseworker").post(f"{CASES}/{case}/exceptions", body).get_json()
    lifted = next(row for row in change["after"] if row["rule"] == "reg5_decide_to_assess")
    assert lifted["exceptions"] == ["EX_ABSENT_4W"]
    wrong = office.caller("caseworker").post(f"{CASES}/{case}/exceptions", {**body, "code": "EX_NONE"})
    assert "code" in fields(wrong)
    assert "from" in fields(
        office.caller("caseworker").post(f"{CASES}/{case}/exceptions", {**body, "from": None})
    )


def test_after_a_withdrawal_nothing_more_is_done(office: Office, case: str, register: dict[str, Any]) -> None:
    worker, today = office.caller("caseworker"), office.desk.clock.today().isoformat()
    body = {"withdrawnOn": today, "reason": "The family has moved away."}
    change = worker.post(f"{CASES}/{case}/withdrawal", body).get_json()
    assert {row["status"] for row in change["after"]} == {"withdrawn"}
    assert worker.get(f"{CASES}/{case}").get_json()["status"] == "withdrawn"
    refused = worker.post(f"{TASKS}/{register['key']}/complete", {"answers": office.example(register["key"])})
    assert refused.status_code == 409
    problem(worker.post(f"{CASES}/{case}/withdrawal", body), 409, "case-closed")


# --- reading -----------------------------------------------------------------------------------


def test_the_history_tells_who_did_what(office: Office, case: str, register: dict[str, Any]) -> None:
    worker = office.caller("caseworker")
    worker.post(f"{TASKS}/{register['key']}/claim")
    worker.get(f"{CASES}/{case}")
    entries = worker.get(f"{CASES}/{case}/timeline").get_json()["items"]
    events = [entry["event"] for entry in entries]
    assert events[0] == "case:opened"
    assert {"task:claimed", "case:read"} <= set(events)
    claimed = next(entry for entry in entries if entry["event"] == "task:claimed")
    assert claimed["actor"] == office.desk.member("caseworker").person_name
    assert claimed["organisation"] == "send_team"


@pytest.mark.parametrize("path", [TASKS, CASES, "timeline"])
def test_pages_put_together_are_the_whole_list(office: Office, case: str, path: str) -> None:
    for _ in range(2):
        office.raise_request()
    address = f"{CASES}/{case}/timeline" if path == "timeline" else path
    worker = office.caller("caseworker")
    whole = worker.get(f"{address}?limit=200").get_json()["items"]
    found, cursor = [], None
    while True:
        asked = f"{address}?limit=2" + (f"&cursor={cursor}" if cursor else "")
        page = worker.get(asked).get_json()
        assert 1 <= len(page["items"]) <= 2
        found += page["items"]
        cursor = page["page"]["endCursor"]
        if cursor is None:
            break
    assert found == whole
    assert len(whole) > 2


#: A list of one number of thirty digits.
HUGE = base64.urlsafe_b64encode(b"[" + b"9" * 30 + b"]").decode().rstrip("=")


@pytest.mark.parametrize("cursor", ["x", "e30", "WzFd!", "W251bGxd", "WyJhIiwiYiJd", HUGE])
@pytest.mark.parametrize("path", [TASKS, CASES, "/api/v1/escalations"])
def test_a_cursor_that_is_not_ours_is_refused(office: Office, path: str, cursor: str) -> None:
    response = office.caller("caseworker").get(f"{path}?cursor={cursor}")
    problem(response, 422, "bad-input")
    assert set(fields(response)) == {"cursor"}


def test_filters_choose(office: Office, case: str, register: dict[str, Any]) -> None:
    worker = office.caller("caseworker")

    def keys(query: str) -> set[str]:
        return {
            task["key"]
            for task in worker.get(f"{TASKS}?caseKey={case}&limit=200&{query}").get_json()["items"]
        }

    assert register["key"] in keys("candidateGroup=caseworker")
    assert register["key"] not in keys("candidateGroup=strategic_board")
    assert register["key"] in keys("organisation=send_team&unassigned=true&state=CREATED")
    assert keys("organisation=camhs") == set()
    assert keys("unassigned=false") == set()
    assert keys("dueBefore=2026-01-01") == set()
    worker.post(f"{TASKS}/{register['key']}/claim")
    assert keys("assignee=me") == {register["key"]} == keys("state=ASSIGNED")
    assert keys(f"assignee={office.desk.member('caseworker').person_name}") == {register["key"]}


def test_lateness_is_listed_for_those_who_answer_for_it(office: Office, case: str) -> None:
    office.desk.step_to(office.desk.clock.today() + timedelta(weeks=6, days=1))
    found = office.caller("group_head").get(f"/api/v1/escalations?caseKey={case}").get_json()["items"]
    missed = next(row for row in found if row["rule"] == "reg5_decide_to_assess")
    assert (missed["reason"], missed["state"], missed["organisation"]) == ("missed", "open", "send_team")
    assert "reg 5(1)" in missed["citation"]
    listed = office.caller("caseworker").get(f"{CASES}?limit=200").get_json()["items"]
    assert next(row["lateDeadlines"] for row in listed if row["key"] == case) >= 1


def test_readiness_is_said_until_the_end(office: Office) -> None:
    from api.application import create_app, say_stopping

    app = create_app(office.desk.engine)
    client = app.test_client()
    assert client.get("/health/ready").get_json()["status"] == "ready"
    say_stopping(app)
    said = client.get("/health/ready")
    assert (said.status_code, said.get_json()["reasons"]) == (503, ["The service is stopping."])
    assert said.headers["Retry-After"]
    assert client.get("/health/live").status_code == 200
