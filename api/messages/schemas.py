"""What messages look like."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

from marshmallow import ValidationError, fields, validate

from api.fields import Flag, Instant, Key, Line, Pattern, choice
from api.lists import LAST, ListPage, ListQuery
from api.schema import AnswerSchema, RequestSchema
from engine.services.processes.process_messages import WAITING_FOR

_NAME = Pattern("^[A-Za-z_][A-Za-z0-9_]{0,79}$", error="A variable's name is letters, digits and _.")
_CODE = re.compile(r"[A-Za-z0-9_.:-]{1,80}")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


class Fact(fields.Raw):
    """A code, a day, a number, yes or no: nothing that somebody wrote goes into a process."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **options: Any) -> Any:
        if value is None or isinstance(value, bool | int | float):
            return value
        if not isinstance(value, str) or _CODE.fullmatch(value) is None:
            raise ValidationError("This must be a code without spaces, a day, a number, true, false or null.")
        if _DAY.fullmatch(value) is None:
            return value
        try:
            return date.fromisoformat(value)
        except ValueError:
            raise ValidationError("This must be a day that exists.") from None


class NewMessage(RequestSchema):
    """A message to running processes."""

    name = Line(required=True, metadata={"description": "As the diagram names it."})
    correlation_key = Line(
        metadata={"description": "What its receiver waits with; without it the case's key, if one is named."}
    )
    case_key = Key()
    process_instance_key = Key()
    variables = fields.Dict(
        keys=fields.String(validate=_NAME),
        values=Fact(allow_none=True),
        load_default=dict,
        validate=validate.Length(max=50),
        metadata={"description": "Codes, days, numbers, true or false; never what somebody wrote."},
    )
    to_all = Flag(
        load_default=False,
        metadata={"description": "To every instance that waits; else exactly one may wait."},
    )
    keep = Flag(
        load_default=False,
        metadata={"description": "If nobody of `caseKey` waits, the case keeps it until something does."},
    )


class Receiver(AnswerSchema):
    """An instance that a message reached."""

    process_instance_key = Key(required=True)
    case_key = Key(required=True)
    held = fields.Boolean(
        required=True, metadata={"description": "It is suspended: it gets the message when it is resumed."}
    )


class MessageResult(AnswerSchema):
    """What became of a message."""

    name = fields.String(required=True)
    receivers = fields.List(fields.Nested(Receiver), required=True)
    kept = fields.Boolean(required=True)


class MessageQuery(ListQuery):
    """Which of the messages that wait."""

    waiting_for = choice(
        *WAITING_FOR,
        load_default="case",
        metadata={
            "description": "`case`: until something of their case waits for them; `instance`: until a "
            "suspended instance is resumed."
        },
    )
    case_key = Key()
    name = Line()


class KeptMessage(AnswerSchema):
    """A message that waits."""

    key = Key(required=True)
    name = fields.String(required=True)
    case_key = Key(required=True)
    process_instance_key = Key(required=True, allow_none=True)
    correlation_key = fields.String(required=True, allow_none=True)
    received_at = Instant(required=True)


class KeptMessagePage(ListPage):
    """A page of messages that wait, the newest first."""

    items = fields.List(fields.Nested(KeptMessage), required=True)


NEW_MESSAGE: dict[str, Any] = {
    "name": "move_asked_for",
    "caseKey": "1024",
    "variables": {"on": "2026-12-01"},
    "keep": True,
}
RESULT: dict[str, Any] = {
    "name": "move_asked_for",
    "receivers": [{"processInstanceKey": "2048", "caseKey": "1024", "held": False}],
    "kept": False,
}
KEPT_PAGE: dict[str, Any] = {
    "items": [
        {
            "key": "5",
            "name": "move_asked_for",
            "caseKey": "1024",
            "processInstanceKey": None,
            "correlationKey": "1024",
            "receivedAt": "2026-11-23T09:00:00Z",
        }
    ],
    "page": LAST,
}
