"""What the calendar looks like."""

from __future__ import annotations

from typing import Any

from marshmallow import fields

from api.fields import Day, Flag, Key, Prose, QueryNumber, WholeNumber
from api.schema import AnswerSchema, RequestSchema

_FIRST, _LAST = 2014, 2199


class YearQuery(RequestSchema):
    """Which year is asked for."""

    year = QueryNumber(least=_FIRST, most=_LAST, required=True)


class NewCorrection(RequestSchema):
    """A bank holiday to add, or to take away; to lift a correction is to correct it back."""

    day = Day(required=True)
    is_holiday = Flag(required=True)
    reason = Prose(longest=500, required=True, metadata={"description": "Who proclaimed it, and when."})


class Holiday(AnswerSchema):
    """A bank holiday."""

    day = Day(required=True)
    name = fields.String(required=True)


class CalendarCorrection(AnswerSchema):
    """A bank holiday that the authority added or took away."""

    day = Day(required=True)
    is_holiday = fields.Boolean(required=True)
    reason = fields.String(required=True)


class CalendarYear(AnswerSchema):
    """A year as the authority counts it."""

    year = WholeNumber(least=_FIRST, most=_LAST, required=True)
    holidays = fields.List(fields.Nested(Holiday), required=True)
    corrections = fields.List(fields.Nested(CalendarCorrection), required=True)


class MovedLimit(AnswerSchema):
    """A limit that moved."""

    case_key = Key(required=True)
    rule = fields.String(required=True)
    occurrence = fields.String(required=True, allow_none=True)
    before = Day(required=True, allow_none=True)
    after = Day(required=True, allow_none=True)


class CorrectedCalendar(AnswerSchema):
    """All that a correction moved."""

    moved = fields.List(fields.Nested(MovedLimit), required=True)


NEW_CORRECTION: dict[str, Any] = {
    "day": "2027-06-04",
    "isHoliday": True,
    "reason": "Proclaimed on 1 March 2027.",
}
YEAR: dict[str, Any] = {
    "year": 2027,
    "holidays": [{"day": "2027-06-04", "name": "Proclaimed on 1 March 2027."}],
    "corrections": [NEW_CORRECTION],
}
CORRECTED: dict[str, Any] = {
    "moved": [
        {
            "caseKey": "1024",
            "rule": "reg15_2_transfer_15wd",
            "occurrence": None,
            "before": "2027-06-18",
            "after": "2027-06-21",
        }
    ]
}
