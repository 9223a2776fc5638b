"""What is known of a child or young person."""

from __future__ import annotations

from typing import Any

from marshmallow import ValidationError, fields, validates_schema

from api.fields import Day, Key, Line, WholeNumber
from api.lists import LAST, ListPage
from api.requests.identifiers import NhsNumber, Upn
from api.schema import AnswerSchema, RequestSchema
from engine.services.paging import MOST


class ChildSearch(RequestSchema):
    """What is known of a child that is sought; all of it must fit."""

    name = Line(metadata={"description": "Words of the name in any order, each from its beginning."})
    date_of_birth = Day()
    upn = fields.String(validate=Upn())
    nhs_number = fields.String(validate=NhsNumber())
    reference = Line(longest=40, metadata={"description": "What the authority itself calls the file."})
    limit = WholeNumber(least=1, most=MOST, load_default=50)
    cursor = Line(longest=400, metadata={"description": "`page.endCursor` of the page before."})


class ChildChange(RequestSchema):
    """What is put right of a child. What isn't sent stays as it is."""

    given_name = Line()
    family_name = Line()
    date_of_birth = Day()
    national_curriculum_year = WholeNumber(least=-2, most=14, allow_none=True)
    upn = fields.String(validate=Upn(), allow_none=True)
    nhs_number = fields.String(validate=NhsNumber(), allow_none=True)
    reference = Line(longest=40, allow_none=True)

    @validates_schema
    def _something(self, data: dict[str, Any], **_: Any) -> None:
        if not data:
            raise ValidationError("Send at least one field that changes.")


class Child(AnswerSchema):
    """A child or young person of whom the caller sees a case."""

    key = Key(required=True)
    given_name = fields.String(required=True)
    family_name = fields.String(required=True)
    date_of_birth = Day(required=True)
    national_curriculum_year = fields.Integer(required=True, allow_none=True)
    upn = fields.String(required=True, allow_none=True)
    nhs_number = fields.String(required=True, allow_none=True)
    reference = fields.String(required=True, allow_none=True)
    version = fields.Integer(required=True, metadata={"description": "As in `ETag`."})
    case_keys = fields.List(Key(), required=True)


class ChildPage(ListPage):
    """A page of children, in the order of their keys."""

    items = fields.List(fields.Nested(Child), required=True)


CHILD: dict[str, Any] = {
    "key": "512",
    "givenName": "Robin",
    "familyName": "Example",
    "dateOfBirth": "2018-03-14",
    "nationalCurriculumYear": 3,
    "upn": None,
    "nhsNumber": "9990000018",
    "reference": "SEN-4711",
    "version": 1,
    "caseKeys": ["1024"],
}
CHILD_PAGE: dict[str, Any] = {"items": [CHILD], "page": LAST}
SEARCH: dict[str, Any] = {"name": "exam rob", "dateOfBirth": "2018-03-14"}
CHILD_CHANGE: dict[str, Any] = {"familyName": "Example-Smith", "reference": "SEN-4711"}
