"""Who is told of events by HTTP: made, changed, tried out, and sent again what was missed."""

from __future__ import annotations

import base64
import secrets
from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, insert, select, update

from engine.clock import format_instant
from engine.errors import BadInput, Conflict, NotFound
from engine.services import paging
from engine.services.audit import audit_of_authority
from engine.services.audit.audit import Event
from engine.services.people.organisations import check_version
from engine.services.principals import Principal
from engine.services.sight import sight
from engine.services.views import Page, PageEnd
from engine.services.webhooks.views_of_webhooks import (
    DeliveryAttemptView,
    ReplayView,
    WebhookSecretView,
    WebhookView,
)
from engine.services.webhooks.webhook_addresses import checked_url
from engine.services.webhooks.webhook_events import PING, SUBSCRIBABLE, delivery, message_of
from engine.store.types import AnyRow
from engine.store.webhook_tables import webhook, webhook_delivery

if TYPE_CHECKING:
    from engine.application import Engine

#: What a secret is sealed for.
PURPOSE = "webhook"
#: How long the secret before still signs after a rotation.
ROTATION = timedelta(hours=24)
_PREFIX = "whsec_"
_SECRET_BYTES = 32
_MOST_REPLAYED = 1000
_MOST_WEBHOOKS = 50


def list_webhooks(
    engine: Engine, principal: Principal, *, limit: int = 50, cursor: str | None = None
) -> Page[WebhookView]:
    """The webhooks of the authority, the oldest first."""
    principal.require("webhook:manage")
    query = select(webhook).where(webhook.c.authority == principal.authority).order_by(webhook.c.key)
    if cursor is not None:
        query = query.where(webhook.c.key > paging.decode(cursor, int)[0])
    with engine.database.read() as connection:
        rows = connection.execute(query.limit(paging.clamp(limit) + 1)).all()
    end = paging.encode([rows[limit - 1].key]) if len(rows) > limit else None
    return Page(items=[_view(row) for row in rows[:limit]], page=PageEnd(end_cursor=end))


def get_webhook(engine: Engine, principal: Principal, key: str) -> WebhookView:
    """One webhook, without its secret.

    Raises:
        NotFound: there is none in this authority.
    """
    principal.require("webhook:manage")
    with engine.database.read() as connection:
        return _view(_find(connection, principal, key))


def create_webhook(
    engine: Engine, principal: Principal, url: str, events: Collection[str], label: str
) -> WebhookSecretView:
    """Have an address told of events from now on. Its secret is shown this once.

    Raises:
        BadInput: the address or an event can't be.
        Conflict: the authority has as many as it may.
    """
    principal.require("webhook:manage")
    secret = _new_secret()
    values = {
        "authority": principal.authority,
        "label": label,
        "url": checked_url(url, allow_loopback=engine.settings.webhooks_allow_loopback),
        "events": _checked_events(events),
        "secret": engine.vault.seal(PURPOSE, secret),
        "state": "active",
        "created_at": engine.clock.now(),
        "created_by": principal.membership_key,
        "version": 1,
    }
    with engine.database.write() as connection:
        had = connection.execute(select(webhook.c.key).where(webhook.c.authority == principal.authority))
        if len(had.all()) >= _MOST_WEBHOOKS:
            raise Conflict(f"An authority has at most {_MOST_WEBHOOKS} webhooks. Change one that isn't used.")
        row = connection.execute(insert(webhook).returning(webhook), values).one()
        facts = {"webhook": row.key, "events": values["events"]}
        audit_of_authority.record(connection, engine, principal, Event.WEBHOOK_MADE, **facts)
    engine.subscriptions.forget()
    return WebhookSecretView(webhook=_view(row), secret=secret)


def change_webhook(
    engine: Engine, principal: Principal, key: str, changes: Mapping[str, Any], version: int | None = None
) -> WebhookView:
    """Change address, events, label or state. What waits for a disabled one waits until it is active again.

    Raises:
        NotFound, VersionMismatch, BadInput: as their names say.
    """
    principal.require("webhook:manage")
    values = dict(changes)
    if "url" in values:
        checked_url(values["url"], allow_loopback=engine.settings.webhooks_allow_loopback)
    if "events" in values:
        values["events"] = _checked_events(values["events"])
    with engine.database.write() as connection:
        row = _find(connection, principal, key, lock=True)
        check_version(row, version)
        values = {name: value for name, value in values.items() if value != getattr(row, name)}
        if values:
            _set(connection, row, values)
            facts = {"webhook": row.key, "fields": sorted(values), "after": values.get("state")}
            audit_of_authority.record(connection, engine, principal, Event.WEBHOOK_CHANGED, **facts)
        changed = _view(_find(connection, principal, key))
    engine.subscriptions.forget()
    return changed


def rotate_secret(
    engine: Engine, principal: Principal, key: str, version: int | None = None
) -> WebhookSecretView:
    """Give a webhook a new secret, shown this once; for a day messages are signed with both.

    Raises:
        NotFound, VersionMismatch: as their names say.
    """
    principal.require("webhook:manage")
    secret = _new_secret()
    with engine.database.write() as connection:
        row = _find(connection, principal, key, lock=True)
        check_version(row, version)
        values = {
            "secret": engine.vault.seal(PURPOSE, secret),
            "secret_before": row.secret,
            "secret_before_until": engine.clock.now() + ROTATION,
        }
        _set(connection, row, values)
        facts = {"webhook": row.key, "fields": ["secret"]}
        audit_of_authority.record(connection, engine, principal, Event.WEBHOOK_CHANGED, **facts)
        return WebhookSecretView(webhook=_view(_find(connection, principal, key)), secret=secret)


def ping(engine: Engine, principal: Principal, key: str, version: int | None = None) -> DeliveryAttemptView:
    """Send a message of the type `ping`, as soon as the sender comes round.

    Raises:
        NotFound, VersionMismatch: as their names say.
        Conflict: the webhook is disabled.
    """
    principal.require("webhook:manage")
    now = engine.clock.now()
    with engine.database.write() as connection:
        row = _find(connection, principal, key)
        check_version(row, version)
        _require_active(row)
        message = message_of(PING, format_instant(now), {})
        values = delivery(principal.authority, row.key, PING, message, now)
        sent = connection.execute(insert(webhook_delivery).returning(webhook_delivery), values).one()
    return _delivery_view(sent)


def list_deliveries(
    engine: Engine,
    principal: Principal,
    key: str,
    *,
    state: str | None = None,
    limit: int = 50,
    cursor: str | None = None,
) -> Page[DeliveryAttemptView]:
    """The messages to a webhook and what became of them, the newest first.

    Raises:
        NotFound: there is no such webhook in this authority.
    """
    principal.require("webhook:manage")
    with engine.database.read() as connection:
        row = _find(connection, principal, key)
        query = select(webhook_delivery).where(webhook_delivery.c.webhook_key == row.key)
        if state is not None:
            query = query.where(webhook_delivery.c.state == state)
        if cursor is not None:
            query = query.where(webhook_delivery.c.key < paging.decode(cursor, int)[0])
        query = query.order_by(webhook_delivery.c.key.desc())
        rows = connection.execute(query.limit(paging.clamp(limit) + 1)).all()
    end = paging.encode([rows[limit - 1].key]) if len(rows) > limit else None
    return Page(items=[_delivery_view(row) for row in rows[:limit]], page=PageEnd(end_cursor=end))


def replay(
    engine: Engine,
    principal: Principal,
    key: str,
    *,
    delivery_key: str | None = None,
    since: datetime | None = None,
    version: int | None = None,
) -> ReplayView:
    """Send again: one message, or the dead ones made since a time, at most 1,000 at once, the oldest first.

    Each keeps its `webhook-id`, so that whoever has had it knows it again.

    Raises:
        BadInput: neither or both are named.
        Conflict: the webhook is disabled.
        NotFound, VersionMismatch: as their names say.
    """
    principal.require("webhook:manage")
    if (delivery_key is None) == (since is None):
        raise BadInput.field("deliveryKey", "Say what to send again: either deliveryKey or since.")
    delivered = webhook_delivery.c
    with engine.database.write() as connection:
        row = _find(connection, principal, key)
        check_version(row, version)
        _require_active(row)
        wanted = select(delivered.key).where(delivered.webhook_key == row.key)
        if delivery_key is not None:
            wanted = wanted.where(delivered.key == sight.key(delivery_key))
        else:
            wanted = wanted.where(delivered.state == "dead", delivered.created_at >= since)
        keys = connection.execute(wanted.order_by(delivered.key).limit(_MOST_REPLAYED)).scalars().all()
        again = {"state": "waiting", "attempts": 0, "next_at": engine.clock.now(), "ended_at": None}
        connection.execute(update(webhook_delivery).where(delivered.key.in_(keys)).values(**again))
    return ReplayView(replayed=len(keys))


def _require_active(row: AnyRow) -> None:
    if row.state != "active":
        raise Conflict("This webhook is disabled. Set its state to active first.")


def _checked_events(events: Collection[str]) -> list[str]:
    unknown = sorted(set(events) - set(SUBSCRIBABLE))
    if unknown or not events:
        raise BadInput.field("events", f"Name events of these: {', '.join(SUBSCRIBABLE)}.")
    return sorted(set(events))


def _new_secret() -> str:
    return _PREFIX + base64.b64encode(secrets.token_bytes(_SECRET_BYTES)).decode()


def _set(connection: Connection, row: AnyRow, values: Mapping[str, Any]) -> None:
    query = update(webhook).where(webhook.c.key == row.key)
    connection.execute(query.values(**values, version=row.version + 1))


def _find(connection: Connection, principal: Principal, key: str, *, lock: bool = False) -> AnyRow:
    query = select(webhook).where(webhook.c.key == sight.key(key), webhook.c.authority == principal.authority)
    row = connection.execute(query.with_for_update() if lock else query).one_or_none()
    if row is None:
        raise NotFound(f"There is no webhook {key} for you.")
    return row


def _view(row: AnyRow) -> WebhookView:
    return WebhookView(
        key=str(row.key),
        label=row.label,
        url=row.url,
        events=row.events,
        state=row.state,
        created_at=row.created_at,
        taken_at=row.taken_at,
        version=row.version,
    )


def _delivery_view(row: AnyRow) -> DeliveryAttemptView:
    return DeliveryAttemptView(
        key=str(row.key),
        message_id=row.message_id,
        event=row.event,
        state=row.state,
        attempts=row.attempts,
        next_at=row.next_at,
        created_at=row.created_at,
        ended_at=row.ended_at,
        outcome=row.outcome,
    )
