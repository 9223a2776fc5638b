"""What timers look like."""

from __future__ import annotations

from typing import Any

from marshmallow import fields

from api.fields import Day, Instant, Key, Line, Prose, QueryFlag
from api.lists import LAST, ListPage, ListQuery
from api.schema import AnswerSchema, RequestSchema


class TimerQuery(ListQuery):
    """Which timers to list; all conditions must hold."""

    due_before = Day(metadata={"description": "Only those that fire before this day begins."})
    overdue = QueryFlag(metadata={"description": "`true`: due, and not fired; `false`: not due yet."})
    process_instance_key = Key()
    process_definition_id = Line(metadata={"description": "The process's id in its diagram."})
    case_key = Key()
    element_id = Line()
    rule = Line(longest=80, metadata={"description": "The limit of law that it watches."})


class Timer(AnswerSchema):
    """A timer that waits."""

    process_instance_key = Key(required=True)
    token = fields.Integer(required=True)
    case_key = Key(required=True)
    process_definition_id = fields.String(required=True)
    element_id = fields.String(required=True)
    due_at = Instant(required=True)
    late_seconds = fields.Integer(
        required=True, allow_none=True, metadata={"description": "How long it has been due unfired."}
    )
    rule = fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "The limit of law that it watches: then nobody moves it but the law."},
    )
    occurrence = fields.String(required=True, allow_none=True)
    incident_key = Key(required=True, allow_none=True, metadata={"description": "What holds it."})
    suspended = fields.Boolean(required=True)


class TimerPage(ListPage):
    """A page of timers, the one due first first."""

    items = fields.List(fields.Nested(Timer), required=True)


class NewDueDate(RequestSchema):
    """When a timer is to fire, and why."""

    due_at = Instant(required=True)
    reason = Prose(required=True, longest=1000)


class TimerMoved(AnswerSchema):
    """A timer's instant before and after."""

    process_instance_key = Key(required=True)
    token = fields.Integer(required=True)
    before = Instant(required=True, allow_none=True)
    after = Instant(required=True, allow_none=True)


TIMER: dict[str, Any] = {
    "processInstanceKey": "2048",
    "token": 4,
    "caseKey": "1024",
    "processDefinitionId": "request_to_plan",
    "elementId": "final_plan_overdue_due",
    "dueAt": "2027-03-23T00:00:00Z",
    "lateSeconds": None,
    "rule": "reg13_2_final_20w",
    "occurrence": None,
    "incidentKey": None,
    "suspended": False,
}
TIMER_PAGE: dict[str, Any] = {"items": [TIMER], "page": LAST}
NEW_DUE_DATE: dict[str, Any] = {
    "dueAt": "2026-12-01T09:00:00Z",
    "reason": "The school is closed until the end of November.",
}
MOVED: dict[str, Any] = {
    "processInstanceKey": "2048",
    "token": 4,
    "before": "2026-11-24T09:00:00Z",
    "after": "2026-12-01T09:00:00Z",
}
