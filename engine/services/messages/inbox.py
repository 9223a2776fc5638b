"""What a member finds in the application: their own messages, and those of their role and organisation."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import ColumnElement, Connection, and_, bindparam, func, or_, select, update

from engine.errors import NotFound
from engine.services import paging
from engine.services.messages.closed_cases import open_lines
from engine.services.messages.rendering import words_of
from engine.services.messages.views_of_messages import InboxItemView, InboxView
from engine.services.people.organisations import check_version
from engine.services.principals import Principal
from engine.services.sight import sight
from engine.services.views import PageEnd
from engine.store.message_tables import outbox
from engine.store.types import AnyRow

if TYPE_CHECKING:
    from datetime import datetime

    from engine.application import Engine

#: What isn't for anybody's eyes: it was taken back, or waits for an administrator.
_UNSEEN = ("canceled", "held")
#: More than this many unread messages are "so many or more".
MOST_COUNTED = 1_000


def list_inbox(
    engine: Engine,
    principal: Principal,
    *,
    unread: bool | None = None,
    kind: str | None = None,
    limit: int = 50,
    cursor: str | None = None,
) -> InboxView:
    """The messages of a member, whatever way they were sent besides, the newest first.

    Args:
        unread: only those that wait to be read, or only those that were.
    """
    principal.require("inbox:use")
    mine = _mine(principal, engine.clock.now())
    query = select(outbox).where(mine)
    if unread is not None:
        query = query.where(_message.read_at.is_(None) if unread else _message.read_at.is_not(None))
    if kind is not None:
        query = query.where(_message.kind == kind)
    if cursor is not None:
        query = query.where(_message.key < paging.decode(cursor, int)[0])
    waiting = select(_message.key).where(mine, _message.read_at.is_(None)).limit(MOST_COUNTED)
    with engine.database.read() as connection:
        rows = connection.execute(query.order_by(_message.key.desc()).limit(paging.clamp(limit) + 1)).all()
        count: int = connection.execute(select(func.count()).select_from(waiting.subquery())).scalar_one()
        items = [_item(engine, connection, principal, row) for row in rows[:limit]]
    end = paging.encode([rows[limit - 1].key]) if len(rows) > limit else None
    return InboxView(items=items, page=PageEnd(end_cursor=end), unread=count)


def read_message(engine: Engine, principal: Principal, key: str, version: int | None = None) -> InboxItemView:
    """Say that a message was read; saying so again changes nothing.

    Raises:
        NotFound: there is none in this member's inbox.
        VersionMismatch: as its name says.
    """
    principal.require("inbox:use")
    now = engine.clock.now()
    with engine.database.write() as connection:
        row = _find(connection, principal, key, now)
        check_version(row, version)
        if row.read_at is None:
            connection.execute(_READ, {"which": row.key, "at": now})
            row = _find(connection, principal, key, now)
        return _item(engine, connection, principal, row)


def _find(connection: Connection, principal: Principal, key: str, now: datetime) -> AnyRow:
    query = select(outbox).where(_mine(principal, now), _message.key == sight.key(key))
    row = connection.execute(query).one_or_none()
    if row is None:
        raise NotFound(f"There is no message {key} in your inbox.")
    return row


def _mine(principal: Principal, now: datetime) -> ColumnElement[bool]:
    """Addressed to the member, or to nobody by name and to their role or organisation.

    What tells of a restricted case is there only for whoever may see it.
    """
    places = {principal.organisation, *([principal.team] if principal.team else [])}
    named = sorted({*places, *(f"{principal.role}@{place}" for place in places)})
    shared = and_(
        _message.authority == principal.authority,
        _message.membership_key.is_(None),
        _message.recipient.in_(named),
    )
    return and_(
        or_(_message.membership_key == principal.membership_key, shared),
        _message.state.not_in(_UNSEEN),
        or_(_message.state != "waiting", _message.next_at <= now, _message.attempts > 0),
        or_(_message.case_key.is_(None), sight.open_to(principal, _message.case_key)),
    )


def _item(engine: Engine, connection: Connection, principal: Principal, row: AnyRow) -> InboxItemView:
    recipient = f"{principal.role}@{principal.organisation}"
    body = open_lines(connection, row.kind, row.body, principal.membership_key, recipient)
    words = words_of(
        engine,
        authority=row.authority,
        wording=row.wording,
        subject=row.subject,
        body=body,
        sent_at=row.sent_at,
    )
    return InboxItemView(
        key=str(row.key),
        kind=row.kind,
        case_key=None if row.case_key is None else str(row.case_key),
        subject=words.subject,
        body=words.text,
        link=words.link,
        channel=row.channel,
        created_at=row.created_at,
        read_at=row.read_at,
        shared=row.membership_key is None,
        version=row.version,
    )


_message = outbox.c
_READ = (
    update(outbox)
    .where(_message.key == bindparam("which"), _message.read_at.is_(None))
    .values(read_at=bindparam("at"), version=_message.version + 1)
)
