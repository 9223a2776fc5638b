"""What an authority's contacts look like."""

from __future__ import annotations

from typing import Any

from marshmallow import fields

from api.fields import Prose
from api.lists import LAST, ListPage
from api.schema import AnswerSchema, RequestSchema
from engine.letters import CONTACTS


class Contact(AnswerSchema):
    """What letters name of an authority."""

    code = fields.String(required=True)
    title = fields.String(required=True)
    value = fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "Null while it isn't said: no notice that can be appealed can be sent."},
    )


class ContactPage(ListPage):
    """Every contact that letters name, always in one page."""

    items = fields.List(fields.Nested(Contact), required=True)


class ContactChange(RequestSchema):
    """The contacts to set, by code. Those that aren't sent stay as they are."""

    contacts = fields.Dict(
        keys=fields.String(),
        values=Prose(longest=1000),
        required=True,
        metadata={"description": f"Codes: {', '.join(CONTACTS)}."},
    )


CONTACT_CHANGE: dict[str, Any] = {"contacts": {"sendiass": "Sample SENDIASS\n01632 960104"}}
CONTACT_PAGE: dict[str, Any] = {
    "items": [
        {"code": "sendiass", "title": CONTACTS["sendiass"], "value": "Sample SENDIASS\n01632 960104"},
    ],
    "page": LAST,
}
