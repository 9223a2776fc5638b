"""Messages through the authority's own webhooks: signed, tried again and disabled as events are.

The message goes into their queue, once for ever: a second attempt finds it there.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, insert, select, update

from engine.clock import format_instant
from engine.services.webhooks.webhook_events import delivery, message_of
from engine.store.webhook_tables import webhook, webhook_delivery
from notifications.channels import Accepted, Outgoing, Refused

if TYPE_CHECKING:
    from engine.application import Engine

PROVIDER = "webhook"


class WebhookChannel:
    """Hands messages to the sender of webhooks; the address is that of one of the authority's webhooks."""

    name = "webhook"
    at_a_time = 1

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def send(self, message: Outgoing) -> Accepted:
        """Put a message in the queue of a webhook.

        Raises:
            Refused: the authority has no active webhook with this address.
        """
        named = message_name(message.reference)
        owner = {"of": message.authority, "to": message.address}
        with self._engine.database.write() as connection:
            row = connection.execute(_FIND, {"named": named}).first()
            if row is None or row.state == "dead":
                key = connection.execute(_ACTIVE, owner).scalar()
                if key is None:
                    raise Refused("no-such-webhook")
                values = self._row(message, key, named)
                connection.execute(_AGAIN if row else _NEW, {**values, "named": named})
        return Accepted(PROVIDER, named)

    def find(self, reference: str) -> Accepted | None:
        """What the queue has under a reference, if it was taken or still waits."""
        named = message_name(reference)
        with self._engine.database.read() as connection:
            row = connection.execute(_FIND, {"named": named}).first()
        if row is None or row.state == "dead":
            return None
        return Accepted(PROVIDER, named, is_final=row.state == "delivered")

    def close(self) -> None:
        """Nothing is kept open."""

    def _row(self, message: Outgoing, key: int, named: str) -> dict[str, Any]:
        now = self._engine.clock.now()
        kind = f"message.{message.kind}"
        data = {
            "reference": message.reference,
            "subject": message.subject,
            "text": message.text,
            "link": message.link,
        }
        body = message_of(kind, format_instant(now), data)
        return {**delivery(message.authority, key, kind, body, now), "message_id": named, "ended_at": None}


def message_name(reference: str) -> str:
    """The `webhook-id` of a message: the same at every attempt."""
    return "msg_" + hashlib.sha256(reference.encode()).hexdigest()[:32]


_delivery = webhook_delivery.c
_FIND = select(_delivery.state).where(_delivery.message_id == bindparam("named"))
_NEW = insert(webhook_delivery)
#: A message that had died is begun anew, under its name.
_AGAIN = (
    update(webhook_delivery)
    .where(_delivery.message_id == bindparam("named"), _delivery.state == "dead")
    .values(
        {
            name: bindparam(name)
            for name in ("webhook_key", "body", "state", "attempts", "next_at", "created_at", "ended_at")
        }
    )
)
_ACTIVE = (
    select(webhook.c.key)
    .where(
        webhook.c.authority == bindparam("of"),
        webhook.c.url == bindparam("to"),
        webhook.c.state == "active",
    )
    .order_by(webhook.c.key)
    .limit(1)
)
