"""The outbox as an administrator sees it: what waits, what was sent, and what came of every attempt."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, Connection, Select, bindparam, or_, select

from engine.errors import NotFound
from engine.services import paging
from engine.services.messages.rendering import words_of
from engine.services.messages.views_of_messages import AttemptView, MessageView, SentMessageView
from engine.services.principals import Principal
from engine.services.sight import sight
from engine.services.views import Page, PageEnd
from engine.store.message_tables import outbox, outbox_attempt
from engine.store.types import AnyRow

if TYPE_CHECKING:
    from engine.application import Engine

KINDS = ("alert", "digest", "notice", "task")
CHANNELS = ("inbox", "email", "text", "letter", "print", "chat", "webhook", "portal", "by_hand")
STATES = ("waiting", "sent", "delivered", "failed", "held", "canceled")


@dataclass(frozen=True, kw_only=True)
class Asked:
    """Which messages are asked for; all that is given must hold."""

    state: str | None = None
    kind: str | None = None
    channel: str | None = None
    case_key: str | None = None


EVERYTHING = Asked()


def list_messages(
    engine: Engine,
    principal: Principal,
    asked: Asked = EVERYTHING,
    *,
    limit: int = 50,
    cursor: str | None = None,
) -> Page[MessageView]:
    """The messages of the authority, the newest first. What tells of a restricted case isn't there."""
    principal.require("outbox:read")
    query = matching(asked).where(seen(principal))
    if cursor is not None:
        query = query.where(_message.key < paging.decode(cursor, int)[0])
    with engine.database.read() as connection:
        rows = connection.execute(query.limit(paging.clamp(limit) + 1)).all()
    end = paging.encode([rows[limit - 1].key]) if len(rows) > limit else None
    return Page(items=[view(engine, row) for row in rows[:limit]], page=PageEnd(end_cursor=end))


def get_message(engine: Engine, principal: Principal, key: str) -> SentMessageView:
    """One message with its attempts.

    Raises:
        NotFound: there is none that the principal sees.
    """
    principal.require("outbox:read")
    with engine.database.read() as connection:
        row = find(connection, principal, key)
        return with_attempts(engine, connection, row)


def matching(asked: Asked) -> Select[Any]:
    """The messages that are asked for, the newest first."""
    query = select(outbox).order_by(_message.key.desc())
    for name in ("state", "kind", "channel"):
        if getattr(asked, name) is not None:
            query = query.where(_message[name] == getattr(asked, name))
    if asked.case_key is not None:
        query = query.where(_message.case_key == sight.key(asked.case_key))
    return query


def seen(principal: Principal) -> ColumnElement[bool]:
    """The messages of the authority that the principal may look at."""
    is_open = or_(_message.case_key.is_(None), sight.open_to(principal, _message.case_key))
    return (_message.authority == principal.authority) & is_open


def find(connection: Connection, principal: Principal, key: str, *, lock: bool = False) -> AnyRow:
    """A message that the principal sees.

    Raises:
        NotFound: there is none.
    """
    query = select(outbox).where(_message.key == sight.key(key), seen(principal))
    row = connection.execute(query.with_for_update() if lock else query).one_or_none()
    if row is None:
        raise NotFound(f"There is no message {key} for you.")
    return row


def row_of(connection: Connection, key: int, *, lock: bool = False) -> AnyRow:
    """A message of any authority, as an operator at the terminal sees it.

    Raises:
        NotFound: there is none.
    """
    query = select(outbox).where(_message.key == key)
    row = connection.execute(query.with_for_update() if lock else query).one_or_none()
    if row is None:
        raise NotFound(f"There is no message {key}. See: ehc outbox list.")
    return row


def all_messages(
    engine: Engine, asked: Asked, *, authority: str | None = None, limit: int | None = None
) -> Iterator[MessageView]:
    """The messages of an authority, or of all, as an operator at the terminal sees them, the newest first."""
    query = matching(asked)
    if authority is not None:
        query = query.where(_message.authority == authority)
    with engine.database.read() as connection:
        for row in connection.execution_options(yield_per=500).execute(query.limit(limit)):
            yield view(engine, row)


def with_attempts(engine: Engine, connection: Connection, row: AnyRow) -> SentMessageView:
    """A row of the outbox with the log of its attempts."""
    tried = connection.execute(_ATTEMPTS, {"of": row.key}).all()
    attempts = [
        AttemptView(
            at=each.at,
            provider=each.provider,
            provider_reference=each.provider_reference,
            outcome=each.outcome,
        )
        for each in tried
    ]
    return SentMessageView(message=view(engine, row), attempts=attempts)


def view(engine: Engine, row: AnyRow) -> MessageView:
    """A row of the outbox as it is answered."""
    words = words_of(
        engine,
        authority=row.authority,
        wording=row.wording,
        subject=row.subject,
        body=row.body,
        sent_at=row.sent_at,
    )
    return MessageView(
        key=str(row.key),
        kind=row.kind,
        channel=row.channel,
        recipient=row.recipient,
        subject=words.subject,
        body=words.text,
        state=row.state,
        attempts=row.attempts,
        case_key=None if row.case_key is None else str(row.case_key),
        created_at=row.created_at,
        next_at=row.next_at if row.state == "waiting" else None,
        sent_at=row.sent_at,
        ended_at=row.ended_at,
        read_at=row.read_at,
        outcome=row.outcome,
        reference=row.reference,
        version=row.version,
    )


_message = outbox.c
_ATTEMPTS = (
    select(outbox_attempt)
    .where(outbox_attempt.c.outbox_key == bindparam("of"))
    .order_by(outbox_attempt.c.key)
)
