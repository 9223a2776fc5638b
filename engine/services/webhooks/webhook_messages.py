"""Messages to people that go by a webhook: once for ever in its queue, which signs and tries again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, insert, select, update

from engine.clock import format_instant
from engine.services.webhooks.webhook_events import delivery, message_of
from engine.store.webhook_tables import webhook, webhook_delivery

if TYPE_CHECKING:
    from engine.application import Engine


@dataclass(frozen=True)
class Queued:
    """How a message stands in the queue: `waiting`, `delivered` or `dead`, since when, and why."""

    state: str
    ended_at: datetime | None
    outcome: str | None


def put(engine: Engine, authority: str, url: str, named: str, kind: str, data: Mapping[str, Any]) -> bool:
    """Put a message in the queue of an authority's webhook, unless it's there; False without such a webhook.

    One that had died is begun anew.

    Args:
        named: its `webhook-id`.
        kind: the type that whoever gets it tells it by.
    """
    now = engine.clock.now()
    with engine.database.write() as connection:
        row = connection.execute(_FIND, {"named": named}).first()
        if row is not None and row.state != "dead":
            return True
        key = connection.execute(_ACTIVE, {"of": authority, "to": url}).scalar()
        if key is None:
            return False
        values = delivery(authority, key, kind, message_of(kind, format_instant(now), data), now)
        values |= {"message_id": named, "ended_at": None}
        connection.execute(_NEW if row is None else _AGAIN, {**values, "named": named})
    return True


def find(engine: Engine, named: str) -> Queued | None:
    """How a message stands; None where it was never put in, or was forgotten."""
    with engine.database.read() as connection:
        row = connection.execute(_FIND, {"named": named}).first()
    return None if row is None else Queued(row.state, row.ended_at, row.outcome)


_delivery = webhook_delivery.c
_NAMED = _delivery.message_id == bindparam("named")
_FIND = select(webhook_delivery).where(_NAMED)
_NEW = insert(webhook_delivery)
_BEGUN = ("webhook_key", "body", "state", "attempts", "next_at", "created_at", "ended_at")
_AGAIN = (
    update(webhook_delivery)
    .where(_NAMED, _delivery.state == "dead")
    .values({name: bindparam(name) for name in _BEGUN})
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
