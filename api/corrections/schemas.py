"""What corrections of a case look like."""

from __future__ import annotations

from typing import Any

from marshmallow import fields, validate

from api.cases.schemas import DEADLINE, Deadline
from api.fields import Day, Line, Prose
from api.schema import AnswerSchema, RequestSchema

_MOST_RULES = 50


class AnchorCorrection(RequestSchema):
    """The right date of something that limits count from."""

    anchor = Line(longest=60, required=True, metadata={"description": "For instance `request_received_on`."})
    on = Day(data_key="date", required=True)
    reason = Prose(required=True)
    occurrence = Line(
        longest=80,
        allow_none=True,
        metadata={"description": "Which of several, for instance the adviser's code."},
    )


class ExceptionRecord(RequestSchema):
    """A circumstance that lifts limits, and why it made keeping them impractical."""

    code = Line(longest=40, required=True, metadata={"description": "For instance `EX_SCHOOL_CLOSED`."})
    rules = fields.List(
        Line(longest=80),
        required=True,
        validate=validate.Length(1, _MOST_RULES, error=f"Name 1 to {_MOST_RULES} rules."),
        metadata={"description": "The rules whose limits it lifts."},
    )
    occurrence = Line(
        longest=80,
        allow_none=True,
        metadata={
            "description": "Which of several, as `deadlines` show it: for instance the code of the adviser"
            " whose appointment was missed. Left out, it lifts the rules' limits of every occurrence."
        },
    )
    start = Day(data_key="from", required=True)
    end = Day(data_key="to", allow_none=True)
    evidence = Prose(required=True)
    impractical_because = Prose(required=True)
    family_told_on = Day(allow_none=True)


class Withdrawal(RequestSchema):
    """That a request was withdrawn, when and why."""

    withdrawn_on = Day(required=True)
    reason = Prose(required=True)


class Change(AnswerSchema):
    """The limits of a case before and after a correction."""

    before = fields.List(fields.Nested(Deadline), required=True)
    after = fields.List(fields.Nested(Deadline), required=True)


CORRECTION: dict[str, Any] = {
    "anchor": "request_received_on",
    "date": "2026-02-02",
    "reason": "The letter was stamped on the Monday.",
}
EXCEPTION: dict[str, Any] = {
    "code": "EX_SCHOOL_CLOSED",
    "rules": ["reg5_decide_to_assess"],
    "from": "2026-07-22",
    "to": "2026-09-02",
    "evidence": "Term dates of the school.",
    "impracticalBecause": "The head's advice couldn't be had during the holidays.",
    "familyToldOn": "2026-07-23",
}
WITHDRAWAL: dict[str, Any] = {"withdrawnOn": "2026-02-20", "reason": "The family has moved away."}
CHANGE: dict[str, Any] = {
    "before": [{**DEADLINE}],
    "after": [{**DEADLINE, "anchoredOn": "2026-02-02", "dueOn": "2026-03-16", "safeOn": "2026-03-16"}],
}
