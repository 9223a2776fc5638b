"""What contributions look like."""

from __future__ import annotations

from typing import Any

from marshmallow import fields, validate

from api.fields import Day, Instant, Key, Line, Prose, choice
from api.lists import LAST, ListPage, ListQuery
from api.schema import AnswerSchema, RequestSchema
from engine.services.tasks.contributions import STATES

_FEW = validate.Length(max=100, error="Name up to 100 fields.")


class NewContribution(RequestSchema):
    """What is asked for, of whom, by when."""

    membership_key = Key(metadata={"description": "A member; or `organisation`."})
    organisation = Line(longest=80, metadata={"description": "Anybody of this organisation."})
    question = Prose(required=True)
    fields_wanted = fields.List(
        Line(longest=200),
        data_key="fields",
        load_default=(),
        validate=_FEW,
        metadata={"description": "Fields of the task's form that are asked for; none: words alone."},
    )
    due_date = Day(required=True)


class ContributionGiven(RequestSchema):
    """What is given: answers to the fields that were asked for, words, or both."""

    answers = fields.Dict(
        keys=fields.String(), load_default=dict, metadata={"description": "By the names of the fields."}
    )
    text = Prose(allow_none=True, load_default=None)


class ContributionDeclined(RequestSchema):
    """Why there is nothing to give."""

    reason = Prose(required=True)


class Contribution(AnswerSchema):
    """A part of a task's answer that is asked of somebody."""

    key = Key(required=True)
    task_key = Key(required=True)
    task_name = fields.String(required=True)
    case_key = Key(required=True)
    member = fields.String(
        required=True, allow_none=True, metadata={"description": "null: anybody of the organisation."}
    )
    organisation = fields.String(required=True)
    question = fields.String(
        required=True, allow_none=True, metadata={"description": "null for whom it isn't meant."}
    )
    fields_wanted = fields.List(fields.String(), required=True, data_key="fields")
    due_date = Day(required=True)
    chased_on = Day(required=True, allow_none=True)
    state = choice(*STATES, required=True)
    answers = fields.Dict(
        keys=fields.String(),
        required=True,
        allow_none=True,
        metadata={"description": "null for whom it isn't meant."},
    )
    text = fields.String(required=True, allow_none=True)
    asked_at = Instant(required=True)
    ended_at = Instant(required=True, allow_none=True)
    version = fields.Integer(required=True, metadata={"description": "As in `ETag`."})


class ContributionPage(ListPage):
    """A page of contributions."""

    items = fields.List(fields.Nested(Contribution), required=True)


class ContributionQuery(ListQuery):
    """Which contributions to list."""

    state = choice(*STATES, load_default="asked")


NEW_CONTRIBUTION: dict[str, Any] = {
    "organisation": "camhs",
    "question": "How does Beam see the young person's anxiety in school?",
    "fields": [],
    "dueDate": "2027-04-10",
}
CONTRIBUTION: dict[str, Any] = {
    "key": "12",
    "taskKey": "4100",
    "taskName": "Give advice",
    "caseKey": "1024",
    "member": None,
    "organisation": "camhs",
    "question": NEW_CONTRIBUTION["question"],
    "fields": [],
    "dueDate": "2027-04-10",
    "chasedOn": None,
    "state": "asked",
    "answers": None,
    "text": None,
    "askedAt": "2027-03-20T09:00:00Z",
    "endedAt": None,
    "version": 1,
}
GIVEN: dict[str, Any] = {"answers": {}, "text": "It has eased since the move to the smaller group."}
GIVEN_CONTRIBUTION = {**CONTRIBUTION, "state": "given", "text": GIVEN["text"], "answers": {}, "version": 2}
DECLINED: dict[str, Any] = {"reason": "The young person isn't known to us."}
CONTRIBUTION_PAGE: dict[str, Any] = {"items": [CONTRIBUTION], "page": LAST}
