"""What cases, their limits and their history look like."""

from __future__ import annotations

from typing import Any

from marshmallow import fields

from api.fields import Day, Instant, Key, Line, Pattern, QueryNumber, choice
from api.lists import LAST, ListPage, ListQuery
from api.schema import AnswerSchema
from engine.services.paging import MOST

STATUSES = ("running", "on_time", "late", "late_excused", "superseded", "withdrawn")


class CaseQuery(ListQuery):
    """Which cases to list."""

    status = Line(
        longest=40,
        metadata={
            "description": "`considering`, `assessing`, `drafting`, `consulting`, `refused`, `no_plan`, "
            "`plan_issued`, `plan_ceased` or `withdrawn`."
        },
    )


class TimelineQuery(ListQuery):
    """Which part of a case's history to read."""

    limit = QueryNumber(least=1, most=MOST, load_default=100)
    event = fields.String(
        validate=Pattern(
            "^[a-z]{1,30}(:[a-z]{1,30})?$", error="This must be a subject, or subject:happened."
        ),
        metadata={"description": "`deadline:moved`, or all that happened to a subject: `deadline`."},
    )
    organisation = Line(longest=80, metadata={"description": "Only what its members did."})
    element_id = Line(longest=200, metadata={"description": "Only what happened at this element."})
    since = Day(metadata={"description": "Only what happened on this day or later."})
    before = Day(metadata={"description": "Only what happened before this day."})


class KnownChild(AnswerSchema):
    """Who a case is about."""

    given_name = fields.String(required=True)
    family_name = fields.String(required=True)
    date_of_birth = Day(required=True)
    national_curriculum_year = fields.Integer(required=True, allow_none=True)
    upn = fields.String(required=True, allow_none=True)
    nhs_number = fields.String(required=True, allow_none=True)


class Case(AnswerSchema):
    """One request for an assessment, and all that comes of it."""

    key = Key(required=True)
    status = fields.String(required=True)
    child = fields.Nested(
        KnownChild,
        required=True,
        allow_none=True,
        metadata={"description": "Null for roles that see figures but no names."},
    )
    requested_by = fields.String(required=True)
    received_on = Day(required=True)
    setting_urn = fields.String(required=True, allow_none=True)
    opened_at = Instant(required=True)
    closed_at = Instant(required=True, allow_none=True)
    version = fields.Integer(required=True, metadata={"description": "As in `ETag`."})
    open_tasks = fields.Integer(required=True)
    late_deadlines = fields.Integer(required=True)


class CasePage(ListPage):
    """A page of cases, the newest first."""

    items = fields.List(fields.Nested(Case), required=True)


class Deadline(AnswerSchema):
    """One limit of a case: what the law asks, until when, why, and how it stands."""

    key = Key(required=True)
    rule = fields.String(required=True)
    occurrence = fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "Which of several, for instance the adviser's code."},
    )
    title = fields.String(required=True)
    citation = fields.String(required=True)
    kind = fields.String(required=True, metadata={"description": "`statutory`, `guidance` and so on."})
    nature = fields.String(
        required=True, metadata={"description": "Only a `deadline` can be on time or late."}
    )
    organisation = fields.String(required=True, metadata={"description": "Who owes it."})
    anchor = fields.String(required=True, allow_none=True, metadata={"description": "What it counts from."})
    anchored_on = Day(required=True, allow_none=True)
    due_on = Day(required=True, allow_none=True, metadata={"description": "The last compliant day."})
    safe_on = Day(
        required=True, allow_none=True, metadata={"description": "The last working day that keeps it."}
    )
    status = choice(*STATUSES, required=True)
    met_on = Day(required=True, allow_none=True)
    exceptions = fields.List(
        fields.String(), required=True, metadata={"description": "Codes of the exceptions that lift it."}
    )
    explanation = fields.String(required=True)


class DeadlinePage(ListPage):
    """All limits of a case that the caller may see, in the order of opening."""

    items = fields.List(fields.Nested(Deadline), required=True)


class TimelineEntry(AnswerSchema):
    """One thing that happened in a case."""

    sequence = fields.Integer(required=True)
    at = Instant(required=True)
    event = fields.String(required=True)
    actor = fields.String(required=True)
    organisation = fields.String(required=True, allow_none=True)
    element_id = fields.String(required=True, allow_none=True)
    text = fields.String(required=True, metadata={"description": "What happened, in words."})
    details = fields.Dict(keys=fields.String(), required=True)


class TimelinePage(ListPage):
    """A page of a case's history, oldest first."""

    items = fields.List(fields.Nested(TimelineEntry), required=True)


CASE: dict[str, Any] = {
    "key": "1024",
    "status": "considering",
    "child": {
        "givenName": "Robin",
        "familyName": "Example",
        "dateOfBirth": "2018-03-14",
        "nationalCurriculumYear": 3,
        "upn": None,
        "nhsNumber": "9990000018",
    },
    "requestedBy": "parent",
    "receivedOn": "2026-01-29",
    "settingUrn": "103456",
    "openedAt": "2026-01-29T10:15:00Z",
    "closedAt": None,
    "version": 5,
    "openTasks": 2,
    "lateDeadlines": 0,
}
DEADLINE: dict[str, Any] = {
    "key": "512",
    "rule": "reg5_decide_to_assess",
    "occurrence": None,
    "title": "Decide whether to assess, and notify",
    "citation": "reg 5(1),(3),(4)",
    "kind": "statutory",
    "nature": "deadline",
    "organisation": "send_team",
    "anchor": "request_received_on",
    "anchoredOn": "2026-01-29",
    "dueOn": "2026-03-12",
    "safeOn": "2026-03-12",
    "status": "running",
    "metOn": None,
    "exceptions": [],
    "explanation": "Six weeks from 29 January 2026, which isn't counted, end with 12 March 2026.",
}
ENTRY: dict[str, Any] = {
    "sequence": 7,
    "at": "2026-02-12T09:30:00Z",
    "event": "task:claimed",
    "actor": "Amina Farouk",
    "organisation": "send_team",
    "elementId": "decide_assess",
    "text": "decide_assess was claimed.",
    "details": {},
}
CASE_PAGE: dict[str, Any] = {"items": [CASE], "page": LAST}
DEADLINE_PAGE: dict[str, Any] = {"items": [DEADLINE], "page": LAST}
TIMELINE_PAGE: dict[str, Any] = {"items": [ENTRY], "page": LAST}
