"""What organisations look like."""

from __future__ import annotations

from typing import Any

from marshmallow import fields

from api.fields import Day, Key, Line, Pattern, QueryFlag, WholeNumber, choice
from api.lists import LAST, ListPage, ListQuery
from api.schema import AnswerSchema, RequestSchema
from engine.plans.settings import SETTING_TYPES
from engine.services.people.organisations import KINDS

_LARGEST = 2**31 - 1
_CODE = Pattern(
    "^[a-z][a-z0-9_:]{1,79}$", error="A code has small letters, digits and _: educational_psychology."
)
_URN = Pattern("^[0-9]{6}$", error="A URN has six digits.")


class OrganisationQuery(ListQuery):
    """Which organisations are asked for."""

    kind = choice(*KINDS)
    search = Line(longest=80, metadata={"description": "A part of the name or the code."})
    parent_key = Key(metadata={"description": "Only the teams of this organisation."})
    current = QueryFlag(metadata={"description": "Only those that work today (true), or only the others."})


class NewOrganisation(RequestSchema):
    """An organisation; with `parentKey` a team of that organisation."""

    code = fields.String(required=True, validate=_CODE)
    name = Line(required=True)
    kind = choice(*KINDS, metadata={"description": "A team may leave it out: it has its organisation's."})
    urn = fields.String(
        validate=_URN, metadata={"description": "A setting's number; its code is urn:<number>."}
    )
    setting_type = choice(*sorted(SETTING_TYPES))
    parent_key = Key()
    valid_from = Day()


class OrganisationChange(RequestSchema):
    """What is to change; what isn't sent stays."""

    name = Line()
    setting_type = choice(*sorted(SETTING_TYPES))
    valid_from = Day(allow_none=True)


class LastDay(RequestSchema):
    """The last day of something."""

    last_day = Day(required=True)


class Organisation(AnswerSchema):
    """An organisation, or a team of one."""

    key = Key(required=True)
    code = fields.String(required=True)
    name = fields.String(required=True)
    kind = choice(*KINDS, required=True)
    urn = fields.String(required=True, allow_none=True)
    setting_type = fields.String(required=True, allow_none=True)
    parent_key = Key(required=True, allow_none=True)
    valid_from = Day(required=True, allow_none=True)
    valid_to = Day(required=True, allow_none=True, metadata={"description": "The last day."})
    version = WholeNumber(least=1, most=_LARGEST, required=True)


class OrganisationPage(ListPage):
    """One page of organisations."""

    items = fields.List(fields.Nested(Organisation), required=True)


NEW_ORGANISATION: dict[str, Any] = {"code": "mediation", "name": "Sample Mediation Advice", "kind": "other"}
ORGANISATION_CHANGE: dict[str, Any] = {"name": "Sample Mediation and Advice"}
LAST_DAY: dict[str, Any] = {"lastDay": "2027-03-31"}
ORGANISATION: dict[str, Any] = {
    "key": "12",
    "code": "mediation",
    "name": "Sample Mediation Advice",
    "kind": "other",
    "urn": None,
    "settingType": None,
    "parentKey": None,
    "validFrom": None,
    "validTo": None,
    "version": 1,
}
ORGANISATION_PAGE: dict[str, Any] = {"items": [ORGANISATION], "page": LAST}
