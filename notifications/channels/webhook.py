"""Messages through the authority's own webhooks: signed, tried again and disabled as events are.

The message goes into their queue, once for ever: a second attempt finds it there.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from engine.services.webhooks import webhook_messages
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
        kind = f"message.{message.kind}"
        data = {
            "reference": message.reference,
            "subject": message.subject,
            "text": message.text,
            "link": message.link,
        }
        if not webhook_messages.put(self._engine, message.authority, message.address, named, kind, data):
            raise Refused("no-such-webhook")
        return Accepted(PROVIDER, named)

    def find(self, reference: str) -> Accepted | None:
        """What the queue has under a reference, if it was taken or still waits."""
        named = message_name(reference)
        found = webhook_messages.find(self._engine, named)
        if found is None or found.state == "dead":
            return None
        return Accepted(PROVIDER, named, is_final=found.state == "delivered")

    def close(self) -> None:
        """Nothing is kept open."""


def message_name(reference: str) -> str:
    """The `webhook-id` of a message: the same at every attempt."""
    return "msg_" + hashlib.sha256(reference.encode()).hexdigest()[:32]
