"""`/reviews` and `/plans/{planKey}/reviews`: what is due, what was held, and reviews before their time."""

from __future__ import annotations

from typing import Any

from flask import Response

from api.answers import answer, whole
from api.blueprint import API_ROOT, Blueprint, permission, problems
from api.context import current_engine, current_principal
from api.preconditions import conditional
from api.repeats import repeatable
from api.reviews.schemas import (
    EARLY_REVIEW,
    PAIRING,
    PLAN_REVIEWS,
    REVIEW_PAGE,
    REVIEW_WITH_INVITEES,
    SENT_LISTS,
    TERMLY_LIST,
    EarlyReview,
    Pairing,
    PairingQuery,
    PlanReviews,
    ReviewPage,
    ReviewQuery,
    ReviewWithInvitees,
    SentLists,
    TermlyList,
)
from engine.services.notices import termly_lists
from engine.services.reviews import review_pairing
from engine.services.reviews import reviews as service

reviews = Blueprint("reviews", API_ROOT, "Reviews of plans: what is due, and what was held.")


@reviews.get("/reviews")
@permission("review:read")
@reviews.filters(ReviewQuery)
@reviews.answers(200, ReviewPage, REVIEW_PAGE)
def list_reviews(query: dict[str, Any]) -> Response:
    """List the review of every plan in force.

    Under way, or still scheduled; the one due first first. A setting finds those of its own children.
    """
    return answer(service.list_reviews(current_engine(), current_principal(), **query))


@reviews.get("/reviews/<key:review_key>")
@permission("review:read")
@problems("not-found")
@reviews.answers(200, ReviewWithInvitees, REVIEW_WITH_INVITEES)
def get_review(review_key: str) -> Response:
    """Read a review, with everybody who was invited."""
    return answer(service.get_review(current_engine(), current_principal(), review_key))


@reviews.post("/reviews/termly-lists")
@permission("review:ask")
@repeatable
@problems("incident")
@reviews.takes(TermlyList, TERMLY_LIST)
@reviews.answers(200, SentLists, SENT_LISTS)
def send_termly_lists(body: dict[str, Any]) -> Response:
    """Send the lists of reviews due in a term.

    To every setting, the commissioning body and social care. Sent later than two weeks before the term, the
    limit of each child on a list shows it.
    """
    sent = termly_lists.send_termly_lists(
        current_engine(),
        current_principal(),
        term_starts_on=body["term_starts_on"],
        due_by=body["due_by"],
        setting=body.get("setting"),
    )
    return answer(sent)


@reviews.get("/plans/<key:plan_key>/reviews")
@permission("review:read")
@problems("not-found")
@reviews.answers(200, PlanReviews, PLAN_REVIEWS)
def list_reviews_of_plan(plan_key: str) -> Response:
    """List every review of a plan that has begun, the oldest first."""
    return answer(whole(service.plan_reviews(current_engine(), current_principal(), plan_key)))


@reviews.post("/plans/<key:plan_key>/reviews")
@permission("review:ask")
@repeatable
@conditional
@problems("not-found", "conflict", "incident")
@reviews.takes(EarlyReview, EARLY_REVIEW)
@reviews.answers(201, ReviewWithInvitees, REVIEW_WITH_INVITEES, "Location")
def begin_review_early(body: dict[str, Any], plan_key: str, version: int | None) -> Response:
    """Begin a plan's review before its time.

    There is one review at a time: while one is under way, another is refused. `If-Match` takes the version
    of the plan's case.
    """
    begun = service.ask_for_review(
        current_engine(), current_principal(), plan_key, body["kind"], body["reason"], version=version
    )
    return answer(begun, 201, location=f"{API_ROOT}/reviews/{begun.key}")


@reviews.get("/plans/<key:plan_key>/review-pairing")
@permission("review:read")
@problems("not-found", "conflict")
@reviews.filters(PairingQuery)
@reviews.answers(200, Pairing, PAIRING)
def pair_reviews(query: dict[str, Any], plan_key: str) -> Response:
    """Propose one date for the annual review and the review of a looked-after child.

    The latest working day that keeps both sets of limits, or the limits that make it impossible.
    """
    found = review_pairing.propose_pairing(
        current_engine(),
        current_principal(),
        plan_key,
        last_review_on=query.get("looked_after_review_on"),
        held=query["reviews_held"],
    )
    return answer(found)
