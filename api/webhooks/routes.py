"""`/webhooks`: who is told of events by HTTP, and what became of each message."""

from __future__ import annotations

from typing import Any

from flask import Response

from api.answers import answer
from api.blueprint import API_ROOT, Blueprint, permission, problems
from api.context import current_engine, current_principal
from api.lists import ListQuery
from api.preconditions import conditional
from api.repeats import confidential, repeatable
from api.webhooks.schemas import (
    DELIVERY,
    DELIVERY_PAGE,
    NEW_WEBHOOK,
    REPLAY,
    REPLAYED,
    WEBHOOK,
    WEBHOOK_CHANGE,
    WEBHOOK_PAGE,
    WEBHOOK_SECRET,
    NewWebhook,
    Replay,
    Replayed,
    Webhook,
    WebhookChange,
    WebhookDelivery,
    WebhookDeliveryPage,
    WebhookDeliveryQuery,
    WebhookPage,
    WebhookSecret,
)
from engine.services.webhooks import webhooks as service

webhooks = Blueprint("webhooks", f"{API_ROOT}/webhooks", "Who is told of events by HTTP.")


@webhooks.get("")
@permission("webhook:manage")
@webhooks.filters(ListQuery)
@webhooks.answers(200, WebhookPage, WEBHOOK_PAGE)
def list_webhooks(query: dict[str, Any]) -> Response:
    """List webhooks."""
    return answer(service.list_webhooks(current_engine(), current_principal(), **query))


@webhooks.post("")
@permission("webhook:manage")
@repeatable
@confidential
@problems("conflict")
@webhooks.takes(NewWebhook, NEW_WEBHOOK)
@webhooks.answers(201, WebhookSecret, WEBHOOK_SECRET, "ETag", "Location")
def create_webhook(body: dict[str, Any]) -> Response:
    """Have an address told of events.

    The secret is shown this once; messages are signed with it as the Standard Webhooks convention says. They
    hold the event's type and keys: ask for the rest with a token of your own.
    """
    made = service.create_webhook(
        current_engine(), current_principal(), body["url"], body["events"], body["label"]
    )
    address = f"{API_ROOT}/webhooks/{made.webhook.key}"
    return answer(made, 201, version=made.webhook.version, location=address)


@webhooks.get("/<key:webhook_key>")
@permission("webhook:manage")
@problems("not-found")
@webhooks.answers(200, Webhook, WEBHOOK, "ETag")
def get_webhook(webhook_key: str) -> Response:
    """Read a webhook."""
    found = service.get_webhook(current_engine(), current_principal(), webhook_key)
    return answer(found, version=found.version)


@webhooks.patch("/<key:webhook_key>")
@permission("webhook:manage")
@conditional
@problems("not-found")
@webhooks.takes(WebhookChange, WEBHOOK_CHANGE)
@webhooks.answers(200, Webhook, WEBHOOK, "ETag")
def change_webhook(body: dict[str, Any], webhook_key: str, version: int | None) -> Response:
    """Change a webhook.

    A disabled one hears of nothing that happens meanwhile; what waited goes out when it's active again.
    """
    changed = service.change_webhook(current_engine(), current_principal(), webhook_key, body, version)
    return answer(changed, version=changed.version)


@webhooks.post("/<key:webhook_key>/rotate-secret")
@permission("webhook:manage")
@repeatable
@confidential
@conditional
@problems("not-found")
@webhooks.answers(200, WebhookSecret, WEBHOOK_SECRET, "ETag")
def rotate_webhook_secret(webhook_key: str, version: int | None) -> Response:
    """Give a webhook a new secret.

    It is shown this once. For 24 hours messages are signed with both, parted by a blank.
    """
    rotated = service.rotate_secret(current_engine(), current_principal(), webhook_key, version)
    return answer(rotated, version=rotated.webhook.version)


@webhooks.post("/<key:webhook_key>/ping")
@permission("webhook:manage")
@repeatable
@conditional
@problems("not-found", "conflict")
@webhooks.answers(202, WebhookDelivery, DELIVERY)
def ping_webhook(webhook_key: str, version: int | None) -> Response:
    """Send a `ping`.

    It goes out within seconds; look among the deliveries what became of it.
    """
    return answer(service.ping(current_engine(), current_principal(), webhook_key, version), 202)


@webhooks.get("/<key:webhook_key>/deliveries")
@permission("webhook:manage")
@problems("not-found")
@webhooks.filters(WebhookDeliveryQuery)
@webhooks.answers(200, WebhookDeliveryPage, DELIVERY_PAGE)
def list_webhook_deliveries(query: dict[str, Any], webhook_key: str) -> Response:
    """List the messages to a webhook, the newest first.

    Those that ended are kept for 30 days.
    """
    return answer(service.list_deliveries(current_engine(), current_principal(), webhook_key, **query))


@webhooks.post("/<key:webhook_key>/replay")
@permission("webhook:manage")
@repeatable
@conditional
@problems("not-found", "conflict")
@webhooks.takes(Replay, REPLAY)
@webhooks.answers(202, Replayed, REPLAYED)
def replay_webhook(body: dict[str, Any], webhook_key: str, version: int | None) -> Response:
    """Send messages again.

    One of them, or the dead ones made since a time, at most 1,000 at once. Each keeps its `webhook-id`.
    """
    again = service.replay(current_engine(), current_principal(), webhook_key, **body, version=version)
    return answer(again, 202)
