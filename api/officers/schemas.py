"""What the officers of cases look like."""

from __future__ import annotations

from typing import Any

from marshmallow import fields

from api.fields import Day, Key, Line, Prose
from api.lists import LAST, ListPage
from api.schema import AnswerSchema, RequestSchema

_LONGEST_KEY, _LONGEST_NAME = 18, 200


class NewOfficer(RequestSchema):
    """Who becomes the officer of a case: by the key of a membership, or by name."""

    membership_key = Line(longest=_LONGEST_KEY, allow_none=True)
    person = Line(longest=_LONGEST_NAME, allow_none=True)
    reason = Prose(required=True)


class Absence(RequestSchema):
    """That an officer is away, and who gets their new tasks meanwhile."""

    absent = Line(longest=_LONGEST_KEY, required=True, metadata={"description": "The key of a membership."})
    covered_by = Line(
        longest=_LONGEST_KEY, required=True, metadata={"description": "The key of a membership."}
    )
    start = Day(data_key="from", required=True)
    end = Day(data_key="to", required=True)


class Term(AnswerSchema):
    """Who was the officer of a case, and when."""

    membership_key = Key(required=True)
    person = fields.String(required=True)
    from_on = Day(required=True)
    to_on = Day(required=True, allow_none=True)


class Officer(AnswerSchema):
    """The officer of a case, who covers for them today, and all there were."""

    case_key = Key(required=True)
    officer = fields.Nested(Term, required=True, allow_none=True)
    covered_by = fields.String(required=True, allow_none=True)
    history = fields.List(fields.Nested(Term), required=True)


class Cover(AnswerSchema):
    """An absence that was recorded."""

    key = Key(required=True)
    absent = Key(required=True)
    covered_by = Key(required=True)
    from_on = Day(required=True)
    to_on = Day(required=True)


class AbsenceChange(RequestSchema):
    """When an absence ends, if not on the day that was said."""

    end = Day(data_key="to", required=True, metadata={"description": "Its last day."})


class ChangedAbsence(AnswerSchema):
    """An absence as it stands now, and what went to whoever covers, with whom it stays."""

    key = Key(required=True)
    absent = Key(required=True)
    covered_by = Key(required=True)
    from_on = Day(required=True)
    to_on = Day(required=True, allow_none=True, metadata={"description": "null: it was withdrawn."})
    tasks_with_cover = fields.List(
        Key(),
        required=True,
        metadata={"description": "Open tasks of the absent officer's cases that whoever covers holds."},
    )
    told_to_cover = fields.Integer(
        required=True,
        metadata={"description": "How often whoever covers heard of lateness in their place."},
    )


class CoverPage(ListPage):
    """Absences of today and later."""

    items = fields.List(fields.Nested(Cover), required=True)


NEW_OFFICER: dict[str, Any] = {"membershipKey": "12", "reason": "Knows the family."}
TERM: dict[str, Any] = {"membershipKey": "12", "person": "Amina Farouk", "fromOn": "2026-11-02", "toOn": None}
OFFICER: dict[str, Any] = {"caseKey": "1024", "officer": TERM, "coveredBy": None, "history": [TERM]}
ABSENCE: dict[str, Any] = {"absent": "12", "coveredBy": "13", "from": "2026-12-21", "to": "2027-01-04"}
COVER: dict[str, Any] = {
    "key": "3",
    "absent": "12",
    "coveredBy": "13",
    "fromOn": "2026-12-21",
    "toOn": "2027-01-04",
}
ABSENCE_CHANGE: dict[str, Any] = {"to": "2026-12-28"}
CHANGED_ABSENCE: dict[str, Any] = {**COVER, "toOn": "2026-12-28", "tasksWithCover": ["77"], "toldToCover": 2}
COVER_PAGE: dict[str, Any] = {"items": [COVER], "page": LAST}
