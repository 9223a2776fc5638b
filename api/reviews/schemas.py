"""What reviews of plans look like."""

from __future__ import annotations

from typing import Any

from marshmallow import fields

from api.fields import Day, Key, Prose, QueryNumber, choice
from api.lists import LAST, ListPage, ListQuery
from api.requests.identifiers import urn
from api.schema import AnswerSchema, RequestSchema
from engine.services.reviews.invitations import ATTENDANCES
from engine.services.reviews.reviews import EARLY_KINDS, STATUSES

_KINDS = ("annual", "early", "phase_transfer", "light", "release")


class ReviewQuery(ListQuery):
    """Which reviews to list."""

    due_before = Day(metadata={"description": "The review is to be decided before this day."})
    setting = fields.String(validate=urn(), metadata={"description": "The URN of the setting attended."})
    status = choice(*STATUSES, metadata={"description": "`scheduled`: it hasn't begun."})


class PairingQuery(RequestSchema):
    """What is known of the reviews of a looked-after child."""

    looked_after_review_on = Day(
        metadata={
            "description": "The last looked-after review; the day of coming into care where none was held."
        },
    )
    reviews_held = QueryNumber(
        least=0,
        most=200,
        load_default=2,
        metadata={
            "description": "How many were held: the second is due in three months, each further in six."
        },
    )


class EarlyReview(RequestSchema):
    """Why a plan is reviewed before its time."""

    kind = choice(*EARLY_KINDS, load_default="early")
    reason = Prose(required=True)


class TermlyList(RequestSchema):
    """The term that the lists are for."""

    term_starts_on = Day(required=True)
    due_by = Day(required=True, metadata={"description": "The last day of the term, or where the list ends."})
    setting = fields.String(validate=urn(), metadata={"description": "Only this setting."})


class Invitee(AnswerSchema):
    """Who was invited, whether they gave advice, and whether they came."""

    role = fields.String(required=True)
    organisation = fields.String(required=True, allow_none=True)
    invited_on = Day(required=True, allow_none=True)
    advice_on = Day(required=True, allow_none=True)
    attendance = choice(*ATTENDANCES, required=True, allow_none=True)


class Review(AnswerSchema):
    """A plan's review; `key` is null while it is only scheduled."""

    key = Key(required=True, allow_none=True)
    plan_key = Key(required=True)
    case_key = Key(required=True)
    number = fields.Integer(
        required=True, allow_none=True, metadata={"description": "Counts a plan's reviews."}
    )
    occurrence = fields.String(
        required=True, allow_none=True, metadata={"description": "As its deadlines and notices name it."}
    )
    kind = choice(*_KINDS, required=True)
    route = choice(
        "school",
        "authority",
        required=True,
        allow_none=True,
        metadata={"description": "Who arranges the meeting (reg 20(12))."},
    )
    status = choice(*STATUSES, required=True)
    setting_urn = fields.String(required=True, allow_none=True)
    due_on = Day(required=True, allow_none=True, metadata={"description": "By when it is to be decided."})
    meeting_on = Day(required=True, allow_none=True)
    held_on = Day(required=True, allow_none=True)
    reported_on = Day(required=True, allow_none=True)
    decision = choice("maintain", "amend", "cease", "reassess", required=True, allow_none=True)
    decided_on = Day(required=True, allow_none=True)
    attendance_percent = fields.Integer(required=True, allow_none=True)
    excluded_sessions = fields.Integer(required=True, allow_none=True)
    destination = fields.String(required=True, allow_none=True)


class ReviewWithInvitees(Review):
    """A review with everybody who was invited."""

    invitees = fields.List(fields.Nested(Invitee), required=True)


class ReviewPage(ListPage):
    """A page of reviews, the one due first first."""

    items = fields.List(fields.Nested(Review), required=True)


class PlanReviews(ReviewPage):
    """Every review of a plan that has begun."""


class Hindrance(AnswerSchema):
    """A limit that no common date can keep."""

    rule = fields.String(required=True)
    citation = fields.String(required=True)
    last_day = Day(required=True)
    message = fields.String(required=True)


class Pairing(AnswerSchema):
    """A date for the annual review and the looked-after review together; null where there is none."""

    earliest_on = Day(
        required=True, metadata={"description": "From then on everybody has two weeks' notice."}
    )
    meeting_by = Day(required=True, metadata={"description": "The last day for the annual review's meeting."})
    looked_after_by = Day(required=True, metadata={"description": "The last day of the looked-after review."})
    proposed_on = Day(required=True, allow_none=True)
    hindrances = fields.List(fields.Nested(Hindrance), required=True)


class SentLists(AnswerSchema):
    """What was sent before a term."""

    term_starts_on = Day(required=True)
    due_by = Day(required=True)
    settings = fields.Integer(required=True, metadata={"description": "How many settings were told."})
    reviews = fields.Integer(required=True, metadata={"description": "How many reviews the lists name."})


EARLY_REVIEW: dict[str, Any] = {"kind": "early", "reason": "The school reports that the needs have changed."}
TERMLY_LIST: dict[str, Any] = {"termStartsOn": "2027-01-04", "dueBy": "2027-03-25"}
REVIEW: dict[str, Any] = {
    "key": "12",
    "planKey": "7",
    "caseKey": "1024",
    "number": 3,
    "occurrence": "review-3",
    "kind": "annual",
    "route": "school",
    "status": "held",
    "settingUrn": "123456",
    "dueOn": "2027-06-30",
    "meetingOn": "2027-05-20",
    "heldOn": "2027-05-20",
    "reportedOn": None,
    "decision": None,
    "decidedOn": None,
    "attendancePercent": 93,
    "excludedSessions": 0,
    "destination": "same",
}
REVIEW_WITH_INVITEES: dict[str, Any] = {
    **REVIEW,
    "invitees": [
        {
            "role": "health",
            "organisation": "icb",
            "invitedOn": "2027-04-12",
            "adviceOn": "2027-05-03",
            "attendance": "attended",
        }
    ],
}
REVIEW_PAGE: dict[str, Any] = {"items": [REVIEW], "page": LAST}
PLAN_REVIEWS: dict[str, Any] = REVIEW_PAGE
PAIRING: dict[str, Any] = {
    "earliestOn": "2027-02-15",
    "meetingBy": "2027-06-02",
    "lookedAfterBy": "2027-05-14",
    "proposedOn": "2027-05-14",
    "hindrances": [],
}
SENT_LISTS: dict[str, Any] = {**TERMLY_LIST, "settings": 12, "reviews": 57}
