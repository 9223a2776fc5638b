"""What events of the audit trail look like."""

from __future__ import annotations

from typing import Any

from marshmallow import fields

from api.fields import Day, Key, Line, WholeNumber, choice
from api.lists import LAST, ListPage, ListQuery
from api.schema import AnswerSchema, RequestSchema
from engine.services.audit.audit import Event

_LARGEST = 2**31 - 1
_EVENTS = tuple(event.value for event in Event)


class AuthorityEventQuery(ListQuery):
    """Which events are asked for."""

    event = choice(*_EVENTS)
    membership_key = Key(metadata={"description": "Who did it, by membership."})
    organisation = Line(
        longest=80, metadata={"description": "The organisation that whoever did it acted for."}
    )
    since = Day(data_key="from", metadata={"description": "The first day, in London."})
    until = Day(data_key="to", metadata={"description": "The last day, in London."})


class AuditEventQuery(AuthorityEventQuery):
    """Which events of cases are asked for."""

    case_key = Key()
    element = Line(metadata={"description": "The element of the process that it happened at."})


class Verification(RequestSchema):
    """Which chains to walk: a case's, or all of the authority from where the last answer ended."""

    case_key = Key()
    cursor = Line(longest=400)


class AuditEvent(AnswerSchema):
    """One event: who did what, when, and what it changed."""

    case_key = Key(required=True, allow_none=True)
    sequence = WholeNumber(least=1, most=_LARGEST, required=True)
    at = fields.String(required=True, metadata={"format": "date-time"})
    event = fields.String(required=True)
    membership_key = Key(
        required=True, allow_none=True, metadata={"description": "Null: the engine's clock."}
    )
    organisation = fields.String(required=True, allow_none=True)
    element = fields.String(required=True, allow_none=True)
    before = fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "The old value; what isn't a text is written as JSON."},
    )
    after = fields.String(
        required=True, allow_none=True, metadata={"description": "The new value, likewise."}
    )
    result = fields.String(
        required=True,
        metadata={"description": "`done`, or how it ended: `failed` for a step with an incident."},
    )
    details = fields.Dict(
        keys=fields.String(), required=True, metadata={"description": "Keys, codes and dates; no names."}
    )


class AuditEventPage(ListPage):
    """One page of events. It may hold fewer than asked for while `endCursor` leads on."""

    items = fields.List(fields.Nested(AuditEvent), required=True)


class Break(AnswerSchema):
    """A place where a chain doesn't hold."""

    case_key = Key(
        required=True, allow_none=True, metadata={"description": "Null: the authority's own chain."}
    )
    sequence = WholeNumber(least=0, most=_LARGEST, required=True)
    problem = fields.String(required=True)


class Verified(AnswerSchema):
    """What was walked, what doesn't hold, and where to go on."""

    cases = WholeNumber(least=0, most=_LARGEST, required=True)
    breaks = fields.List(fields.Nested(Break), required=True)
    end_cursor = fields.String(required=True, allow_none=True)


AUDIT_EVENT: dict[str, Any] = {
    "caseKey": "1024",
    "sequence": 17,
    "at": "2026-11-02T09:30:00Z",
    "event": "case:status",
    "membershipKey": "3",
    "organisation": "send_team",
    "element": None,
    "before": "requested",
    "after": "assessing",
    "result": "done",
    "details": {},
}
AUDIT_EVENT_PAGE: dict[str, Any] = {"items": [AUDIT_EVENT], "page": LAST}
AUTHORITY_EVENT_PAGE: dict[str, Any] = {
    "items": [
        {
            **AUDIT_EVENT,
            "caseKey": None,
            "event": "member:ended",
            "before": '["2026-11-02",null]',
            "after": '["2026-11-02","2026-11-30"]',
            "details": {"member": 57},
        }
    ],
    "page": LAST,
}
VERIFICATION: dict[str, Any] = {"caseKey": "1"}
VERIFIED: dict[str, Any] = {"cases": 200, "breaks": [], "endCursor": "WzIwMF0"}
