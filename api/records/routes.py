"""What a case rests on and is related to (`/cases/{caseKey}/...`), and `/deadlines/{deadlineKey}`."""

from __future__ import annotations

from typing import Any

from flask import Response

from api.answers import answer, whole
from api.blueprint import API_ROOT, Blueprint, permission, problems
from api.context import current_engine, current_principal
from api.preconditions import conditional
from api.records.schemas import (
    ANCHOR_PAGE,
    DEADLINE_WITH_HISTORY,
    EXCEPTION_PAGE,
    NEW_LINK,
    RELATED,
    AnchorPage,
    DeadlineWithHistory,
    NewCaseLink,
    RecordedExceptionPage,
    Related,
)
from api.repeats import repeatable
from engine.services.cases import case_facts as service
from engine.services.deadlines import deadline_history

records = Blueprint(
    "records", API_ROOT, "What cases rest on and are related to, and why a limit is due when it is."
)


@records.get("/deadlines/<key:deadline_key>")
@permission("case:read")
@problems("not-found")
@records.answers(200, DeadlineWithHistory, DEADLINE_WITH_HISTORY)
def get_deadline(deadline_key: str) -> Response:
    """Read a limit with its history.

    Why it is due on that day, and every change: of what it counts from, by an exception, by the calendar,
    each with the day before and after.
    """
    return answer(deadline_history.get_deadline(current_engine(), current_principal(), deadline_key))


@records.get("/cases/<key:case_key>/anchors")
@permission("case:read")
@problems("not-found")
@records.answers(200, AnchorPage, ANCHOR_PAGE)
def list_anchors(case_key: str) -> Response:
    """List the facts that limits count from.

    An agency sees those from which its own limits count.
    """
    return answer(whole(service.list_anchors(current_engine(), current_principal(), case_key)))


@records.get("/cases/<key:case_key>/exceptions")
@permission("case:read")
@problems("not-found")
@records.answers(200, RecordedExceptionPage, EXCEPTION_PAGE)
def list_exceptions(case_key: str) -> Response:
    """List what lifts limits of a case.

    An agency sees what lifts its own limits, without what shows it.
    """
    return answer(whole(service.list_exceptions(current_engine(), current_principal(), case_key)))


@records.get("/cases/<key:case_key>/related")
@permission("case:read")
@problems("not-found")
@records.answers(200, Related, RELATED)
def get_related(case_key: str) -> Response:
    """Read what belongs to a case.

    Its processes, and the cases that somebody linked to it, as far as the caller sees those too.
    """
    return answer(service.get_related(current_engine(), current_principal(), case_key))


@records.post("/cases/<key:case_key>/related")
@permission("case:link")
@repeatable
@conditional
@problems("not-found", "conflict")
@records.takes(NewCaseLink, NEW_LINK)
@records.answers(201, Related, RELATED)
def link_case(body: dict[str, Any], case_key: str, version: int | None) -> Response:
    """Link two cases.

    Of the same child, or of siblings. Nothing is ever linked by itself: a name or an address may mislead,
    and a link tells of a family.
    """
    related = service.link(
        current_engine(), current_principal(), case_key, body["case_key"], body["kind"], version=version
    )
    return answer(related, 201)


@records.delete("/cases/<key:case_key>/related/<key:link_key>")
@permission("case:link")
@problems("not-found")
@records.answers_nothing()
def unlink_case(case_key: str, link_key: str) -> Response:
    """Take back a link between two cases."""
    service.unlink(current_engine(), current_principal(), case_key, link_key)
    return Response(status=204)
