"""`/contributions`: parts of an answer that are asked of others."""

from __future__ import annotations

from typing import Any

from flask import Response

from api.answers import answer, whole
from api.blueprint import API_ROOT, Blueprint, permission, problems
from api.context import current_engine, current_principal
from api.contributions.schemas import (
    CONTRIBUTION,
    CONTRIBUTION_PAGE,
    DECLINED,
    GIVEN,
    GIVEN_CONTRIBUTION,
    NEW_CONTRIBUTION,
    Contribution,
    ContributionDeclined,
    ContributionGiven,
    ContributionPage,
    ContributionQuery,
    NewContribution,
)
from api.preconditions import conditional
from api.repeats import repeatable
from engine.services.tasks import contributions as service
from engine.services.tasks.contributions import Wish
from engine.services.tasks.views_of_work import ContributionView

contributions = Blueprint(
    "contributions", API_ROOT, "Parts of the answer to a task that are asked of others, each by its own day."
)

_REFUSALS = ("not-found", "conflict", "incident")


def _answered(found: ContributionView, status: int = 200) -> Response:
    return answer(found, status, version=found.version)


@contributions.get("/contributions")
@permission("task:read")
@contributions.filters(ContributionQuery)
@contributions.answers(200, ContributionPage, CONTRIBUTION_PAGE)
def list_contributions(query: dict[str, Any]) -> Response:
    """List what is asked of the caller.

    Of the caller in person, or of anybody of the caller's organisation; the newest first.
    """
    return answer(service.asked_of_me(current_engine(), current_principal(), **query))


@contributions.get("/contributions/<key:contribution_key>")
@permission("task:read")
@problems("not-found")
@contributions.answers(200, Contribution, CONTRIBUTION, "ETag")
def get_contribution(contribution_key: str) -> Response:
    """Read a contribution."""
    return _answered(service.get_contribution(current_engine(), current_principal(), contribution_key))


@contributions.post("/contributions/<key:contribution_key>/give")
@permission("task:work")
@repeatable
@conditional
@problems(*_REFUSALS)
@contributions.takes(ContributionGiven, GIVEN)
@contributions.answers(200, Contribution, GIVEN_CONTRIBUTION, "ETag")
def give_contribution(body: dict[str, Any], contribution_key: str, version: int | None) -> Response:
    """Give what was asked for."""
    return _answered(
        service.give(
            current_engine(), current_principal(), contribution_key, body["answers"], body["text"], version
        )
    )


@contributions.post("/contributions/<key:contribution_key>/decline")
@permission("task:work")
@repeatable
@conditional
@problems(*_REFUSALS)
@contributions.takes(ContributionDeclined, DECLINED)
@contributions.answers(200, Contribution, {**CONTRIBUTION, "state": "declined"}, "ETag")
def decline_contribution(body: dict[str, Any], contribution_key: str, version: int | None) -> Response:
    """Say that there is nothing to give, and why."""
    return _answered(
        service.decline(current_engine(), current_principal(), contribution_key, body["reason"], version)
    )


@contributions.post("/contributions/<key:contribution_key>/withdraw")
@permission("task:work")
@repeatable
@conditional
@problems(*_REFUSALS)
@contributions.answers(200, Contribution, {**CONTRIBUTION, "state": "withdrawn"}, "ETag")
def withdraw_contribution(contribution_key: str, version: int | None) -> Response:
    """Do without a contribution that was asked for.

    For whoever could complete the task.
    """
    return _answered(service.withdraw(current_engine(), current_principal(), contribution_key, version))


@contributions.get("/tasks/<key:task_key>/contributions")
@permission("task:read")
@problems("not-found")
@contributions.answers(200, ContributionPage, CONTRIBUTION_PAGE)
def list_task_contributions(task_key: str) -> Response:
    """List the contributions to a task.

    What they say is for whoever could complete the task.
    """
    return answer(whole(service.of_task(current_engine(), current_principal(), task_key)))


@contributions.post("/tasks/<key:task_key>/contributions")
@permission("task:work")
@repeatable
@conditional
@problems("not-found", "task-held", "task-closed", "incident")
@contributions.takes(NewContribution, NEW_CONTRIBUTION)
@contributions.answers(201, Contribution, CONTRIBUTION, "ETag")
def ask_for_contribution(body: dict[str, Any], task_key: str, version: int | None) -> Response:
    """Ask for a contribution to a task.

    Of a member, or of anybody of an organisation, by a day of its own; the task can't be completed meanwhile
    without a reason.
    """
    wish = Wish(
        question=body["question"],
        due_on=body["due_date"],
        membership_key=body.get("membership_key"),
        organisation=body.get("organisation"),
        fields=tuple(body["fields_wanted"]),
    )
    return _answered(service.ask(current_engine(), current_principal(), task_key, wish), 201)
