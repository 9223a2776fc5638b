"""What forecasts of limits look like."""

from __future__ import annotations

from typing import Any

from marshmallow import fields

from api.fields import Day, Instant, Key, Line, QueryNumber, choice
from api.lists import LAST, ListPage, ListQuery
from api.schema import AnswerSchema
from engine.services.escalations.forecast_of import WORDS


class RiskQuery(ListQuery):
    """Which forecasts to list; all conditions must hold."""

    at_least = QueryNumber(
        least=0, most=100, load_default=0, metadata={"description": "The least likelihood in per cent."}
    )
    case_key = Key()
    rule = Line(longest=80)
    organisation = Line(longest=80, metadata={"description": "Code of who owes it; `mine` for one's own."})
    due_before = Day(metadata={"description": "Only limits whose last compliant day lies before this one."})


class Help(AnswerSchema):
    """One thing that would help."""

    code = choice(*WORDS, required=True)
    words = fields.String(required=True)
    task_key = Key(required=True, allow_none=True)
    organisation = fields.String(required=True, allow_none=True)


class DeadlineAtRisk(AnswerSchema):
    """How likely a running limit is to be missed, what that rests on, and what would help."""

    deadline_key = Key(required=True)
    case_key = Key(required=True)
    rule = fields.String(required=True)
    occurrence = fields.String(required=True, allow_none=True)
    title = fields.String(required=True)
    citation = fields.String(required=True)
    organisation = fields.String(required=True, metadata={"description": "Who owes it."})
    due_on = Day(required=True, metadata={"description": "The last compliant day."})
    days_left = fields.Integer(required=True)
    likelihood = fields.Integer(required=True, metadata={"description": "In per cent."})
    comparable = fields.Integer(
        required=True, metadata={"description": "How many ended limits it was compared with."}
    )
    missed = fields.Integer(required=True, metadata={"description": "How many of these were missed."})
    basis = choice(
        "organisation_state",
        "organisation",
        "rule",
        "all",
        required=True,
        metadata={"description": "What these have in common with it."},
    )
    state = choice(
        "untouched",
        "unclaimed",
        "claimed",
        "waiting",
        "said_late",
        "handed_in",
        required=True,
        metadata={"description": "How the work on it stood on that morning."},
    )
    helps = fields.List(fields.Nested(Help), required=True)
    made_on = Day(required=True, metadata={"description": "The morning of the forecast."})
    warned_at = Instant(
        required=True, allow_none=True, metadata={"description": "When somebody was warned, once."}
    )


class DeadlineAtRiskPage(ListPage):
    """A page of forecasts, the likeliest miss first."""

    items = fields.List(fields.Nested(DeadlineAtRisk), required=True)


DEADLINES_AT_RISK: dict[str, Any] = {
    "items": [
        {
            "deadlineKey": "512",
            "caseKey": "1024",
            "rule": "reg8_advice_6w",
            "occurrence": "camhs",
            "title": "Give the advice that was asked for",
            "citation": "SEND Regulations 2014, reg 8(1)",
            "organisation": "camhs",
            "dueOn": "2026-12-14",
            "daysLeft": 24,
            "likelihood": 71,
            "comparable": 43,
            "missed": 29,
            "basis": "organisation_state",
            "state": "unclaimed",
            "helps": [
                {
                    "code": "claim",
                    "words": WORDS["claim"],
                    "taskKey": "4096",
                    "organisation": "camhs",
                }
            ],
            "madeOn": "2026-11-20",
            "warnedAt": "2026-11-20T06:00:00.000Z",
        }
    ],
    "page": LAST,
}
