"""What settings look like."""

from __future__ import annotations

from typing import Any

from marshmallow import fields

from api.fields import Day, Line, Pattern, QueryFlag
from api.lists import LAST, ListPage, ListQuery
from api.schema import AnswerSchema


class SettingQuery(ListQuery):
    """Which settings are asked for."""

    search = Line(longest=80, metadata={"description": "A part of the name."})
    urn = fields.String(validate=Pattern("^[0-9]{1,6}$", error="A URN has up to six digits."))
    area = fields.String(
        validate=Pattern("^[0-9]{3}$", error="The code of a local authority has three digits."),
        metadata={"description": "The local authority in whose area they lie."},
    )
    is_open = QueryFlag(
        data_key="open", metadata={"description": "Only those that aren't closed, or only the others."}
    )


class Setting(AnswerSchema):
    """A setting as the national register has it."""

    urn = fields.String(required=True)
    name = fields.String(required=True)
    area = fields.String(required=True)
    establishment_number = fields.String(required=True, allow_none=True)
    ukprn = fields.String(required=True, allow_none=True)
    kind = fields.String(required=True)
    phase = fields.String(required=True, allow_none=True)
    status = fields.String(required=True)
    opened_on = Day(required=True, allow_none=True)
    closed_on = Day(required=True, allow_none=True)
    postcode = fields.String(required=True, allow_none=True)
    special_needs = fields.List(fields.String(), required=True)
    successors = fields.List(
        fields.String(), required=True, metadata={"description": "URNs that took its place."}
    )


class SettingPage(ListPage):
    """One page of settings."""

    items = fields.List(fields.Nested(Setting), required=True)


SETTING: dict[str, Any] = {
    "urn": "103006",
    "name": "The Larches Special School",
    "area": "333",
    "establishmentNumber": "7006",
    "ukprn": "10099906",
    "kind": "Community special school",
    "phase": "Not applicable",
    "status": "Open",
    "openedOn": "1996-09-01",
    "closedOn": None,
    "postcode": "B69 0AA",
    "specialNeeds": ["ASD - Autistic Spectrum Disorder"],
    "successors": [],
}
SETTING_PAGE: dict[str, Any] = {"items": [SETTING], "page": LAST}
