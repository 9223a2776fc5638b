"""Accounts: opened for a person by an administrator, taken over with an invitation, reset, closed.

An account lets a person in; what they may do there hangs on their memberships alone. Whoever could invite
themselves into somebody's account has all that person's memberships: so an administrator handles only those
who are members of nothing beyond what the administrator administers.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Connection, and_, bindparam, exists, func, insert, or_, select, update

from engine.application import Engine
from engine.errors import BadInput, Conflict, NotFound, VersionMismatch
from engine.services.audit.audit import Actor, Event
from engine.services.audit.audit_of_authority import record, record_by
from engine.services.paging import clamp, decode, encode
from engine.services.people import organisations
from engine.services.principals import Principal
from engine.services.sight.sight import key as key_of
from engine.services.sign_in import lock_out, second_factors
from engine.services.sign_in.bearer import Kind, digest, new
from engine.services.sign_in.logins import normal_login
from engine.services.sign_in.sessions import end_where
from engine.services.sign_in.views_of_sign_in import AccountView, InvitationView
from engine.services.views import Page, PageEnd
from engine.store import tables
from engine.store.account_tables import account, identity, invitation, session
from engine.store.types import AnyRow

#: How long an invitation is good.
INVITED = timedelta(hours=72)


def list_accounts(
    engine: Engine, principal: Principal, *, limit: int = 50, cursor: str | None = None
) -> Page[AccountView]:
    """The accounts that a principal administers, the newest first."""
    principal.require("account:manage")
    most = clamp(limit)
    query = _ACCOUNTS.where(_administered(engine, principal, account.c.person_key))
    if cursor:
        query = query.where(account.c.key < decode(cursor, int)[0])
    with engine.database.read() as connection:
        rows = connection.execute(query.order_by(account.c.key.desc()).limit(most + 1)).all()
        items = [_view(connection, row) for row in rows[:most]]
    end = encode([int(items[-1].key)]) if len(rows) > most else None
    return Page(items=items, page=PageEnd(end_cursor=end))


def open_account(engine: Engine, principal: Principal, person_key: str, login: str) -> InvitationView:
    """Open an account for a person; the invitation is shown this once.

    Raises:
        Conflict: the person has an account.
        BadInput: there is no such person for this principal, or the login is taken.
    """
    principal.require("account:manage")
    person = tables.person
    wanted = select(person).where(
        person.c.key == key_of(person_key), _administered(engine, principal, person.c.key)
    )
    with engine.database.write() as connection:
        found = connection.execute(wanted).one_or_none()
        if found is None:
            raise BadInput.field("personKey", f"There is no person {person_key} whom you administer.")
        return open_for(engine, connection, found.key, found.authority, login, by=Actor.of(principal))


def open_for(
    engine: Engine, connection: Connection, person_key: int, authority: str, login: str, *, by: Actor
) -> InvitationView:
    """Open an account for a person within a transaction.

    Raises:
        Conflict: the person has an account.
        BadInput: the login is taken.
    """
    login = normal_login(login)
    if connection.execute(select(account.c.key).where(account.c.person_key == person_key)).first():
        raise Conflict("This person has an account. Reset it, if they can't get in.")
    if connection.execute(select(account.c.key).where(account.c.login == login)).first():
        raise BadInput.field("login", "Somebody else has this login. Choose another.")
    values = {"authority": authority, "person_key": person_key, "login": login, "version": 1}
    query = insert(account).returning(account.c.key)
    key = connection.execute(query, {**values, "created_at": engine.clock.now()}).scalar_one()
    invited = _invite(engine, connection, key)
    record_by(connection, engine, authority, by, Event.ACCOUNT_OPENED, account=key, person=person_key)
    return invited


def reset_account(
    engine: Engine, principal: Principal, account_key: str, *, version: int | None = None
) -> InvitationView:
    """Take password and second factor away, end the sessions, and invite anew; unlocks and reopens it, too.

    Raises:
        NotFound: there is no such account for this principal.
        VersionMismatch: it has changed since the caller looked.
    """
    principal.require("account:manage")
    with engine.database.write() as connection:
        row = _found(engine, connection, principal, account_key, version)
        return reset_in(engine, connection, row, by=Actor.of(principal))


def reset_in(engine: Engine, connection: Connection, row: AnyRow, *, by: Actor) -> InvitationView:
    """Reset an account within a transaction."""
    lock_out.clear(connection, lock_out.subject(engine.vault, row.login))
    second_factors.forget(connection, row.key)
    connection.execute(_EMPTY, {"which": row.key})
    end_where(connection, session.c.account_key == row.key, at=engine.clock.now())
    invited = _invite(engine, connection, row.key)
    record_by(connection, engine, row.authority, by, Event.ACCOUNT_RESET, account=row.key)
    return invited


def close_account(
    engine: Engine, principal: Principal, account_key: str, *, version: int | None = None
) -> AccountView:
    """Close an account: its sessions and invitations end at once. Its memberships, and their tokens, stay.

    Raises:
        NotFound: there is no such account for this principal.
        VersionMismatch: it has changed since the caller looked.
    """
    principal.require("account:manage")
    now = engine.clock.now()
    with engine.database.write() as connection:
        row = _found(engine, connection, principal, account_key, version)
        connection.execute(_CLOSE, {"which": row.key, "at": now})
        connection.execute(_VOID, {"whose": row.key, "at": now})
        end_where(connection, session.c.account_key == row.key, at=now)
        record(connection, engine, principal, Event.ACCOUNT_CLOSED, account=row.key)
        return _view(connection, connection.execute(_ACCOUNTS.where(account.c.key == row.key)).one())


def account_of(connection: Connection, login: str) -> AnyRow:
    """The account of a login, for whoever works at the machine itself.

    Raises:
        NotFound: there is none.
    """
    row = connection.execute(_ACCOUNTS.where(account.c.login == normal_login(login))).one_or_none()
    if row is None:
        raise NotFound("There is no account with this login. Check it, or open one: ehc account open.")
    return row


def _invite(engine: Engine, connection: Connection, account_key: int) -> InvitationView:
    """A new invitation; those before are void."""
    now = engine.clock.now()
    secret = new(Kind.INVITATION)
    connection.execute(_VOID, {"whose": account_key, "at": now})
    connection.execute(
        insert(invitation),
        {
            "account_key": account_key,
            "digest": digest(secret),
            "created_at": now,
            "expires_at": now + INVITED,
        },
    )
    row = connection.execute(_ACCOUNTS.where(account.c.key == account_key)).one()
    return InvitationView(account=_view(connection, row), invitation=secret, expires_at=now + INVITED)


def _found(
    engine: Engine, connection: Connection, principal: Principal, account_key: str, version: int | None
) -> AnyRow:
    query = _ACCOUNTS.where(
        account.c.key == key_of(account_key), _administered(engine, principal, account.c.person_key)
    )
    row = connection.execute(query).one_or_none()
    if row is None:
        raise NotFound(f"There is no account {account_key}.")
    if version is not None and version != row.version:
        raise VersionMismatch("The account has changed since you read it.")
    return row


def _administered(
    engine: Engine, principal: Principal, person_key: ColumnElement[int]
) -> ColumnElement[bool]:
    """Persons whose memberships, today's and those to come, all lie in what the principal administers."""
    membership, organisation = tables.membership, tables.organisation
    inside = membership.c.authority == principal.authority
    if principal.role == "organisation_administrator":
        inside = and_(inside, organisations.own(principal))
    lasts = or_(membership.c.valid_to.is_(None), membership.c.valid_to >= engine.clock.today())
    theirs = (
        select(membership.c.key)
        .join(organisation, organisation.c.key == membership.c.organisation_key)
        .where(membership.c.person_key == person_key)
    )
    return and_(exists(theirs.where(inside)), ~exists(theirs.where(lasts, ~inside)))


def _view(connection: Connection, row: AnyRow) -> AccountView:
    return AccountView(
        key=str(row.key),
        person_key=str(row.person_key),
        person_name=row.person_name,
        login=row.login,
        state=_state(row),
        second_factor=row.second_factor is not None,
        providers=list(connection.execute(_PROVIDERS, {"whose": row.key}).scalars()),
        created_at=row.created_at,
        version=row.version,
    )


def _state(row: AnyRow) -> str:
    if row.closed_at is not None:
        return "closed"
    return "open" if row.second_factor is not None or row.identities else "invited"


def is_used_up(row: AnyRow, now: datetime) -> bool:
    """Whether an invitation is good for nothing any more."""
    return row.used_at is not None or bool(row.expires_at <= now)


_ACCOUNTS = select(
    account,
    tables.person.c.name.label("person_name"),
    select(func.count()).where(identity.c.account_key == account.c.key).scalar_subquery().label("identities"),
).join(tables.person, tables.person.c.key == account.c.person_key)
_PROVIDERS = (
    select(identity.c.provider).where(identity.c.account_key == bindparam("whose")).order_by(identity.c.key)
)
_EMPTY = (
    update(account)
    .where(account.c.key == bindparam("which"))
    .values(password_hash=None, password_set_at=None, closed_at=None, version=account.c.version + 1)
)
_CLOSE = (
    update(account)
    .where(account.c.key == bindparam("which"))
    .values(closed_at=bindparam("at"), version=account.c.version + 1)
)
_VOID = (
    update(invitation)
    .where(invitation.c.account_key == bindparam("whose"), invitation.c.used_at.is_(None))
    .values(used_at=bindparam("at"))
)
