"""Sessions: opened at sign-in, listed, switched to another membership, ended. Access itself is looked up anew
with each request (`credentials`), so that an end counts at once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, bindparam, delete, insert, select, update

from engine.application import Engine
from engine.errors import Conflict, NotFound, VersionMismatch
from engine.services.audit.audit import Actor, Event
from engine.services.audit.audit_of_authority import record, record_by
from engine.services.paging import clamp, decode, encode
from engine.services.people.memberships_held import chosen, held_today, membership_view
from engine.services.principals import PRINCIPAL, Principal
from engine.services.sight.sight import key as key_of
from engine.services.sign_in.bearer import Kind, digest, new
from engine.services.sign_in.credentials import IDLE
from engine.services.sign_in.views_of_sign_in import (
    MembershipView,
    OpenedSessionView,
    PrincipalView,
    SessionView,
    SignedOutView,
)
from engine.services.views import Page, PageEnd
from engine.store import tables
from engine.store.account_tables import account, session
from engine.store.types import AnyRow

#: A session ends after this time, however busy.
LONGEST = timedelta(hours=12)
#: How long one that has ended can still be seen in the list.
_KEPT = timedelta(days=30)


@dataclass(frozen=True)
class Wish:
    """How somebody who signs in wants to work: as which member, and where the session's secret is kept."""

    membership_key: int | None = None
    kept_in: str = "answer"


@dataclass(frozen=True)
class Provided:
    """What a provider said of a session that it opened."""

    provider: str
    subject: str
    session: str | None
    #: Sealed.
    identity_token: str


def open_session(
    engine: Engine, connection: Connection, owner: AnyRow, wish: Wish, provided: Provided | None = None
) -> OpenedSessionView:
    """Begin a session for an account's owner, with a secret that nobody has seen before.

    Raises:
        SignInRefused: the person holds no membership today.
        BadInput: the membership that is wanted isn't among them.
    """
    now = engine.clock.now()
    connection.execute(_PURGE, {"before": now - _KEPT})
    held = held_today(connection, owner.person_key, engine.clock.today())
    last = connection.execute(_LAST, {"whose": owner.key}).scalar()
    membership = chosen(held, wish.membership_key, last)
    secret = new(Kind.SESSION)
    values: dict[str, Any] = {
        "authority": membership.authority,
        "digest": digest(secret),
        "account_key": owner.key,
        "membership_key": membership.membership_key,
        "kept_in": wish.kept_in,
        "created_at": now,
        "seen_at": now,
        "expires_at": now + LONGEST,
    }
    query = insert(session).returning(session.c.key)
    opened = connection.execute(query, values | _of_provider(provided)).scalar_one()
    record_by(
        connection,
        engine,
        membership.authority,
        Actor(membership.membership_key, membership.organisation),
        Event.SESSION_OPENED,
        session=opened,
        account=owner.key,
        provider=provided.provider if provided else None,
    )
    return _opened(opened, secret, now + LONGEST, membership, held)


def who_asks(engine: Engine, principal: Principal) -> PrincipalView:
    """Who asks, what that allows, and as whom else the person may work."""
    principal.require("account:use")
    with engine.database.read() as connection:
        held = held_today(connection, principal.person_key, engine.clock.today())
    own = next(row for row in held if row.membership_key == principal.membership_key)
    return PrincipalView(
        person_key=str(principal.person_key),
        person_name=principal.person_name,
        means=principal.credential.kind if principal.credential else "token",
        membership=membership_view(own),
        permissions=sorted(principal.permissions),
        memberships=[membership_view(row) for row in held],
    )


def list_sessions(
    engine: Engine, principal: Principal, *, limit: int = 50, cursor: str | None = None
) -> Page[SessionView]:
    """The caller's own sessions, the newest first; ended ones for 30 days."""
    principal.require("account:use")
    most = clamp(limit)
    before = decode(cursor, int)[0] if cursor else None
    query = _OWN.limit(most + 1)
    if before is not None:
        query = query.where(session.c.key < before)
    with engine.database.read() as connection:
        rows = connection.execute(query, {"person": principal.person_key}).all()
    items = [_view(engine, principal, row) for row in rows[:most]]
    end = encode([int(items[-1].key)]) if len(rows) > most else None
    return Page(items=items, page=PageEnd(end_cursor=end))


def end_session(
    engine: Engine, principal: Principal, session_key: str, *, version: int | None = None
) -> SessionView:
    """End one of the caller's sessions; ending it again changes nothing.

    Raises:
        NotFound: the caller has no such session.
        VersionMismatch: it has ended since the caller looked.
    """
    principal.require("account:use")
    with engine.database.write() as connection:
        wanted = {"person": principal.person_key, "which": key_of(session_key)}
        row = connection.execute(_ONE_OF_OWN, wanted).one_or_none()
        if row is None:
            raise NotFound(f"You have no session {session_key}.")
        view = _view(engine, principal, row)
        if version is not None and version != view.version:
            raise VersionMismatch("The session has changed since you read it.")
        if end_where(connection, session.c.key == row.session_key, at=engine.clock.now()):
            record(connection, engine, principal, Event.SESSION_ENDED, session=row.session_key)
        return _view(engine, principal, connection.execute(_ONE_OF_OWN, wanted).one())


def end_others(engine: Engine, principal: Principal) -> SignedOutView:
    """End every session of the caller's but the one that asks."""
    principal.require("account:use")
    with engine.database.write() as connection:
        mine = session.c.account_key.in_(_accounts_of(principal.person_key))
        others = mine & (session.c.key != _own_session(principal, 0))
        ended = end_where(connection, others, at=engine.clock.now())
        if ended:
            record(connection, engine, principal, Event.SESSION_ENDED, others=ended)
    return SignedOutView(ended=ended, provider_address=None)


def sign_out(engine: Engine, principal: Principal) -> tuple[SignedOutView, AnyRow]:
    """End the session that asks; also gives its row, for whoever ends the one at the provider.

    Raises:
        Conflict: the caller asks with a token.
    """
    principal.require("account:use")
    mine = session.c.key == _own_session(principal)
    with engine.database.write() as connection:
        row = connection.execute(select(session).where(mine)).one()
        ended = end_where(connection, mine, at=engine.clock.now())
        record(connection, engine, principal, Event.SESSION_ENDED, session=row.key)
    return SignedOutView(ended=ended, provider_address=None), row


def switch(engine: Engine, principal: Principal, membership_key: str) -> OpenedSessionView:
    """Go on as another of the person's memberships, with a new secret; the old one is dead.

    Raises:
        Conflict: the caller asks with a token.
        BadInput: the person doesn't hold that membership today.
    """
    principal.require("account:use")
    mine = _own_session(principal)
    secret = new(Kind.SESSION)
    with engine.database.write() as connection:
        held = held_today(connection, principal.person_key, engine.clock.today())
        membership = chosen(held, key_of(membership_key))
        changed: Mapping[str, Any] = {
            "digest": digest(secret),
            "membership_key": membership.membership_key,
            "authority": membership.authority,
            "seen_at": engine.clock.now(),
        }
        connection.execute(update(session).where(session.c.key == mine).values(**changed))
        expires_at = connection.execute(
            select(session.c.expires_at).where(session.c.key == mine)
        ).scalar_one()
        turned = {"before": principal.membership_key, "after": membership.membership_key}
        record(connection, engine, principal, Event.SESSION_SWITCHED, session=mine, **turned)
    return _opened(mine, secret, expires_at, membership, held)


def end_where(connection: Connection, which: Any, *, at: datetime) -> int:
    """End the live sessions of a condition; says how many."""
    query = update(session).where(which, session.c.ended_at.is_(None), session.c.expires_at > at)
    return connection.execute(query.values(ended_at=at, identity_token=None)).rowcount


def _own_session(principal: Principal, otherwise: int | None = None) -> int:
    """The key of the session that asks."""
    credential = principal.credential
    if credential is not None and credential.kind == "session":
        return credential.key
    if otherwise is None:
        raise Conflict("You ask with a token, which isn't a session. Revoke it, or sign in.")
    return otherwise


def _accounts_of(person_key: int) -> Any:
    return select(account.c.key).where(account.c.person_key == person_key)


def _of_provider(provided: Provided | None) -> dict[str, Any]:
    if provided is None:
        return {}
    return {
        "provider": provided.provider,
        "provider_subject": provided.subject,
        "provider_session": provided.session,
        "identity_token": provided.identity_token,
    }


def _opened(
    key: int, secret: str, expires_at: datetime, membership: AnyRow, held: list[AnyRow]
) -> OpenedSessionView:
    return OpenedSessionView(
        key=str(key),
        token=secret,
        expires_at=expires_at,
        idle_minutes=IDLE // timedelta(minutes=1),
        membership=membership_view(membership),
        memberships=[membership_view(row) for row in held],
    )


def _view(engine: Engine, principal: Principal, row: AnyRow) -> SessionView:
    credential = principal.credential
    membership: MembershipView = membership_view(row)
    ended = row.ended_at or _ended_by_itself(row, engine.clock.now())
    return SessionView(
        key=str(row.session_key),
        membership=membership,
        provider=row.provider,
        kept_in=row.kept_in,
        created_at=row.created_at,
        seen_at=row.seen_at,
        expires_at=row.expires_at,
        ended_at=ended,
        current=credential is not None and (credential.kind, credential.key) == ("session", row.session_key),
        version=1 if ended is None else 2,
    )


def _ended_by_itself(row: AnyRow, now: datetime) -> datetime | None:
    """When a session ended by its age, or because nobody used it."""
    end: datetime = min(row.expires_at, row.seen_at + IDLE)
    return end if end <= now else None


_PURGE = delete(session).where(session.c.expires_at < bindparam("before"))
_LAST = (
    select(session.c.membership_key)
    .where(session.c.account_key == bindparam("whose"))
    .order_by(session.c.seen_at.desc(), session.c.key.desc())
    .limit(1)
)
_OWN = (
    PRINCIPAL.add_columns(
        session.c.key.label("session_key"),
        session.c.provider,
        session.c.kept_in,
        session.c.created_at,
        session.c.seen_at,
        session.c.expires_at,
        session.c.ended_at,
    )
    .join(session, session.c.membership_key == tables.membership.c.key)
    .join(account, account.c.key == session.c.account_key)
    .where(account.c.person_key == bindparam("person"))
    .order_by(session.c.key.desc())
)
_ONE_OF_OWN = _OWN.where(session.c.key == bindparam("which"))
