"""What services answer about webhooks."""

from __future__ import annotations

from datetime import datetime

from engine.services.views import View


class WebhookView(View):
    """An address that is told of events."""

    key: str
    label: str
    url: str
    events: list[str]
    state: str
    created_at: datetime
    taken_at: datetime | None
    version: int


class WebhookSecretView(View):
    """A webhook with its secret, which is shown this once."""

    webhook: WebhookView
    secret: str


class DeliveryAttemptView(View):
    """A message and what became of it."""

    key: str
    message_id: str
    event: str
    state: str
    attempts: int
    next_at: datetime
    created_at: datetime
    ended_at: datetime | None
    outcome: str | None


class ReplayView(View):
    """How many messages wait again."""

    replayed: int
