"""`/cases`: find them, see their limits and their history."""

from __future__ import annotations

from typing import Any

from flask import Response

from api.answers import answer, whole
from api.blueprint import API_ROOT, Blueprint, permission, problems
from api.cases.schemas import (
    CASE,
    CASE_PAGE,
    DEADLINE_PAGE,
    TIMELINE_PAGE,
    Case,
    CasePage,
    CaseQuery,
    DeadlinePage,
    TimelinePage,
    TimelineQuery,
)
from api.context import current_engine, current_principal
from api.escalations.schemas import LADDER_PAGE, LadderPage, LadderQuery
from api.lists import ListQuery
from api.tasks.note_schemas import COMMENT_PAGE, CommentPage
from engine.clock import start_of_day
from engine.services.cases import cases as service
from engine.services.escalations import why
from engine.services.tasks.task_comments import comments_of_case

cases = Blueprint("cases", f"{API_ROOT}/cases", "Cases: one child's request, its limits and its history.")


@cases.get("")
@permission("case:read")
@cases.filters(CaseQuery)
@cases.answers(200, CasePage, CASE_PAGE)
def list_cases(query: dict[str, Any]) -> Response:
    """List cases.

    Those on which the caller's organisation works (the SEND team: all), the newest first.
    """
    return answer(service.list_cases(current_engine(), current_principal(), **query))


@cases.get("/<key:case_key>")
@permission("case:read")
@problems("not-found")
@cases.answers(200, Case, CASE, "ETag")
def get_case(case_key: str) -> Response:
    """Read a case.

    That it was read stands in its history.
    """
    found = service.get_case(current_engine(), current_principal(), case_key)
    return answer(found, version=found.version)


@cases.get("/<key:case_key>/deadlines")
@permission("case:read")
@problems("not-found")
@cases.answers(200, DeadlinePage, DEADLINE_PAGE)
def list_deadlines(case_key: str) -> Response:
    """Read the limits of a case.

    Each with its rule, citation, dates and the reasons why, always in one page.
    """
    return answer(whole(service.case_deadlines(current_engine(), current_principal(), case_key)))


@cases.get("/<key:case_key>/deadlines/<string:rule>/ladder")
@permission("escalation:explain")
@problems("not-found")
@cases.filters(LadderQuery)
@cases.answers(200, LadderPage, LADDER_PAGE)
def read_ladder_of_limit(query: dict[str, Any], case_key: str, rule: str) -> Response:
    """Read who was told of a limit, and who will be.

    When, by which row of the ladder, and why nobody more; as things stand today, if nothing happens.
    """
    found = why.ladder_of(current_engine(), current_principal(), case_key, rule, query.get("occurrence"))
    return answer(whole(found))


@cases.get("/<key:case_key>/timeline")
@permission("case:read")
@problems("not-found")
@cases.filters(TimelineQuery)
@cases.answers(200, TimelinePage, TIMELINE_PAGE)
def read_timeline(query: dict[str, Any], case_key: str) -> Response:
    """Read what happened in a case.

    Oldest first; the doings of other organisations are for the SEND team alone.
    """
    limit, cursor = query.pop("limit"), query.pop("cursor", None)
    for name in {"since", "before"} & set(query):
        query[name] = start_of_day(query[name])
    told = service.Told(**query)
    return answer(
        service.case_timeline(current_engine(), current_principal(), case_key, limit, cursor, told=told)
    )


@cases.get("/<key:case_key>/comments")
@permission("case:read")
@problems("not-found")
@cases.filters(ListQuery)
@cases.answers(200, CommentPage, COMMENT_PAGE)
def list_case_comments(query: dict[str, Any], case_key: str) -> Response:
    """List the comments on the tasks of a case.

    Those that are meant for the caller's organisation or for everybody on the case, the oldest first.
    """
    return answer(comments_of_case(current_engine(), current_principal(), case_key, **query))
