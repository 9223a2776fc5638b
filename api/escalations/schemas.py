"""What escalations look like."""

from __future__ import annotations

from typing import Any

from marshmallow import fields

from api.fields import Day, Instant, Key, choice
from api.lists import LAST, ListPage, ListQuery
from api.schema import AnswerSchema

STATES = ("open", "acknowledged", "answered", "resolved")
LEVELS = (
    "task_holder",
    "service_manager",
    "dco_dsco",
    "group_head",
    "operational_board",
    "strategic_board",
)


class EscalationQuery(ListQuery):
    """Which escalations to list."""

    state = choice("all", *STATES, metadata={"description": "Without it, all that aren't resolved."})
    case_key = Key()


class Escalation(AnswerSchema):
    """What is late or nearly so, since when, under which rule, and who can still act."""

    key = Key(required=True)
    case_key = Key(required=True)
    rule = fields.String(required=True)
    occurrence = fields.String(required=True, allow_none=True)
    citation = fields.String(required=True)
    organisation = fields.String(required=True, metadata={"description": "Who owes it."})
    level = choice(*LEVELS, required=True)
    reason = choice("nearing", "missed", required=True)
    due_on = Day(required=True, allow_none=True, metadata={"description": "The last compliant day."})
    since = Day(required=True, allow_none=True, metadata={"description": "The first day of lateness."})
    task_key = Key(required=True, allow_none=True)
    task_name = fields.String(required=True, allow_none=True)
    task_holder = fields.String(
        required=True, allow_none=True, metadata={"description": "Who holds the task; null when nobody does."}
    )
    raised_at = Instant(required=True)
    state = choice(*STATES, required=True)


class EscalationPage(ListPage):
    """A page of escalations, the newest first."""

    items = fields.List(fields.Nested(Escalation), required=True)


ESCALATION: dict[str, Any] = {
    "key": "77",
    "caseKey": "1024",
    "rule": "reg8_advice_6w",
    "occurrence": "camhs",
    "citation": "reg 8(1),(2); CFA s.31",
    "organisation": "camhs",
    "level": "service_manager",
    "reason": "missed",
    "dueOn": "2026-04-23",
    "since": "2026-04-24",
    "taskKey": "4100",
    "taskName": "Give advice",
    "taskHolder": None,
    "raisedAt": "2026-04-23T23:00:00Z",
    "state": "open",
}
ESCALATION_PAGE: dict[str, Any] = {"items": [ESCALATION], "page": LAST}
