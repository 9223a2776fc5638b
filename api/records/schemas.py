"""What facts, exceptions, related cases and the history of a limit look like."""

from __future__ import annotations

from typing import Any

from marshmallow import fields

from api.cases.schemas import DEADLINE, Deadline
from api.fields import Day, Instant, Key, choice
from api.lists import LAST, ListPage
from api.schema import AnswerSchema, RequestSchema
from engine.services.cases.case_facts import LINKS


class Anchor(AnswerSchema):
    """A fact of a case that limits count from."""

    anchor = fields.String(required=True)
    title = fields.String(required=True)
    occurrence = fields.String(required=True, allow_none=True)
    on = Day(required=True)
    recorded_at = Instant(required=True)


class AnchorPage(ListPage):
    """All facts of a case that the caller may see, by day."""

    items = fields.List(fields.Nested(Anchor), required=True)


class RecordedException(AnswerSchema):
    """A circumstance that lifts limits."""

    key = Key(required=True)
    code = fields.String(required=True)
    title = fields.String(required=True)
    rules = fields.List(fields.String(), required=True)
    occurrence = fields.String(required=True, allow_none=True)
    start = Day(required=True)
    end = Day(required=True, allow_none=True)
    evidence = fields.String(
        required=True, allow_none=True, metadata={"description": "For the SEND team alone."}
    )
    impractical_because = fields.String(required=True, allow_none=True)
    family_told_on = Day(required=True, allow_none=True)
    recorded_at = Instant(required=True)


class RecordedExceptionPage(ListPage):
    """All exceptions of a case that the caller may see, oldest first."""

    items = fields.List(fields.Nested(RecordedException), required=True)


class DeadlineChange(AnswerSchema):
    """One thing that happened to a limit."""

    sequence = fields.Integer(required=True)
    at = Instant(required=True)
    event = fields.String(required=True)
    actor = fields.String(required=True, allow_none=True)
    text = fields.String(required=True, metadata={"description": "What happened, in words."})
    before = Day(required=True, allow_none=True)
    after = Day(required=True, allow_none=True)
    because = fields.String(
        required=True, allow_none=True, metadata={"description": "Why the last day moved."}
    )


class DeadlineWithHistory(AnswerSchema):
    """A limit, why it is due when it is, and everything that changed it."""

    case_key = Key(required=True)
    round = fields.Integer(required=True, metadata={"description": "Counts how often it began."})
    opened_at = Instant(required=True)
    deadline = fields.Nested(Deadline, required=True)
    history = fields.List(fields.Nested(DeadlineChange), required=True)


class CaseProcess(AnswerSchema):
    """A process that ran or runs for a case."""

    process_instance_key = Key(required=True)
    process_definition_id = fields.String(required=True)
    name = fields.String(required=True)
    version = fields.Integer(required=True)
    status = fields.String(required=True)
    started_at = Instant(required=True)
    ended_at = Instant(required=True, allow_none=True)


class CaseLink(AnswerSchema):
    """Another case that somebody linked to this one."""

    key = Key(required=True)
    case_key = Key(required=True)
    kind = choice(*LINKS, required=True)
    made_at = Instant(required=True)


class Related(AnswerSchema):
    """What belongs to a case."""

    case_key = Key(required=True)
    processes = fields.List(fields.Nested(CaseProcess), required=True)
    cases = fields.List(fields.Nested(CaseLink), required=True)


class NewCaseLink(RequestSchema):
    """Which case belongs to this one, and how."""

    case_key = Key(required=True)
    kind = choice(*LINKS, required=True)


_FACT: dict[str, Any] = {
    "anchor": "request_received_on",
    "title": "The request was received",
    "occurrence": None,
    "on": "2026-01-29",
    "recordedAt": "2026-01-29T10:15:00Z",
}
_LIFTING: dict[str, Any] = {
    "key": "9",
    "code": "EX_ABSENT_4W",
    "title": "The child is away for four weeks",
    "rules": ["reg5_decide_to_assess"],
    "occurrence": None,
    "start": "2026-02-02",
    "end": "2026-03-09",
    "evidence": None,
    "impracticalBecause": None,
    "familyToldOn": "2026-02-03",
    "recordedAt": "2026-02-03T11:00:00Z",
}
_MOVE: dict[str, Any] = {
    "sequence": 12,
    "at": "2026-02-03T11:00:00Z",
    "event": "deadline:moved",
    "actor": "Amina Farouk",
    "text": "The last day of reg5_decide_to_assess moved from 2026-03-12 to 2026-03-10.",
    "before": "2026-03-12",
    "after": "2026-03-10",
    "because": "request_received_on was corrected from 2026-01-29 to 2026-01-27.",
}
ANCHOR_PAGE: dict[str, Any] = {"items": [_FACT], "page": LAST}
EXCEPTION_PAGE: dict[str, Any] = {"items": [_LIFTING], "page": LAST}
DEADLINE_WITH_HISTORY: dict[str, Any] = {
    "caseKey": "1024",
    "round": 1,
    "openedAt": "2026-01-29T10:15:00Z",
    "deadline": DEADLINE,
    "history": [_MOVE],
}
RELATED: dict[str, Any] = {
    "caseKey": "1024",
    "processes": [
        {
            "processInstanceKey": "11",
            "processDefinitionId": "request_to_plan",
            "name": "From request to plan",
            "version": 1,
            "status": "active",
            "startedAt": "2026-01-29T10:15:00Z",
            "endedAt": None,
        }
    ],
    "cases": [{"key": "3", "caseKey": "998", "kind": "siblings", "madeAt": "2026-02-03T11:00:00Z"}],
}
NEW_LINK: dict[str, Any] = {"caseKey": "998", "kind": "siblings"}
