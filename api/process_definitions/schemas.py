"""What process definitions look like."""

from __future__ import annotations

from typing import Any

from marshmallow import fields

from api.fields import Instant, Key, Line, QueryFlag
from api.lists import LAST, ListPage, ListQuery
from api.schema import AnswerSchema, RequestSchema


class DefinitionQuery(ListQuery):
    """Which definitions to list; all conditions must hold."""

    process_definition_id = Line(metadata={"description": "The process's id in its diagram."})
    latest = QueryFlag(
        load_default=False,
        metadata={"description": "`true`: of each process only the version on which new instances run."},
    )


class PictureQuery(RequestSchema):
    """What a picture of a definition shows."""

    tokens = QueryFlag(
        load_default=False,
        metadata={"description": "`true`: with what is open, late and broken in all running instances."},
    )


class ProcessDefinition(AnswerSchema):
    """One version of one process."""

    key = Key(required=True)
    process_definition_id = fields.String(required=True, metadata={"description": "Its id in the diagram."})
    name = fields.String(required=True)
    version = fields.Integer(required=True)
    version_tag = fields.String(required=True, allow_none=True)
    deployment_key = Key(required=True)
    deployed_at = Instant(required=True, metadata={"description": "When its files were first deployed."})
    latest = fields.Boolean(required=True, metadata={"description": "Whether new instances run on it."})
    active_instances = fields.Integer(
        required=True, metadata={"description": "Running instances, suspended ones included."}
    )
    suspended_instances = fields.Integer(required=True)


class DefinitionPage(ListPage):
    """A page of definitions: by process, the newest version first."""

    items = fields.List(fields.Nested(ProcessDefinition), required=True)


class Part(AnswerSchema):
    """A form or decision that a process uses."""

    id = fields.String(required=True)
    resource_name = fields.String(required=True, metadata={"description": "Its file in the deployment."})


class DefinitionDetail(ProcessDefinition):
    """A version with the files that it is bound to."""

    resource_name = fields.String(required=True, metadata={"description": "The diagram's file."})
    documentation = fields.String(required=True, allow_none=True)
    forms = fields.List(fields.Nested(Part), required=True)
    decisions = fields.List(fields.Nested(Part), required=True)
    calls = fields.List(fields.String(), required=True, metadata={"description": "Processes that it calls."})


class ElementStatistics(AnswerSchema):
    """How one element stands over all running instances."""

    element_id = fields.String(required=True)
    element_name = fields.String(required=True, allow_none=True)
    type = fields.String(required=True, metadata={"description": "Its BPMN tag, such as `userTask`."})
    open = fields.Integer(required=True, metadata={"description": "Tokens at which something is to happen."})
    listening = fields.Integer(
        required=True,
        metadata={"description": "Boundary events and event sub-processes that wait beside the work."},
    )
    incidents = fields.Integer(required=True)
    overdue = fields.Integer(
        required=True, metadata={"description": "Open tasks past their day, timers past their instant."}
    )


class DefinitionStatistics(AnswerSchema):
    """How a version stands now. Elements at which nothing is open, late or broken are left out."""

    process_definition_key = Key(required=True)
    at = Instant(required=True)
    instances = fields.Integer(
        required=True, metadata={"description": "Running instances with a token here."}
    )
    unreadable = fields.Integer(
        required=True, metadata={"description": "Instances whose state no longer fits: each has an incident."}
    )
    elements = fields.List(fields.Nested(ElementStatistics), required=True)


class RefusedOne(AnswerSchema):
    """One of several things that couldn't be done."""

    key = Key(required=True)
    code = fields.String(required=True, metadata={"description": "Stable; the problem type's name."})
    detail = fields.String(required=True)


class ManyDone(AnswerSchema):
    """What became of a request about many things."""

    done = fields.Integer(required=True)
    refused = fields.List(fields.Nested(RefusedOne), required=True)
    left = fields.Integer(required=True, metadata={"description": "Send the same again while any are left."})


DEFINITION: dict[str, Any] = {
    "key": "12",
    "processDefinitionId": "request_to_plan",
    "name": "From request to plan",
    "version": 3,
    "versionTag": None,
    "deploymentKey": "7",
    "deployedAt": "2026-10-26T09:00:00Z",
    "latest": True,
    "activeInstances": 214,
    "suspendedInstances": 0,
}
DEFINITION_PAGE: dict[str, Any] = {"items": [DEFINITION], "page": LAST}
DEFINITION_DETAIL: dict[str, Any] = {
    **DEFINITION,
    "resourceName": "request_to_plan.bpmn",
    "documentation": None,
    "forms": [{"id": "decide_assess", "resourceName": "decide_assess.form"}],
    "decisions": [{"id": "who_is_told", "resourceName": "who_is_told.dmn"}],
    "calls": ["advice", "draft_plan"],
}
STATISTICS: dict[str, Any] = {
    "processDefinitionKey": "12",
    "at": "2026-11-23T09:00:00Z",
    "instances": 214,
    "unreadable": 0,
    "elements": [
        {
            "elementId": "decide_assess",
            "elementName": "Decide whether to assess",
            "type": "userTask",
            "open": 41,
            "listening": 0,
            "incidents": 0,
            "overdue": 3,
        }
    ],
}
DIAGRAM = '<?xml version="1.0" encoding="UTF-8"?>\n<bpmn:definitions id="request_to_plan_definitions">...'
PICTURE = (
    '<?xml version="1.0" encoding="UTF-8"?>\n<svg xmlns="http://www.w3.org/2000/svg" role="group"'
    ' aria-label="Request to plan. The process as it is drawn.">...</svg>'
)
MANY_DONE: dict[str, Any] = {"done": 214, "refused": [], "left": 0}
