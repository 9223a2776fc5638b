"""Systems that sign in by themselves (OAuth client credentials): a secret that lasts, tokens that don't."""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Collection
from datetime import date, timedelta

from sqlalchemy import ColumnElement, Connection, bindparam, delete, insert, select, update

from engine.application import Engine
from engine.errors import BadInput, NotFound, SignInRefused, VersionMismatch
from engine.services.audit.audit import Event
from engine.services.audit.audit_of_authority import record
from engine.services.paging import clamp, decode, encode
from engine.services.permissions import PERMISSIONS
from engine.services.principals import PRINCIPAL, Principal
from engine.services.sight.sight import key as key_of
from engine.services.sign_in.bearer import Kind, digest, hint, kind_of, new
from engine.services.sign_in.tokens import check_scope
from engine.services.sign_in.views_of_sign_in import AccessView, ClientView, MadeClientView
from engine.services.views import Page, PageEnd
from engine.store import tables
from engine.store.account_tables import client
from engine.store.types import AnyRow

ROLE = "machine_client"
#: How long a system's token lasts, and how long it's kept to be looked at afterwards.
LASTS = timedelta(minutes=15)
_KEPT = timedelta(days=1)
_REFUSED = "Client and secret don't belong together, or the client is revoked. Check both."


def make_client(
    engine: Engine, principal: Principal, *, membership_key: str, label: str, scope: Collection[str]
) -> MadeClientView:
    """Let a system sign in for a membership with the role `machine_client`. Its secret is shown this once.

    Raises:
        BadInput: the membership isn't a system's of the authority, or the scope is more than it may do.
    """
    principal.require("client:manage")
    check_scope(scope, PERMISSIONS[ROLE], f"A {ROLE} doesn't hold this permission.")
    secret = new(Kind.CLIENT_SECRET)
    with engine.database.write() as connection:
        _check_membership(connection, principal, membership_key)
        values = {
            "authority": principal.authority,
            "membership_key": int(membership_key),
            "client_id": f"client-{secrets.token_hex(8)}",
            "secret_digest": digest(secret),
            "label": label,
            "scope": sorted(set(scope)),
            "created_at": engine.clock.now(),
        }
        key = connection.execute(insert(client).returning(client.c.key), values).scalar_one()
        made = connection.execute(_CLIENTS.where(client.c.key == key)).one()
        record(connection, engine, principal, Event.CLIENT_MADE, client=key, scope=made.scope)
    return MadeClientView(client_secret=secret, client=_view(made))


def list_clients(
    engine: Engine, principal: Principal, *, limit: int = 50, cursor: str | None = None
) -> Page[ClientView]:
    """The systems of the authority, the newest first."""
    principal.require("client:manage")
    most = clamp(limit)
    query = _CLIENTS.where(_seen(principal))
    if cursor:
        query = query.where(client.c.key < decode(cursor, int)[0])
    with engine.database.read() as connection:
        rows = connection.execute(query.order_by(client.c.key.desc()).limit(most + 1)).all()
    items = [_view(row) for row in rows[:most]]
    end = encode([int(items[-1].key)]) if len(rows) > most else None
    return Page(items=items, page=PageEnd(end_cursor=end))


def revoke_client(
    engine: Engine, principal: Principal, client_key: str, *, version: int | None = None
) -> ClientView:
    """Revoke a system's secret and every token that it was given; they are dead at once.

    Raises:
        NotFound: there is no such client for this principal.
        VersionMismatch: it has changed since the caller looked.
    """
    principal.require("client:manage")
    query = _CLIENTS.where(client.c.key == key_of(client_key), _seen(principal))
    with engine.database.write() as connection:
        row = connection.execute(query).one_or_none()
        if row is None:
            raise NotFound(f"There is no client {client_key}.")
        if version is not None and version != _version(row):
            raise VersionMismatch("The client has changed since you read it.")
        for ending in (_REVOKE, _REVOKE_TOKENS):
            connection.execute(ending, {"which": row.key, "at": engine.clock.now()})
        record(connection, engine, principal, Event.CLIENT_REVOKED, client=row.key)
        return _view(connection.execute(query).one())


def give_access(engine: Engine, client_id: str, secret: str, scope: Collection[str] | None) -> AccessView:
    """A token of 15 minutes for a system that shows its secret.

    Args:
        scope: fewer permissions than the client has; None: all of them.

    Raises:
        SignInRefused: the secret isn't the client's, or its membership has ended.
        BadInput: the scope holds what the client hasn't.
    """
    now = engine.clock.now()
    token = new(Kind.CLIENT_TOKEN)
    with engine.database.write() as connection:
        row = connection.execute(_BY_ID, {"id": client_id}).one_or_none()
        if row is None or not _shows(row, secret) or not _holds(row, engine.clock.today()):
            raise SignInRefused(_REFUSED)
        given = row.scope if scope is None else sorted(set(scope))
        check_scope(given, row.scope, "The client hasn't this permission.")
        connection.execute(_FORGET_TOKENS, {"which": row.key, "before": now - _KEPT})
        values = {
            "membership_key": row.membership_key,
            "client_key": row.key,
            "digest": digest(token),
            "hint": hint(token),
            "label": row.label,
            "scope": given,
            "created_at": now,
            "expires_at": now + LASTS,
        }
        connection.execute(insert(tables.token), values)
    return AccessView(token=token, expires_at=now + LASTS, scope=given)


def _shows(row: AnyRow, secret: str) -> bool:
    if kind_of(secret) is not Kind.CLIENT_SECRET or row.revoked_at is not None:
        return False
    return hmac.compare_digest(row.secret_digest, digest(secret))


def _holds(row: AnyRow, today: date) -> bool:
    return bool(row.valid_from <= today and (row.valid_to is None or today <= row.valid_to))


def _check_membership(connection: Connection, principal: Principal, membership_key: str) -> None:
    membership = tables.membership
    query = select(membership.c.role).where(
        membership.c.key == key_of(membership_key), membership.c.authority == principal.authority
    )
    role = connection.execute(query).scalar_one_or_none()
    if role is None:
        raise BadInput.field("membershipKey", f"There is no membership {membership_key} here.")
    if role != ROLE:
        raise BadInput.field("membershipKey", f"This membership's role is {role}; a system's is {ROLE}.")


def _seen(principal: Principal) -> ColumnElement[bool]:
    return client.c.authority == principal.authority


def _view(row: AnyRow) -> ClientView:
    return ClientView(
        key=str(row.key),
        client_id=row.client_id,
        label=row.label,
        membership_key=str(row.membership_key),
        organisation=row.organisation,
        scope=row.scope,
        created_at=row.created_at,
        revoked_at=row.revoked_at,
        version=_version(row),
    )


def _version(row: AnyRow) -> int:
    return 1 if row.revoked_at is None else 2


_CLIENTS = PRINCIPAL.add_columns(
    client.c.key,
    client.c.client_id,
    client.c.secret_digest,
    client.c.label,
    client.c.scope,
    client.c.created_at,
    client.c.revoked_at,
).join(client, client.c.membership_key == tables.membership.c.key)
_BY_ID = _CLIENTS.where(client.c.client_id == bindparam("id"))
_REVOKE = (
    update(client)
    .where(client.c.key == bindparam("which"), client.c.revoked_at.is_(None))
    .values(revoked_at=bindparam("at"))
)
_REVOKE_TOKENS = (
    update(tables.token)
    .where(tables.token.c.client_key == bindparam("which"), tables.token.c.revoked_at.is_(None))
    .values(revoked_at=bindparam("at"))
)
_FORGET_TOKENS = delete(tables.token).where(
    tables.token.c.client_key == bindparam("which"), tables.token.c.expires_at < bindparam("before")
)
