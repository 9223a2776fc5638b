"""What rules of retention, holds and destructions look like."""

from __future__ import annotations

from typing import Any

from marshmallow import fields

from api.fields import Day, Instant, Key, Prose, choice
from api.lists import LAST, ListPage, ListQuery
from api.schema import AnswerSchema, RequestSchema
from engine.services.records.retention_rules import CLASSES, COUNTS_FROM


class DueQuery(ListQuery):
    """Which records to review."""

    on = Day(metadata={"description": "Those that are due on this day; without it, today."})


class NewHold(RequestSchema):
    """What keeps records, and why."""

    case_key = Key(metadata={"description": "Without it, all records of the authority are kept."})
    reason = Prose(required=True)


class RetentionRule(AnswerSchema):
    """How long records of a class are kept, from a day on."""

    record_class = choice(*CLASSES, required=True)
    title = fields.String(required=True)
    since = Day(required=True)
    counts_from = choice(*COUNTS_FROM, required=True)
    years = fields.Integer(required=True)
    default = fields.Boolean(
        required=True, metadata={"description": "Nobody has confirmed it for this installation."}
    )
    source = fields.String(required=True)


class RetentionRulePage(ListPage):
    """All rules, in one page."""

    items = fields.List(fields.Nested(RetentionRule), required=True)


class DueRecords(AnswerSchema):
    """A closed case, and the first day on which its records need no longer be kept."""

    case_key = Key(required=True)
    record_class = choice(*CLASSES, required=True)
    due_on = Day(required=True)
    closed_on = Day(required=True)
    default = fields.Boolean(required=True)
    on_hold = fields.Boolean(required=True)


class DueRecordsPage(ListPage):
    """A page of records to be reviewed, in the order of their cases."""

    items = fields.List(fields.Nested(DueRecords), required=True)


class Hold(AnswerSchema):
    """What keeps the records of a case, or of the whole authority."""

    key = Key(required=True)
    case_key = Key(required=True, allow_none=True)
    reason = fields.String(required=True)
    placed_at = Instant(required=True)
    lifted_at = Instant(required=True, allow_none=True)


class HoldPage(ListPage):
    """All holds, in one page."""

    items = fields.List(fields.Nested(Hold), required=True)


class Destruction(AnswerSchema):
    """A destruction, from its proposal to its certificate."""

    key = Key(required=True)
    case_key = Key(required=True)
    state = choice("proposed", "destroyed", "rejected", required=True)
    record_class = choice(*CLASSES, required=True)
    due_on = Day(required=True)
    proposed_at = Instant(required=True)
    proposed_by = fields.String(required=True)
    decided_at = Instant(required=True, allow_none=True)
    decided_by = fields.String(required=True, allow_none=True)
    certificate = fields.Dict(
        keys=fields.String(),
        required=True,
        allow_none=True,
        metadata={"description": "Counts and hashes of what was destroyed."},
    )


class DestructionPage(ListPage):
    """A page of destructions, the newest first."""

    items = fields.List(fields.Nested(Destruction), required=True)


_RULE: dict[str, Any] = {
    "recordClass": "plan_file",
    "title": "The file of a child or young person who had a plan",
    "since": "2014-09-01",
    "countsFrom": "date_of_birth",
    "years": 31,
    "default": True,
    "source": "Commonly used by authorities; not a statute.",
}
_DUE: dict[str, Any] = {
    "caseKey": "1024",
    "recordClass": "plan_file",
    "dueOn": "2049-03-14",
    "closedOn": "2036-07-20",
    "default": True,
    "onHold": False,
}
HOLD: dict[str, Any] = {
    "key": "5",
    "caseKey": None,
    "reason": "A public inquiry has asked that nothing is destroyed.",
    "placedAt": "2026-11-02T09:30:00Z",
    "liftedAt": None,
}
DESTRUCTION: dict[str, Any] = {
    "key": "9",
    "caseKey": "1024",
    "state": "destroyed",
    "recordClass": "plan_file",
    "dueOn": "2049-03-14",
    "proposedAt": "2049-04-01T09:30:00Z",
    "proposedBy": "Grace Head",
    "decidedAt": "2049-04-02T09:30:00Z",
    "decidedBy": "Ada Administrator",
    "certificate": {"rows": {"document": 12}, "documents": 12, "files": 3, "trailEvents": 140},
}
RULE_PAGE: dict[str, Any] = {"items": [_RULE], "page": LAST}
DUE_PAGE: dict[str, Any] = {"items": [_DUE], "page": LAST}
HOLD_PAGE: dict[str, Any] = {"items": [HOLD], "page": LAST}
DESTRUCTION_PAGE: dict[str, Any] = {"items": [DESTRUCTION], "page": LAST}
NEW_HOLD: dict[str, Any] = {"reason": "A public inquiry has asked that nothing is destroyed."}
