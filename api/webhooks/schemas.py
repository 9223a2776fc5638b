"""What webhooks look like."""

from __future__ import annotations

from typing import Any

from marshmallow import fields, validate

from api.fields import Instant, Key, Line, WholeNumber, choice
from api.lists import LAST, ListPage, ListQuery
from api.schema import AnswerSchema, RequestSchema
from engine.services.webhooks.webhook_events import SUBSCRIBABLE

_LARGEST = 2**31 - 1
_LONGEST_URL = 500
_STATES = ("active", "disabled")
_DELIVERY_STATES = ("waiting", "delivered", "dead")
_SOME = validate.Length(min=1, max=len(SUBSCRIBABLE), error="Name at least one event, each once.")


class NewWebhook(RequestSchema):
    """An address to be told of events."""

    label = Line(required=True)
    url = Line(longest=_LONGEST_URL, required=True, metadata={"description": "https only."})
    events = fields.List(choice(*SUBSCRIBABLE), required=True, validate=_SOME)


class WebhookChange(RequestSchema):
    """What is to change; what isn't sent stays."""

    label = Line()
    url = Line(longest=_LONGEST_URL)
    events = fields.List(choice(*SUBSCRIBABLE), validate=_SOME)
    state = choice(*_STATES)


class WebhookDeliveryQuery(ListQuery):
    """Which messages are asked for."""

    state = choice(*_DELIVERY_STATES)


class Replay(RequestSchema):
    """What to send again: one message, or all dead ones made since a time."""

    delivery_key = Key()
    since = Instant()


class Webhook(AnswerSchema):
    """An address that is told of events."""

    key = Key(required=True)
    label = fields.String(required=True)
    url = fields.String(required=True)
    events = fields.List(fields.String(), required=True)
    state = choice(*_STATES, required=True)
    created_at = Instant(required=True)
    taken_at = Instant(
        required=True, allow_none=True, metadata={"description": "When it last took a message."}
    )
    version = WholeNumber(least=1, most=_LARGEST, required=True)


class WebhookPage(ListPage):
    """One page of webhooks."""

    items = fields.List(fields.Nested(Webhook), required=True)


class WebhookSecret(AnswerSchema):
    """A webhook with its secret, shown this once."""

    webhook = fields.Nested(Webhook, required=True)
    secret = fields.String(required=True)


class WebhookDelivery(AnswerSchema):
    """A message and what became of it."""

    key = Key(required=True)
    message_id = fields.String(required=True, metadata={"description": "The header `webhook-id`."})
    event = fields.String(required=True)
    state = choice(*_DELIVERY_STATES, required=True)
    attempts = WholeNumber(least=0, most=_LARGEST, required=True)
    next_at = Instant(required=True)
    created_at = Instant(required=True)
    ended_at = Instant(required=True, allow_none=True)
    outcome = fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "What the last attempt came to: an HTTP status, or why there was none."},
    )


class WebhookDeliveryPage(ListPage):
    """One page of messages."""

    items = fields.List(fields.Nested(WebhookDelivery), required=True)


class Replayed(AnswerSchema):
    """How many messages wait again."""

    replayed = WholeNumber(least=0, most=_LARGEST, required=True)


NEW_WEBHOOK: dict[str, Any] = {
    "label": "Records of Children's Therapies",
    "url": "https://records.therapies.example/ehc",
    "events": ["task.created", "deadline.missed"],
}
WEBHOOK_CHANGE: dict[str, Any] = {"events": ["task.created", "task.completed"], "state": "active"}
WEBHOOK: dict[str, Any] = {
    "key": "4",
    **NEW_WEBHOOK,
    "state": "active",
    "createdAt": "2026-11-02T09:30:00Z",
    "takenAt": None,
    "version": 1,
}
WEBHOOK_PAGE: dict[str, Any] = {"items": [WEBHOOK], "page": LAST}
WEBHOOK_SECRET: dict[str, Any] = {
    "webhook": WEBHOOK,
    "secret": "whsec_c2hvd24gdGhpcyBvbmNlLCBhbmQgbmV2ZXIgYWdhaW4=",
}
DELIVERY: dict[str, Any] = {
    "key": "91",
    "messageId": "msg_Qm9yZWQgb2YgZXhhbXBsZXM",
    "event": "task.created",
    "state": "delivered",
    "attempts": 1,
    "nextAt": "2026-11-02T09:32:00Z",
    "createdAt": "2026-11-02T09:30:00Z",
    "endedAt": "2026-11-02T09:30:02Z",
    "outcome": "204",
}
DELIVERY_PAGE: dict[str, Any] = {"items": [DELIVERY], "page": LAST}
REPLAY: dict[str, Any] = {"since": "2026-11-01T00:00:00Z"}
REPLAYED: dict[str, Any] = {"replayed": 12}
