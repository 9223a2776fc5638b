"""The messages that wait to be sent: taken by one sender at a time, and written down what became of each."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import bindparam, delete, select, update

from engine.services.webhooks.webhooks import PURPOSE
from engine.store.types import AnyRow
from engine.store.webhook_tables import WAITING, webhook, webhook_delivery

if TYPE_CHECKING:
    from engine.application import Engine

#: The waits between attempts; after the last of them a message is dead.
WAITS = (
    timedelta(seconds=5),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=5),
    timedelta(hours=10),
    timedelta(hours=14),
    timedelta(hours=20),
    timedelta(hours=24),
)
#: By how much a wait is made longer or shorter, so that what failed together isn't tried together.
_JITTER = 0.2
#: How long a sender has for what it took: then another takes it.
LEASE = timedelta(minutes=2)
#: How long a message that has ended can be looked at and sent again.
KEPT = timedelta(days=30)
_TAKEN_AT_ONCE = 50


@dataclass(frozen=True)
class Message:
    """What is to be sent: where, and the secrets that sign it, the present one first."""

    key: int
    message_id: str
    webhook_key: int
    url: str
    body: str
    attempt: int
    secrets: tuple[str, ...]
    created_at: datetime


def take_due(engine: Engine) -> list[Message]:
    """The messages that are due, each leased to this caller alone."""
    now = engine.clock.now()
    with engine.database.read() as connection:
        rows = connection.execute(_DUE, {"now": now}).all()
    return [_message(engine, row, now) for row in rows if _lease(engine, row, now)]


def delivered(engine: Engine, message: Message, outcome: str) -> None:
    """Write down that a message was taken."""
    now = engine.clock.now()
    with engine.database.write() as connection:
        ended = {"which": message.key, "to": "delivered", "at": now, "came_to": outcome}
        connection.execute(_END, ended)
        connection.execute(_TAKEN, {"which": message.webhook_key, "at": now})


def failed(engine: Engine, message: Message, outcome: str, *, gone: bool = False) -> None:
    """Write down that a message wasn't taken: it waits longer, or is dead.

    A message that dies disables its webhook if that has taken none since the message was made.

    Args:
        gone: the receiver says that the address is gone for good.
    """
    now = engine.clock.now()
    dies = gone or message.attempt > len(WAITS)
    with engine.database.write() as connection:
        if not dies:
            due = now + WAITS[message.attempt - 1] * random.uniform(1 - _JITTER, 1 + _JITTER)  # noqa: S311
            connection.execute(_WAIT, {"which": message.key, "due": due, "came_to": outcome})
            return
        connection.execute(_END, {"which": message.key, "to": "dead", "at": now, "came_to": outcome})
        query = update(webhook).where(webhook.c.key == message.webhook_key)
        if not gone:
            query = query.where(
                webhook.c.taken_at.is_(None) | (webhook.c.taken_at < message.created_at),
            )
        disabled = connection.execute(query.values(state="disabled", version=webhook.c.version + 1)).rowcount
    if disabled:
        engine.subscriptions.forget()


def forget_old(engine: Engine) -> int:
    """Remove messages that ended long ago; returns how many."""
    before = engine.clock.now() - KEPT
    with engine.database.write() as connection:
        return connection.execute(_FORGET, {"before": before}).rowcount


def _lease(engine: Engine, row: AnyRow, now: datetime) -> bool:
    values = {"which": row.key, "tried": row.attempts, "now": now, "until": now + LEASE}
    with engine.database.write() as connection:
        return connection.execute(_TAKE, values).rowcount == 1


def _message(engine: Engine, row: AnyRow, now: datetime) -> Message:
    sealed = [row.secret]
    if row.secret_before is not None and row.secret_before_until > now:
        sealed.append(row.secret_before)
    return Message(
        key=row.key,
        message_id=row.message_id,
        webhook_key=row.webhook_key,
        url=row.url,
        body=row.body,
        attempt=row.attempts + 1,
        secrets=tuple(engine.vault.unseal(PURPOSE, each) for each in sealed),
        created_at=row.created_at,
    )


_delivery = webhook_delivery.c
_THIS = _delivery.key == bindparam("which")
_DUE = (
    select(webhook_delivery, webhook.c.url, webhook.c.secret, webhook.c.secret_before,
           webhook.c.secret_before_until)
    .join(webhook, webhook.c.key == _delivery.webhook_key)
    .where(WAITING, _delivery.next_at <= bindparam("now"), webhook.c.state == "active")
    .order_by(_delivery.next_at, _delivery.key)
    .limit(_TAKEN_AT_ONCE)
)  # fmt: skip
#: When the next message is due.
NEXT_DELIVERY = (
    select(_delivery.next_at)
    .join(webhook, webhook.c.key == _delivery.webhook_key)
    .where(WAITING, webhook.c.state == "active")
    .order_by(_delivery.next_at)
    .limit(1)
)
_TAKE = (
    update(webhook_delivery)
    .where(
        _THIS,
        WAITING,
        _delivery.attempts == bindparam("tried"),
        _delivery.next_at <= bindparam("now"),
    )
    .values(attempts=_delivery.attempts + 1, next_at=bindparam("until"))
)
_END = (
    update(webhook_delivery)
    .where(_THIS)
    .values(state=bindparam("to"), ended_at=bindparam("at"), outcome=bindparam("came_to"))
)
_WAIT = update(webhook_delivery).where(_THIS).values(next_at=bindparam("due"), outcome=bindparam("came_to"))
_TAKEN = update(webhook).where(webhook.c.key == bindparam("which")).values(taken_at=bindparam("at"))
_FORGET = delete(webhook_delivery).where(_delivery.ended_at < bindparam("before"))
