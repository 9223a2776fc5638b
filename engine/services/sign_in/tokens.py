"""Personal tokens over the interface: made with a scope and an end, listed, revoked.

A token holds no more than what it was made with: its scope lies within what the maker may do just now, and
it ends no later than a token that made it.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, bindparam, update

from engine.application import Engine
from engine.errors import BadInput, FieldProblem, NotFound, VersionMismatch
from engine.services.audit.audit import Event
from engine.services.audit.audit_of_authority import record
from engine.services.paging import clamp, decode, encode
from engine.services.principals import PRINCIPAL, Principal, create_token
from engine.services.sight.sight import key as key_of
from engine.services.sign_in.bearer import digest
from engine.services.sign_in.views_of_sign_in import MadeTokenView, TokenView
from engine.services.views import Page, PageEnd
from engine.store import tables
from engine.store.types import AnyRow

#: Days that a token lasts at most, and when nothing is said.
MOST_DAYS, USUAL_DAYS = 366, 90


def make_token(
    engine: Engine, principal: Principal, *, label: str, scope: Collection[str], days: int = USUAL_DAYS
) -> MadeTokenView:
    """Make a token for the caller's own membership. It's shown this once.

    Args:
        scope: the permissions that it is confined to.
        days: how long it lasts.

    Raises:
        BadInput: the scope holds what the caller may not do.
    """
    principal.require("token:make")
    check_scope(scope, principal.permissions, "You don't hold this permission just now.")
    expires_at = engine.clock.now() + timedelta(days=days)
    own = principal.credential
    if own is not None and own.kind == "token" and own.expires_at is not None:
        expires_at = min(expires_at, own.expires_at)
    with engine.database.joined() as connection:
        token = create_token(engine, principal.membership_key, label, scope=scope, expires_at=expires_at)
        row = connection.execute(_TOKENS.where(tables.token.c.digest == digest(token))).one()
        record(connection, engine, principal, Event.TOKEN_MADE, token=row.key, scope=row.scope)
    return MadeTokenView(token=token, made=_view(row, engine.clock.now()))


def check_scope(scope: Collection[str], held: Collection[str], why: str) -> None:
    """Refuse a scope with permissions that aren't held.

    Raises:
        BadInput: names each of them.
    """
    problems = [FieldProblem(f"scope.{place}", why) for place, name in enumerate(scope) if name not in held]
    if problems:
        raise BadInput("This scope can't be given.", problems)


def list_tokens(
    engine: Engine, principal: Principal, *, whose: str = "mine", limit: int = 50, cursor: str | None = None
) -> Page[TokenView]:
    """Tokens, the newest first: the caller's own, or all that the caller administers."""
    principal.require("token:make")
    if whose == "all":
        principal.require("account:manage")
    most = clamp(limit)
    query = _TOKENS.where(_mine(principal) if whose == "mine" else _administered(principal))
    if cursor:
        query = query.where(tables.token.c.key < decode(cursor, int)[0])
    with engine.database.read() as connection:
        rows = connection.execute(query.order_by(tables.token.c.key.desc()).limit(most + 1)).all()
    items = [_view(row, engine.clock.now()) for row in rows[:most]]
    end = encode([int(items[-1].key)]) if len(rows) > most else None
    return Page(items=items, page=PageEnd(end_cursor=end))


def revoke_token(
    engine: Engine, principal: Principal, token_key: str, *, version: int | None = None
) -> TokenView:
    """Revoke a token of the caller's own, or one that the caller administers; it's dead at once.

    Raises:
        NotFound: there is no such token for this principal.
        VersionMismatch: it has changed since the caller looked.
    """
    principal.require("token:make")
    seen = _mine(principal)
    if "account:manage" in principal.permissions:
        seen = seen | _administered(principal)
    query = _TOKENS.where(tables.token.c.key == key_of(token_key), seen)
    now = engine.clock.now()
    with engine.database.write() as connection:
        row = connection.execute(query).one_or_none()
        if row is None:
            raise NotFound(f"There is no token {token_key}.")
        if version is not None and version != _version(row):
            raise VersionMismatch("The token has changed since you read it.")
        if connection.execute(_REVOKE, {"which": row.key, "at": now}).rowcount:
            record(connection, engine, principal, Event.TOKEN_REVOKED, token=row.key)
        return _view(connection.execute(query).one(), now)


def _mine(principal: Principal) -> ColumnElement[bool]:
    return tables.token.c.membership_key == principal.membership_key


def _administered(principal: Principal) -> ColumnElement[bool]:
    """Tokens of memberships that the principal administers."""
    inside = tables.membership.c.authority == principal.authority
    if principal.role == "organisation_administrator":
        inside = inside & (tables.organisation.c.code == principal.organisation)
    return inside


def _view(row: AnyRow, now: datetime) -> TokenView:
    return TokenView(
        key=str(row.key),
        label=row.label,
        hint=row.hint,
        person_name=row.person_name,
        membership_key=str(row.membership_key),
        scope=row.scope,
        client=row.client_key is not None,
        created_at=row.created_at,
        expires_at=row.expires_at,
        revoked_at=row.revoked_at,
        version=_version(row),
    )


def _version(row: AnyRow) -> int:
    return 1 if row.revoked_at is None else 2


_token = tables.token
_TOKENS = PRINCIPAL.add_columns(
    _token.c.key,
    _token.c.label,
    _token.c.hint,
    _token.c.scope,
    _token.c.client_key,
    _token.c.created_at,
    _token.c.expires_at,
    _token.c.revoked_at,
).join(_token, _token.c.membership_key == tables.membership.c.key)
_REVOKE = (
    update(_token)
    .where(_token.c.key == bindparam("which"), _token.c.revoked_at.is_(None))
    .values(revoked_at=bindparam("at"))
)
