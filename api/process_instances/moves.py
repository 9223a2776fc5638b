"""What moving the tokens of an instance looks like."""

from __future__ import annotations

from typing import Any

from marshmallow import fields, validate

from api.fields import Day, Flag, Key, Line, Prose, WholeNumber, choice
from api.migrations.schemas import PLACE, Place, TimerChange
from api.schema import AnswerSchema, RequestSchema
from engine.services.processes.modification import MOST_MOVES
from engine.spiff import Move

_NAME = validate.Regexp("^[A-Za-z_][A-Za-z0-9_]{0,99}$", error="This is no name of a variable.")
_LARGEST_TOKEN = 10**9


class Instruction(RequestSchema):
    """One thing to do to the tokens of an instance."""

    type = choice("cancel", "start_before", "start_after", required=True)
    element_id = Line(required=True)
    process_id = Line(
        load_default="", metadata={"description": "The called process that draws it, if it isn't its own."}
    )
    token = WholeNumber(
        least=1,
        most=_LARGEST_TOKEN,
        load_default=None,
        metadata={"description": "For `cancel`: the one token that is meant, as the instance lists it."},
    )
    scope = WholeNumber(
        least=1,
        most=_LARGEST_TOKEN,
        load_default=None,
        metadata={"description": "Where to start, if several are open: the `scopeToken` of what it lies in."},
    )
    variables = fields.Dict(
        keys=fields.String(validate=_NAME),
        values=fields.Raw(allow_none=True),
        load_default=dict,
        validate=validate.Length(max=50, error="Send at most 50 variables."),
        metadata={"description": "Set before it starts: what the element reads and the case doesn't have."},
    )
    item = fields.Raw(
        allow_none=True,
        metadata={"description": "For an element under way for several items: one more, for this item."},
    )


class Modification(RequestSchema):
    """What to do to the tokens of an instance, in this order, and why."""

    instructions = fields.List(
        fields.Nested(Instruction),
        required=True,
        validate=validate.Length(min=1, max=MOST_MOVES, error=f"Send 1 to {MOST_MOVES} instructions."),
    )
    reason = Prose(required=True)
    dry_run = Flag(load_default=False, metadata={"description": "Only show what it would do."})


class MovedTask(AnswerSchema):
    """A task that comes up or goes."""

    element_id = fields.String(required=True)
    name = fields.String(required=True)
    organisation = fields.String(required=True)
    due_date = Day(required=True, allow_none=True)


class LimitEffect(AnswerSchema):
    """What becomes of a limit of law: none is lost by moving a token."""

    rule = fields.String(required=True)
    occurrence = fields.String(required=True, allow_none=True)
    due_date = Day(required=True, allow_none=True)
    effect = choice("begins", "closes", "unattended", required=True)
    message = fields.String(required=True)


class Moved(AnswerSchema):
    """What moving tokens does, or would do."""

    process_instance_key = Key(required=True)
    version = fields.Integer(required=True, metadata={"description": "As in `ETag`."})
    applied = fields.Boolean(required=True)
    before = fields.List(fields.Nested(Place), required=True)
    after = fields.List(fields.Nested(Place), required=True)
    tasks_cancelled = fields.List(fields.Nested(MovedTask), required=True)
    tasks_created = fields.List(fields.Nested(MovedTask), required=True)
    timers = fields.List(fields.Nested(TimerChange), required=True)
    limits = fields.List(fields.Nested(LimitEffect), required=True)
    steps = fields.List(fields.String(), required=True)


def moves_of(instructions: list[dict[str, Any]]) -> list[Move]:
    """The moves that were sent."""
    return [Move(each.pop("type"), **each) for each in instructions]


MODIFICATION: dict[str, Any] = {
    "instructions": [
        {"type": "cancel", "elementId": "collate_evidence"},
        {"type": "start_before", "elementId": "decide_assess"},
    ],
    "reason": "The evidence came with the request.",
    "dryRun": True,
}
_TASK = {
    "elementId": "collate_evidence",
    "name": "Collate request evidence",
    "organisation": "send_team",
    "dueDate": None,
}
MOVED: dict[str, Any] = {
    "processInstanceKey": "12",
    "version": 4,
    "applied": False,
    "before": [PLACE],
    "after": [{**PLACE, "token": 14, "elementId": "decide_assess", "name": "Decide whether to assess"}],
    "tasksCancelled": [_TASK],
    "tasksCreated": [
        {
            **_TASK,
            "elementId": "decide_assess",
            "name": "Decide whether to assess",
            "dueDate": "2026-12-14",
        }
    ],
    "timers": [
        {
            "elementId": "decide_assess_overdue",
            "name": "Decision due",
            "before": None,
            "after": "2026-12-15T00:00:00Z",
        }
    ],
    "limits": [
        {
            "rule": "reg5_decide_to_assess",
            "occurrence": None,
            "dueDate": "2026-12-14",
            "effect": "unattended",
            "message": "reg5_decide_to_assess runs on, and no task or timer of this instance hangs on it.",
        }
    ],
    "steps": [
        "What stands at “Collate request evidence” is taken away.",
        "“Decide whether to assess” begins.",
    ],
}
