"""From what a request carries to who asks: a personal token, a system's token, or a session.

Nothing is remembered between two requests, so that what is revoked or has ended counts at once.
"""

from __future__ import annotations

from datetime import date, timedelta

from sqlalchemy import bindparam, update

from engine.application import Engine
from engine.errors import Busy
from engine.services.principals import PRINCIPAL, Credential, Principal, principal_from
from engine.services.sight.agreements import may_have_partners, with_partners
from engine.services.sign_in.bearer import Kind, digest, kind_of
from engine.store import tables
from engine.store.account_tables import session
from engine.store.types import AnyRow

#: A session that nobody uses ends after this time.
IDLE = timedelta(minutes=30)
#: When a session was last seen is written down no oftener than this.
_SEEN_AGAIN = timedelta(minutes=2)


def authenticate(engine: Engine, secret: str) -> Principal | None:
    """The principal of a bearer secret; None when it's unknown, expired, revoked or its membership ended."""
    kind = kind_of(secret)
    if kind in (Kind.PERSONAL_TOKEN, Kind.CLIENT_TOKEN):
        return _by_token(engine, secret)
    return _by_session(engine, secret) if kind is Kind.SESSION else None


def _by_token(engine: Engine, secret: str) -> Principal | None:
    with engine.database.glance() as connection:
        row = connection.execute(_BY_TOKEN, {"digest": digest(secret)}).one_or_none()
    if row is None or row.revoked_at is not None or not _is_current(row, engine.clock.today()):
        return None
    if row.expires_at is not None and row.expires_at <= engine.clock.now():
        return None
    return _across(
        engine,
        row,
        Credential(
            "token" if row.client_key is None else "client",
            row.token_key,
            expires_at=row.expires_at,
            scope=None if row.scope is None else frozenset(row.scope),
        ),
    )


def _by_session(engine: Engine, secret: str) -> Principal | None:
    with engine.database.glance() as connection:
        row = connection.execute(_BY_SESSION, {"digest": digest(secret)}).one_or_none()
    if row is None or row.ended_at is not None or not _is_current(row, engine.clock.today()):
        return None
    now = engine.clock.now()
    if row.expires_at <= now or row.seen_at + IDLE <= now:
        return None
    if now - row.seen_at >= _SEEN_AGAIN:
        _see(engine, row.session_key)
    return _across(
        engine, row, Credential("session", row.session_key, expires_at=row.expires_at, kept_in=row.kept_in)
    )


def _across(engine: Engine, row: AnyRow, credential: Credential) -> Principal:
    """The principal, with the authorities that let it work on their cases."""
    principal = principal_from(row, credential)
    if not may_have_partners(principal):
        return principal
    with engine.database.glance() as connection:
        return with_partners(connection, principal, row.organisation_key, engine.clock.today())


def _see(engine: Engine, session_key: int) -> None:
    """Write down that a session is used."""
    try:
        with engine.database.write() as connection:
            connection.execute(_SEEN, {"which": session_key, "at": engine.clock.now()})
    except Busy:  # the next request writes it; what is asked for is answered meanwhile
        return


def _is_current(row: AnyRow, today: date) -> bool:
    return bool(row.valid_from <= today and (row.valid_to is None or today <= row.valid_to))


_BY_TOKEN = (
    PRINCIPAL.add_columns(
        tables.token.c.key.label("token_key"),
        tables.token.c.revoked_at,
        tables.token.c.expires_at,
        tables.token.c.scope,
        tables.token.c.client_key,
    )
    .join(tables.token, tables.token.c.membership_key == tables.membership.c.key)
    .where(tables.token.c.digest == bindparam("digest"))
)
_BY_SESSION = (
    PRINCIPAL.add_columns(
        session.c.key.label("session_key"),
        session.c.seen_at,
        session.c.expires_at,
        session.c.ended_at,
        session.c.kept_in,
    )
    .join(session, session.c.membership_key == tables.membership.c.key)
    .where(session.c.digest == bindparam("digest"))
)
_SEEN = update(session).where(session.c.key == bindparam("which")).values(seen_at=bindparam("at"))
