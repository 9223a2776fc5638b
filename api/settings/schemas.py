"""What settings look like."""

from __future__ import annotations

from typing import Any

from marshmallow import fields

from api.fields import Day, Line, Pattern, QueryFlag, choice
from api.lists import LAST, ListPage, ListQuery
from api.schema import AnswerSchema, RequestSchema


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


class SettingsImportQuery(RequestSchema):
    """How the register is read."""

    dry_run = QueryFlag(load_default=True, metadata={"description": "`false`: do it; otherwise only say."})


class SettingRow(AnswerSchema):
    """What became of one line."""

    line = fields.Integer(required=True)
    urn = fields.String(required=True)
    outcome = choice("added", "changed", "refused", required=True)
    details = fields.String(required=True, metadata={"description": "What is new, or why it is refused."})


class SettingsImport(AnswerSchema):
    """What reading the register did, or would do."""

    dry_run = fields.Boolean(required=True)
    added = fields.Integer(required=True)
    changed = fields.Integer(required=True)
    same = fields.Integer(required=True)
    refused = fields.Integer(required=True)
    rows = fields.List(fields.Nested(SettingRow), required=True)
    rows_left_out = fields.Integer(required=True, metadata={"description": "Rows beyond the first 1,000."})


IMPORTED: dict[str, Any] = {
    "dryRun": True,
    "added": 1,
    "changed": 0,
    "same": 212,
    "refused": 0,
    "rows": [{"line": 17, "urn": "103006", "outcome": "added", "details": "The Larches Special School"}],
    "rowsLeftOut": 0,
}
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
