"""Tables of who is told of events by HTTP, and what became of each delivery."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Index, Integer, String, Table, Text, literal_column

from engine.store.columns import authority_column, key_column, metadata, one_of
from engine.store.types import Instant, JsonText, Key

#: An address that is told of events. Its secrets are sealed.
webhook = Table(
    "webhook",
    metadata,
    key_column(),
    authority_column(),
    Column("label", Text, nullable=False),
    Column("url", Text, nullable=False),
    Column("events", JsonText, nullable=False),
    Column("secret", Text, nullable=False),
    #: The secret before the present one, which signs as well until then.
    Column("secret_before", Text),
    Column("secret_before_until", Instant),
    Column("state", String(10), nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("created_by", Key, ForeignKey("membership.key"), nullable=False),
    #: When it last took a message; a message that dies with none taken since it was made disables it.
    Column("taken_at", Instant),
    Column("version", Integer, nullable=False),
    one_of("state", "active", "disabled"),
)
Index("ix_webhook_authority", webhook.c.authority, webhook.c.key)

webhook_delivery = Table(
    "webhook_delivery",
    metadata,
    key_column(),
    authority_column(),
    Column("webhook_key", Key, ForeignKey("webhook.key"), nullable=False),
    Column("message_id", String(40), nullable=False),
    Column("event", String(60), nullable=False),
    Column("body", Text, nullable=False),
    Column("state", String(10), nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("next_at", Instant, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("ended_at", Instant),
    #: What the last attempt came to: an HTTP status, or a word for why there was none.
    Column("outcome", String(40)),
    one_of("state", "waiting", "delivered", "dead"),
)
#: Written with a literal, so that a query with it can use the partial index.
WAITING = webhook_delivery.c.state == literal_column("'waiting'")
Index(
    "ix_webhook_delivery_waiting",
    webhook_delivery.c.next_at,
    sqlite_where=WAITING,
    postgresql_where=WAITING,
)
#: A message has its name for ever: it is in the queue once.
Index("ix_webhook_delivery_message_id", webhook_delivery.c.message_id, unique=True)
Index("ix_webhook_delivery_webhook_key", webhook_delivery.c.webhook_key, webhook_delivery.c.key)
