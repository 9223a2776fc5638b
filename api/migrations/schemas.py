"""What plans for migrations, and what they would do, look like."""

from __future__ import annotations

from typing import Any

from marshmallow import fields, validate

from api.fields import Flag, Instant, Key, Line, Prose, WholeNumber, choice
from api.lists import LAST, ListPage
from api.schema import AnswerSchema, RequestSchema
from engine.services.batches.batches import MOST_NAMED

_CURSOR = validate.Regexp("^[A-Za-z0-9_-]{1,400}$", error="This isn't a cursor.")
_LINES = validate.Length(max=5_000, error="A plan has at most 5,000 lines.")


class PlanRequest(RequestSchema):
    """Between which versions."""

    source_definition_key = Key(required=True)
    target_definition_key = Key(required=True)
    recalculate_timers = Flag(
        load_default=False,
        metadata={"description": "Work waiting timers out again, instead of keeping their times."},
    )


class ProcessPair(RequestSchema):
    """A process of the former version and the one that takes over."""

    source = Line(required=True)
    target = Line(required=True)


class LineSent(RequestSchema):
    """What becomes of one element; without a target its cases need a choice."""

    process_id = Line(required=True)
    source = Line(required=True)
    target = Line(allow_none=True, load_default=None)


class RestartSent(RequestSchema):
    """Where cases go on that stand at an element without a place: before `startBefore`."""

    process_id = Line(required=True)
    element_id = Line(required=True)
    start_before = Line(required=True)


class PlanSent(PlanRequest):
    """A plan, as it was generated or changed by hand."""

    processes = fields.List(fields.Nested(ProcessPair), load_default=list, validate=_LINES)
    elements = fields.List(fields.Nested(LineSent), required=True, validate=_LINES)


class Selection(RequestSchema):
    """A plan, its choices, and for which instances."""

    plan = fields.Nested(PlanSent, required=True)
    restarts = fields.List(fields.Nested(RestartSent), load_default=list, validate=_LINES)
    process_instance_keys = fields.List(
        Key(),
        validate=validate.Length(min=1, max=MOST_NAMED, error=f"Name 1 to {MOST_NAMED} at a time."),
        metadata={"description": "Without it: all that run on the plan's source."},
    )


class RehearsalSent(Selection):
    """Which page of a dry run."""

    limit = WholeNumber(least=1, most=200, load_default=50)
    cursor = fields.String(validate=_CURSOR)


class ExecutionSent(Selection):
    """A migration, with its reason."""

    reason = Prose(required=True)


class ProcessPairAnswer(AnswerSchema):
    """A process of the former version and the one that takes over."""

    source = fields.String(required=True)
    target = fields.String(required=True)


class PlanLine(AnswerSchema):
    """What becomes of one element."""

    process_id = fields.String(required=True)
    source = fields.String(required=True)
    source_name = fields.String(required=True)
    target = fields.String(required=True, allow_none=True)
    how = choice("id", "name", "none", "hand", required=True)


class PlanFinding(AnswerSchema):
    """One thing to know about a plan."""

    severity = choice("error", "warning", "note", required=True)
    rule = fields.String(required=True, metadata={"description": "Its stable name."})
    process_id = fields.String(required=True)
    element_id = fields.String(required=True)
    message = fields.String(required=True)
    remedy = fields.String(required=True)


class MigrationPlan(AnswerSchema):
    """A plan, and what is to be said about it."""

    source_definition_key = Key(required=True)
    target_definition_key = Key(required=True)
    processes = fields.List(fields.Nested(ProcessPairAnswer), required=True)
    elements = fields.List(fields.Nested(PlanLine), required=True)
    recalculate_timers = fields.Boolean(required=True)
    running_instances = fields.Integer(required=True)
    findings = fields.List(fields.Nested(PlanFinding), required=True)


class Findings(AnswerSchema):
    """What is to be said about a plan."""

    valid = fields.Boolean(required=True)
    findings = fields.List(fields.Nested(PlanFinding), required=True)


class Place(AnswerSchema):
    """A token of an instance."""

    token = fields.Integer(required=True)
    element_id = fields.String(required=True)
    process_id = fields.String(required=True)
    name = fields.String(required=True)
    kind = fields.String(required=True)
    scope = fields.Integer(
        required=True, allow_none=True, metadata={"description": "The token of what it stands in."}
    )
    iteration = fields.Integer(required=True, allow_none=True)
    due_at = Instant(required=True, allow_none=True)


class TimerChange(AnswerSchema):
    """A timer: when it is due before and afterwards; null where it doesn't wait."""

    element_id = fields.String(required=True)
    name = fields.String(required=True)
    before = Instant(required=True, allow_none=True)
    after = Instant(required=True, allow_none=True)


class Offer(AnswerSchema):
    """Where a case may go on: map the element to it, or start before it (`restarts`)."""

    element_id = fields.String(required=True)
    name = fields.String(required=True)
    how = choice("map", "start_before", required=True)


class OpenChoice(AnswerSchema):
    """An element at which a case stands and which the new version has no place for."""

    process_id = fields.String(required=True)
    element_id = fields.String(required=True)
    name = fields.String(required=True)
    offered = fields.List(fields.Nested(Offer), required=True)


class Verdict(AnswerSchema):
    """What a migration would make of one instance, and why."""

    process_instance_key = Key(required=True)
    case_key = Key(required=True)
    verdict = choice("safe", "needs_choice", "cannot", required=True)
    why = fields.List(fields.String(), required=True)
    standing = fields.List(fields.Nested(Place), required=True)
    choices = fields.List(fields.Nested(OpenChoice), required=True)
    timers = fields.List(fields.Nested(TimerChange), required=True)


class VerdictPage(ListPage):
    """A page of a dry run, in the order of the instances' keys."""

    items = fields.List(fields.Nested(Verdict), required=True)


PLAN_REQUEST: dict[str, Any] = {"sourceDefinitionKey": "3", "targetDefinitionKey": "18"}
_LINE: dict[str, Any] = {"processId": "request_to_plan", "source": "decide_assess", "target": "decide_assess"}
PLAN_SENT: dict[str, Any] = {**PLAN_REQUEST, "elements": [_LINE]}
_RESTART = {"processId": "request_to_plan", "elementId": "collate_evidence", "startBefore": "decide_assess"}
REHEARSAL: dict[str, Any] = {"plan": PLAN_SENT, "restarts": [_RESTART], "processInstanceKeys": ["12"]}
EXECUTION: dict[str, Any] = {**REHEARSAL, "reason": "The evidence is collated elsewhere now."}
_FINDING: dict[str, Any] = {
    "severity": "warning",
    "rule": "no-place",
    "processId": "request_to_plan",
    "elementId": "collate_evidence",
    "message": "“Collate request evidence” has no place in the new version: its cases need a choice.",
    "remedy": "Map it to an element of the same kind, or say where such a case goes on.",
}
PLAN: dict[str, Any] = {
    **PLAN_REQUEST,
    "processes": [],
    "elements": [{**_LINE, "sourceName": "Decide whether to assess", "how": "id"}],
    "recalculateTimers": False,
    "runningInstances": 240,
    "findings": [_FINDING],
}
FINDINGS: dict[str, Any] = {"valid": True, "findings": [_FINDING]}
PLACE: dict[str, Any] = {
    "token": 11,
    "elementId": "collate_evidence",
    "processId": "request_to_plan",
    "name": "Collate request evidence",
    "kind": "userTask",
    "scope": None,
    "iteration": None,
    "dueAt": None,
}
VERDICT: dict[str, Any] = {
    "processInstanceKey": "12",
    "caseKey": "7",
    "verdict": "needs_choice",
    "why": ["It stands at “Collate request evidence”, for which the new version has no place."],
    "standing": [PLACE],
    "choices": [
        {
            "processId": "request_to_plan",
            "elementId": "collate_evidence",
            "name": "Collate request evidence",
            "offered": [
                {"elementId": "decide_assess", "name": "Decide whether to assess", "how": "start_before"}
            ],
        }
    ],
    "timers": [],
}
VERDICT_PAGE = {"items": [VERDICT], "page": LAST}
