"""What the log of who has opened what looks like."""

from __future__ import annotations

from typing import Any

from marshmallow import fields

from api.fields import Instant, Key, choice
from api.lists import LAST, ListPage
from api.schema import AnswerSchema
from engine.services.sight.access_log import KINDS


class Opening(AnswerSchema):
    """One opening of something of a case."""

    key = Key(required=True)
    opened_at = Instant(required=True)
    what = choice(*KINDS, required=True)
    subject_key = Key(required=True, allow_none=True, metadata={"description": "What was opened."})
    person = fields.String(
        required=True, allow_none=True, metadata={"description": "Null where another authority keeps them."}
    )
    role = fields.String(required=True)
    organisation = fields.String(required=True)
    organisation_name = fields.String(required=True)


class OpeningPage(ListPage):
    """Who opened what, the newest first."""

    items = fields.List(fields.Nested(Opening), required=True)


class Reader(AnswerSchema):
    """What people of one role in one organisation have opened of a case."""

    organisation_name = fields.String(required=True)
    role = fields.String(required=True)
    what = fields.List(choice(*KINDS), required=True)
    times = fields.Integer(required=True)
    first_at = Instant(required=True)
    last_at = Instant(required=True)


class ReaderPage(ListPage):
    """Who has seen a case, by organisation and role."""

    items = fields.List(fields.Nested(Reader), required=True)


OPENING_PAGE: dict[str, Any] = {
    "items": [
        {
            "key": "12",
            "openedAt": "2026-11-02T09:30:00Z",
            "what": "plan",
            "subjectKey": "31",
            "person": "Amara Okafor",
            "role": "caseworker",
            "organisation": "send_team",
            "organisationName": "SEND team",
        }
    ],
    "page": LAST,
}
READER_PAGE: dict[str, Any] = {
    "items": [
        {
            "organisationName": "SEND team",
            "role": "caseworker",
            "what": ["case", "plan"],
            "times": 3,
            "firstAt": "2026-11-02T09:30:00Z",
            "lastAt": "2026-11-04T14:05:00Z",
        }
    ],
    "page": LAST,
}
