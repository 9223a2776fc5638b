"""What an inbox looks like."""

from __future__ import annotations

from typing import Any

from marshmallow import fields

from api.fields import Instant, Key, QueryFlag, WholeNumber, choice
from api.lists import LAST, ListPage, ListQuery
from api.schema import AnswerSchema
from engine.services.messages.inbox import MOST_COUNTED
from engine.services.messages.lists import CHANNELS, KINDS


class InboxQuery(ListQuery):
    """Which messages are asked for."""

    unread = QueryFlag(metadata={"description": "`true`: that wait to be read; `false`: that were."})
    kind = choice(*KINDS)


class InboxItem(AnswerSchema):
    """A message for its reader."""

    key = Key(required=True)
    kind = choice(*KINDS, required=True)
    case_key = Key(required=True, allow_none=True)
    subject = fields.String(required=True)
    body = fields.String(required=True)
    link = fields.String(required=True, allow_none=True, metadata={"description": "What it is about."})
    channel = choice(
        *CHANNELS, required=True, metadata={"description": "The way it was also sent; `inbox` where none."}
    )
    created_at = Instant(required=True)
    read_at = Instant(required=True, allow_none=True)
    shared = fields.Boolean(
        required=True,
        metadata={"description": "It is for everybody of a role or organisation: one reads it for all."},
    )
    version = WholeNumber(least=1, most=2**31 - 1, required=True)


class Inbox(ListPage):
    """A page of an inbox."""

    items = fields.List(fields.Nested(InboxItem), required=True)
    unread = WholeNumber(
        least=0,
        most=MOST_COUNTED,
        required=True,
        metadata={"description": f"How many wait to be read in all; counted up to {MOST_COUNTED}."},
    )


ITEM: dict[str, Any] = {
    "key": "912",
    "kind": "alert",
    "caseKey": "1024",
    "subject": "Case 1024: a limit was missed",
    "body": "Case 1024: psychological advice was due on 23 April 2026.\n",
    "link": "https://ehc.example.gov.uk/escalations/77",
    "channel": "email",
    "createdAt": "2026-04-24T07:00:00Z",
    "readAt": None,
    "shared": False,
    "version": 2,
}
INBOX: dict[str, Any] = {"items": [ITEM], "page": LAST, "unread": 1}
