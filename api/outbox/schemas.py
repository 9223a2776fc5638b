"""What messages of the outbox look like."""

from __future__ import annotations

from typing import Any

from marshmallow import fields

from api.fields import Instant, Key, WholeNumber, choice
from api.lists import LAST, ListPage, ListQuery
from api.schema import AnswerSchema
from engine.services.messages.lists import CHANNELS, KINDS, STATES

_LARGEST = 2**31 - 1


class OutboxQuery(ListQuery):
    """Which messages are asked for; all conditions must hold."""

    state = choice(*STATES)
    kind = choice(*KINDS)
    channel = choice(*CHANNELS)
    case_key = Key()


class OutboxMessage(AnswerSchema):
    """A message and what became of it."""

    key = Key(required=True)
    kind = choice(*KINDS, required=True)
    channel = choice(*CHANNELS, required=True)
    recipient = fields.String(
        required=True, metadata={"description": "A role of an organisation, an organisation, or `family`."}
    )
    subject = fields.String(required=True)
    body = fields.String(required=True, metadata={"description": "What its reader reads."})
    state = choice(*STATES, required=True)
    attempts = WholeNumber(least=0, most=_LARGEST, required=True)
    case_key = Key(required=True, allow_none=True)
    created_at = Instant(required=True)
    next_at = Instant(
        required=True, allow_none=True, metadata={"description": "From when on it is tried, while it waits."}
    )
    sent_at = Instant(required=True, allow_none=True)
    ended_at = Instant(required=True, allow_none=True)
    read_at = Instant(required=True, allow_none=True)
    outcome = fields.String(
        required=True, allow_none=True, metadata={"description": "What the last attempt came to."}
    )
    reference = fields.String(required=True, metadata={"description": "Names it for ever, at every attempt."})
    version = WholeNumber(least=1, most=_LARGEST, required=True)


class OutboxPage(ListPage):
    """One page of messages."""

    items = fields.List(fields.Nested(OutboxMessage), required=True)


class OutboxAttempt(AnswerSchema):
    """A try to send a message, or what somebody did with it."""

    at = Instant(required=True)
    provider = fields.String(required=True)
    provider_reference = fields.String(required=True, allow_none=True)
    outcome = fields.String(required=True)


class SentMessage(AnswerSchema):
    """A message with every attempt, the first first."""

    message = fields.Nested(OutboxMessage, required=True)
    attempts = fields.List(fields.Nested(OutboxAttempt), required=True)


MESSAGE: dict[str, Any] = {
    "key": "912",
    "kind": "alert",
    "channel": "email",
    "recipient": "service_manager@camhs",
    "subject": "Case 1024: a limit was missed",
    "body": "Case 1024: psychological advice was due on 23 April 2026.\n",
    "state": "sent",
    "attempts": 2,
    "caseKey": "1024",
    "createdAt": "2026-04-24T07:00:00Z",
    "nextAt": None,
    "sentAt": "2026-04-24T07:00:09Z",
    "endedAt": None,
    "readAt": None,
    "outcome": "accepted",
    "reference": "alert:1024:41:service_manager@camhs",
    "version": 2,
}
OUTBOX_PAGE: dict[str, Any] = {"items": [MESSAGE], "page": LAST}
SENT_MESSAGE: dict[str, Any] = {
    "message": MESSAGE,
    "attempts": [
        {
            "at": "2026-04-24T07:00:03Z",
            "provider": "email",
            "providerReference": None,
            "outcome": "smtp-timeout",
        },
        {
            "at": "2026-04-24T07:00:09Z",
            "provider": "smtp",
            "providerReference": "<0f3c@send.example.gov.uk>",
            "outcome": "accepted",
        },
    ],
}
