"""What is answered in haste is what the schemas promise, field for field."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from marshmallow import RAISE, Schema

from api.cases.schemas import Case, CasePage, DeadlinePage, TimelinePage
from api.corrections.schemas import Change
from api.escalations.schemas import EscalationPage
from api.plans.schemas import NEW_PLAN, BroughtIn, Comparison, Plan, PlanPage, PlanVersion, PlanVersionPage
from api.requests.schemas import NEW_REQUEST, RaisedRequest
from api.reviews.schemas import Pairing, PlanReviews, ReviewPage, ReviewWithInvitees
from api.tasks.schemas import Task, TaskForm, TaskPage
from tests.api.asking import fields
from tests.api.office import CASES, PLANS, TASKS, Office


def differences(schema: type[Schema], answer: dict[str, Any]) -> dict[str, Any]:
    """What the answer has that the schema doesn't know, or writes in another way."""
    again = schema().dump(schema().load(answer, unknown=RAISE))
    return {name: (value, again.get(name)) for name, value in answer.items() if again.get(name) != value}


@pytest.fixture(scope="module")
def late_case(office: Office) -> str:
    """A case with a held task, a completed one, a missed limit and a history."""
    key = office.raise_request()
    worker = office.caller("caseworker")
    first = office.task(key, "register_request")["key"]
    worker.post(f"{TASKS}/{first}/complete", {"answers": office.example(first)})
    for task in worker.get(f"{TASKS}?caseKey={key}").get_json()["items"]:
        worker.post(f"{TASKS}/{task['key']}/claim")
    office.desk.step_to(office.desk.clock.today() + timedelta(weeks=7))
    return key


LISTS = {
    f"{TASKS}?limit=200": TaskPage,
    f"{TASKS}?state=COMPLETED": TaskPage,
    CASES: CasePage,
    CASES + "/{key}/deadlines": DeadlinePage,
    CASES + "/{key}/timeline": TimelinePage,
    "/api/v1/escalations?state=all": EscalationPage,
    PLANS: PlanPage,
    PLANS + "/{plan}/versions": PlanVersionPage,
    PLANS + "/{plan}/reviews": PlanReviews,
    "/api/v1/reviews": ReviewPage,
}


@pytest.mark.parametrize("path", LISTS)
def test_lists_are_as_their_schemas_say(office: Office, late_case: str, path: str) -> None:
    address = path.format(key=late_case, plan=office.bring_in_plan())
    answer = office.caller("group_head").get(address).get_json()
    assert answer["items"]
    assert differences(LISTS[path], answer) == {}


def test_single_things_are_as_their_schemas_say(office: Office, late_case: str) -> None:
    worker = office.caller("caseworker")
    task = worker.get(f"{TASKS}?caseKey={late_case}").get_json()["items"][0]
    assert differences(Task, worker.get(f"{TASKS}/{task['key']}").get_json()) == {}
    assert differences(TaskForm, worker.get(f"{TASKS}/{task['key']}/form").get_json()) == {}
    assert differences(Case, worker.get(f"{CASES}/{late_case}").get_json()) == {}
    plan = f"{PLANS}/{office.bring_in_plan()}"
    assert differences(Plan, worker.get(plan).get_json()) == {}
    assert differences(PlanVersion, worker.get(f"{plan}/versions/1").get_json()) == {}
    pairing = worker.get(f"{plan}/review-pairing?lookedAfterReviewOn=2026-10-01")
    assert differences(Pairing, pairing.get_json()) == {}
    before_the_law = worker.get(f"{plan}/review-pairing?lookedAfterReviewOn=2000-01-01")
    assert "was not law" in fields(before_the_law)["lookedAfterReviewOn"]
    review = office.begin_review(plan.rpartition("/")[2])
    assert differences(ReviewWithInvitees, worker.get(f"/api/v1/reviews/{review}").get_json()) == {}
    assert differences(Comparison, worker.get(f"{plan}/versions/1/compare").get_json()) == {}


def test_answers_to_what_is_done_are_as_their_schemas_say(office: Office) -> None:
    worker, today = office.caller("caseworker"), office.desk.clock.today().isoformat()
    raised = worker.post("/api/v1/requests", {**NEW_REQUEST, "receivedOn": today}).get_json()
    assert differences(RaisedRequest, raised) == {}
    assert differences(BroughtIn, worker.post(PLANS, NEW_PLAN).get_json()) == {}
    claimed = worker.post(f"{TASKS}/{office.task(raised['caseKey'], 'register_request')['key']}/claim")
    assert differences(Task, claimed.get_json()) == {}
    change = worker.post(
        f"{CASES}/{raised['caseKey']}/withdrawal", {"withdrawnOn": today, "reason": "Moved away."}
    )
    assert differences(Change, change.get_json()) == {}


def test_a_difference_would_be_noticed() -> None:
    with Flask("x").app_context():
        assert differences(RaisedRequest, {"caseKey": "1", "processInstanceKey": "2"}) == {}
        with pytest.raises(Exception, match="There is no such field"):
            differences(RaisedRequest, {"caseKey": "1", "processInstanceKey": "2", "more": 3})
