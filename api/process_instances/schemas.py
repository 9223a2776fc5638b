"""What process instances look like."""

from __future__ import annotations

from typing import Any

from marshmallow import fields

from api.fields import Day, Flag, Instant, Key, Line, Prose, QueryFlag, QueryNumber, choice
from api.lists import LAST, ListPage, ListQuery
from api.schema import AnswerSchema, RequestSchema
from engine.services.processes.process_instances import STATES


class InstanceQuery(ListQuery):
    """Which instances to list; all conditions must hold."""

    process_definition_id = Line(metadata={"description": "The process's id in its diagram."})
    process_definition_key = Key(metadata={"description": "One version of a process."})
    version = QueryNumber(least=1, most=999_999_999, metadata={"description": "The version's number."})
    case_key = Key()
    parent_process_instance_key = Key(metadata={"description": "Those that began on its behalf."})
    state = choice(*STATES)
    element_id = Line(
        metadata={"description": "A task is open, or a timer or message is waited for, at this element."}
    )
    with_incident = QueryFlag(metadata={"description": "`true`: with an open incident; `false`: without."})
    started_from = Day(metadata={"description": "The first day on which they may have begun."})
    started_before = Day(metadata={"description": "The day after the last on which they may have begun."})
    ended_from = Day(metadata={"description": "The first day on which they may have ended."})
    ended_before = Day(metadata={"description": "The day after the last on which they may have ended."})


class InstancePictureQuery(RequestSchema):
    """Which picture of an instance."""

    process_id = Line(
        metadata={"description": "A process that it calls; without it the process that it is an instance of."}
    )


class ProcessInstance(AnswerSchema):
    """One process instance."""

    key = Key(required=True)
    process_definition_key = Key(required=True)
    process_definition_id = fields.String(required=True)
    process_definition_name = fields.String(required=True)
    process_definition_version = fields.Integer(required=True)
    case_key = Key(required=True)
    parent_process_instance_key = Key(
        required=True, allow_none=True, metadata={"description": "The instance on whose behalf it began."}
    )
    state = choice(*STATES, required=True)
    start_date = Instant(required=True)
    end_date = Instant(required=True, allow_none=True)
    suspended_since = Instant(required=True, allow_none=True)
    open_incidents = fields.Integer(required=True)
    version = fields.Integer(required=True, metadata={"description": "As in `ETag`."})


class InstancePage(ListPage):
    """A page of instances, the newest first."""

    items = fields.List(fields.Nested(ProcessInstance), required=True)


class OpenElement(AnswerSchema):
    """One open token of an instance."""

    token = fields.Integer(required=True, metadata={"description": "Its number within the instance."})
    element_id = fields.String(required=True)
    element_name = fields.String(required=True, allow_none=True)
    type = fields.String(required=True, metadata={"description": "Its BPMN tag, such as `userTask`."})
    process_id = fields.String(required=True, metadata={"description": "The process that draws it."})
    scope_token = fields.Integer(
        required=True,
        allow_none=True,
        metadata={"description": "The token of the sub-process or call that it lies inside."},
    )
    state = choice(
        "active",
        "waiting",
        "listening",
        required=True,
        metadata={
            "description": "`active`: somebody works there, or something runs inside; `waiting`: for an "
            "event or other tokens; `listening`: beside the work, for what need never come."
        },
    )
    rule = fields.String(required=True, allow_none=True, metadata={"description": "The rule that limits it."})
    due_at = Instant(required=True, allow_none=True, metadata={"description": "When its timer fires."})
    late_seconds = fields.Integer(
        required=True, allow_none=True, metadata={"description": "How long its timer has been due unfired."}
    )
    message = fields.String(required=True, allow_none=True, metadata={"description": "What it waits for."})
    task_key = Key(required=True, allow_none=True)
    incident_keys = fields.List(Key(), required=True)


class InstanceDetail(ProcessInstance):
    """An instance with everything that is open in it."""

    elements = fields.List(fields.Nested(OpenElement), required=True)
    unreadable = fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "Why what is open can't be told: the state doesn't fit its version."},
    )


class HistoryEntry(AnswerSchema):
    """Something that happened to one token at one element."""

    sequence = fields.Integer(required=True, metadata={"description": "Of the case's audit event."})
    at = Instant(required=True)
    element_id = fields.String(required=True)
    element_name = fields.String(required=True, allow_none=True)
    type = fields.String(required=True, allow_none=True)
    event = choice("entered", "completed", "cancelled", "triggered", required=True)
    token = fields.Integer(required=True)
    membership_key = Key(
        required=True, allow_none=True, metadata={"description": "Whose step it was; null: the clock's."}
    )


class HistoryPage(ListPage):
    """A page of what happened, in the order in which it happened."""

    items = fields.List(fields.Nested(HistoryEntry), required=True)


class HistoryQuery(ListQuery):
    """Which page of a history."""


class Variable(AnswerSchema):
    """One variable."""

    name = fields.String(required=True)
    process_id = fields.String(required=True)
    scope_token = fields.Integer(required=True, allow_none=True)
    type = choice("text", "flag", "number", "list", "object", "null", required=True)
    hidden = fields.Boolean(required=True, metadata={"description": "Its value isn't for the caller."})
    value = fields.Raw(
        required=True, allow_none=True, metadata={"description": "Any JSON value; null where it is hidden."}
    )


class Variables(AnswerSchema):
    """The variables of an instance and of the processes that it calls."""

    items = fields.List(fields.Nested(Variable), required=True)


class Call(AnswerSchema):
    """An instance, or a process or sub-process that runs inside one."""

    process_instance_key = Key(required=True)
    process_id = fields.String(required=True)
    element_id = fields.String(
        required=True, allow_none=True, metadata={"description": "The call or sub-process it hangs on."}
    )
    token = fields.Integer(required=True, allow_none=True)
    state = choice(*STATES, required=True)
    children = fields.List(fields.Nested(lambda: Call()), required=True)


class CallHierarchy(AnswerSchema):
    """Where an instance stands among those of its case."""

    ancestors = fields.List(
        Key(), required=True, metadata={"description": "On whose behalf it began, the outermost first."}
    )
    instance = fields.Nested(Call, required=True)


class Reason(RequestSchema):
    """Why something is done."""

    reason = Prose(required=True, metadata={"description": "Kept for the SEND team; the audit has the fact."})


class Cancellation(Reason):
    """Why an instance is ended."""

    force = Flag(
        load_default=False,
        metadata={"description": "Even if limits of law are left with nobody at work on them."},
    )


INSTANCE: dict[str, Any] = {
    "key": "2048",
    "processDefinitionKey": "12",
    "processDefinitionId": "request_to_plan",
    "processDefinitionName": "From request to plan",
    "processDefinitionVersion": 3,
    "caseKey": "1024",
    "parentProcessInstanceKey": None,
    "state": "ACTIVE",
    "startDate": "2026-11-02T09:00:00Z",
    "endDate": None,
    "suspendedSince": None,
    "openIncidents": 0,
    "version": 3,
}
INSTANCE_PAGE: dict[str, Any] = {"items": [INSTANCE], "page": LAST}
INSTANCE_DETAIL: dict[str, Any] = {
    **INSTANCE,
    "elements": [
        {
            "token": 22,
            "elementId": "decide_assess",
            "elementName": "Decide whether to assess",
            "type": "userTask",
            "processId": "request_to_plan",
            "scopeToken": None,
            "state": "active",
            "rule": "reg5_decide_to_assess",
            "dueAt": None,
            "lateSeconds": None,
            "message": None,
            "taskKey": "4096",
            "incidentKeys": [],
        }
    ],
    "unreadable": None,
}
HISTORY_PAGE: dict[str, Any] = {
    "items": [
        {
            "sequence": 20,
            "at": "2026-11-02T09:00:00Z",
            "elementId": "decide_assess",
            "elementName": "Decide whether to assess",
            "type": "userTask",
            "event": "entered",
            "token": 22,
            "membershipKey": "1",
        }
    ],
    "page": LAST,
}
VARIABLES: dict[str, Any] = {
    "items": [
        {
            "name": "caseKey",
            "processId": "request_to_plan",
            "scopeToken": None,
            "type": "text",
            "hidden": False,
            "value": "1024",
        }
    ]
}
CALL_HIERARCHY: dict[str, Any] = {
    "ancestors": [],
    "instance": {
        "processInstanceKey": "2048",
        "processId": "request_to_plan",
        "elementId": None,
        "token": None,
        "state": "ACTIVE",
        "children": [
            {
                "processInstanceKey": "2048",
                "processId": "advice",
                "elementId": "get_advice",
                "token": 40,
                "state": "ACTIVE",
                "children": [],
            }
        ],
    },
}
REASON: dict[str, Any] = {"reason": "The diagram of the decision is being corrected."}
CANCELLATION: dict[str, Any] = {"reason": "Begun twice by mistake.", "force": False}
SUSPENDED: dict[str, Any] = {
    **INSTANCE_DETAIL,
    "state": "SUSPENDED",
    "suspendedSince": "2026-11-23T09:00:00Z",
    "version": 4,
}
CANCELED: dict[str, Any] = {
    **INSTANCE_DETAIL,
    "state": "CANCELED",
    "endDate": "2026-11-23T09:00:00Z",
    "elements": [],
    "version": 4,
}
