"""What incidents look like."""

from __future__ import annotations

from typing import Any

from marshmallow import fields, validate

from api.fields import Instant, Key, Line, Pattern, Prose, choice
from api.lists import LAST, ListPage, ListQuery
from api.schema import AnswerSchema, RequestSchema
from engine.services.processes.incident_care import MOST, STATES

_ASSIGNEE = Pattern("^(me|nobody|[1-9][0-9]{0,17})$", error="This is me, nobody, or a membership's key.")


class IncidentQuery(ListQuery):
    """Which incidents to list; all conditions must hold."""

    state = choice(*STATES, "all", metadata={"description": "Without it the open ones."})
    case_key = Key()
    process_instance_key = Key()
    process_definition_id = Line(metadata={"description": "The process's id in its diagram."})
    element_id = Line()
    assignee = fields.String(
        validate=_ASSIGNEE, metadata={"description": "`me`, `nobody`, or a membership's key."}
    )


class Incident(AnswerSchema):
    """A step that couldn't be carried out: nothing of it was kept."""

    key = Key(required=True)
    case_key = Key(required=True)
    process_instance_key = Key(required=True)
    process_definition_key = Key(required=True)
    process_definition_id = fields.String(required=True)
    element_id = fields.String(required=True, allow_none=True)
    attempted = fields.String(required=True, metadata={"description": "What was to be done."})
    message = fields.String(required=True)
    remedy = fields.String(required=True)
    state = choice(*STATES, required=True)
    created_at = Instant(required=True)
    resolved_at = Instant(required=True, allow_none=True)
    held_timers = fields.Integer(
        required=True, metadata={"description": "Due timers that wait until it is retried."}
    )
    assignee_key = Key(required=True, allow_none=True)
    assignee = fields.String(
        required=True, allow_none=True, metadata={"description": "The name of who has it in hand."}
    )
    annotation = fields.String(required=True, allow_none=True)
    version = fields.Integer(required=True, metadata={"description": "As in `ETag`."})


class IncidentPage(ListPage):
    """A page of incidents, the newest first."""

    items = fields.List(fields.Nested(Incident), required=True)


class Retried(Incident):
    """An incident after it was retried."""

    next_incident_key = Key(
        required=True, allow_none=True, metadata={"description": "The new incident, if it failed again."}
    )


class Annotation(RequestSchema):
    """What is known of an incident."""

    annotation = Prose(
        required=True,
        allow_none=True,
        longest=2000,
        metadata={"description": "Null takes the note away. Names of children don't belong here."},
    )


class IncidentAssignment(RequestSchema):
    """Who has an incident in hand."""

    membership_key = Key(required=True, allow_none=True, metadata={"description": "Null: nobody."})


class Retries(RequestSchema):
    """Incidents to be retried."""

    incident_keys = fields.List(Key(), required=True, validate=validate.Length(min=1, max=MOST))


INCIDENT: dict[str, Any] = {
    "key": "31",
    "caseKey": "1024",
    "processInstanceKey": "2048",
    "processDefinitionKey": "12",
    "processDefinitionId": "request_to_plan",
    "elementId": "send_decision_to_assess",
    "attempted": "complete task 4096",
    "message": "The letter can't be written: the authority hasn't said its mediation adviser.",
    "remedy": "Say it (PUT /contacts), then retry.",
    "state": "open",
    "createdAt": "2026-11-23T09:00:00Z",
    "resolvedAt": None,
    "heldTimers": 0,
    "assigneeKey": None,
    "assignee": None,
    "annotation": None,
    "version": 0,
}
INCIDENT_PAGE: dict[str, Any] = {"items": [INCIDENT], "page": LAST}
ANNOTATION: dict[str, Any] = {"annotation": "The contact was asked for on 24 November."}
ANNOTATED: dict[str, Any] = {**INCIDENT, **ANNOTATION, "version": 1}
ASSIGNMENT: dict[str, Any] = {"membershipKey": "11"}
ASSIGNED: dict[str, Any] = {**INCIDENT, "assigneeKey": "11", "assignee": "Wei Chen", "version": 1}
RETRIED: dict[str, Any] = {
    **INCIDENT,
    "state": "resolved",
    "resolvedAt": "2026-11-24T09:00:00Z",
    "version": 1,
    "nextIncidentKey": None,
}
RETRIES: dict[str, Any] = {"incidentKeys": ["31", "32"]}
