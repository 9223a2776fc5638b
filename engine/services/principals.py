"""Who asks: a person's membership of an organisation, what its role permits, and its tokens."""

from __future__ import annotations

import hashlib
import secrets
import zlib
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection, bindparam, insert, or_, select, update

from engine.application import Engine
from engine.errors import BadInput, NotFound, NotPermitted
from engine.services.permissions import PERMISSIONS
from engine.store import tables
from engine.store.types import AnyRow

#: The team that runs the local authority's own part of the law; it sees every case of its authority.
SEND_TEAM = "send_team"

_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_PREFIX = "ehc_pat_"
_RANDOM_LETTERS = 32
_CHECK_LETTERS = 6


@dataclass(frozen=True)
class Principal:
    """A person's membership of an organisation: every question is asked as one of these."""

    membership_key: int
    person_key: int
    person_name: str
    organisation: str
    organisation_name: str
    role: str
    authority: str
    permissions: frozenset[str]

    @property
    def of_send_team(self) -> bool:
        """Whether this is the authority's own SEND team."""
        return self.organisation == SEND_TEAM

    def require(self, permission: str) -> None:
        """Raise `NotPermitted` unless the role holds the permission."""
        if permission not in self.permissions:
            raise NotPermitted(f"The role {self.role} doesn't hold the permission {permission}.")


def authenticate(engine: Engine, token: str) -> Principal | None:
    """The principal of a bearer token; None when it's unknown, expired, revoked or its membership ended."""
    if not is_well_formed(token):
        return None
    with engine.database.read() as connection:
        row = connection.execute(_BY_DIGEST, {"digest": _digest(token)}).one_or_none()
    if row is None or row.revoked_at is not None or not _is_current(row, engine.clock.today()):
        return None
    if row.expires_at is not None and row.expires_at <= engine.clock.now():
        return None
    return _principal(row)


def principal_of(connection: Connection, membership_key: int) -> Principal:
    """The principal of a membership.

    Raises:
        NotFound: there is no such membership.
    """
    row = connection.execute(_BY_MEMBERSHIP, {"membership": membership_key}).one_or_none()
    if row is None:
        raise NotFound(f"There is no membership {membership_key}.")
    return _principal(row)


def create_token(engine: Engine, membership_key: int, label: str) -> str:
    """A new bearer token for a membership. It's shown once: only its hash is stored.

    Raises:
        NotFound: there is no such membership.
    """
    token = new_token()
    with engine.database.write() as connection:
        principal_of(connection, membership_key)
        connection.execute(
            insert(tables.token).values(
                membership_key=membership_key,
                digest=_digest(token),
                hint=token[-4:],
                label=label,
                created_at=engine.clock.now(),
            )
        )
    return token


def revoke_tokens(engine: Engine, label: str) -> int:
    """Revoke all tokens that carry a label; returns how many."""
    table = tables.token
    with engine.database.write() as connection:
        result = connection.execute(
            update(table)
            .where(table.c.label == label, table.c.revoked_at.is_(None))
            .values(revoked_at=engine.clock.now())
        )
    return result.rowcount


@dataclass(frozen=True)
class Member:
    """A line of the list of members."""

    membership_key: int
    person: str
    role: str
    organisation: str
    organisation_name: str


def members(engine: Engine, authority: str) -> list[Member]:
    """Everybody who belongs to an organisation of this authority today."""
    today = engine.clock.today()
    with engine.database.read() as connection:
        rows = connection.execute(
            _SELECT.where(
                tables.membership.c.authority == authority,
                tables.membership.c.valid_from <= today,
                or_(tables.membership.c.valid_to.is_(None), tables.membership.c.valid_to >= today),
            ).order_by(tables.membership.c.key)
        ).all()
    return [
        Member(row.membership_key, row.person_name, row.role, row.organisation, row.organisation_name)
        for row in rows
    ]


def find_member(engine: Engine, authority: str, *, person: str, role: str | None = None) -> Member:
    """The member of this name (and role, where a person has several).

    Raises:
        BadInput: nobody or more than one matches.
    """
    of_the_name = [
        member
        for member in members(engine, authority)
        if member.person.casefold() == person.strip().casefold()
    ]
    found = [member for member in of_the_name if role in (None, member.role)]
    if len(found) == 1:
        return found[0]
    if not of_the_name:
        raise BadInput(f"Nobody called '{person}' is a member. See: ehc token members.")
    held = ", ".join(f"{member.role} of {member.organisation}" for member in of_the_name)
    raise BadInput(f"'{person}' is {held}. Name one of these roles.")


def new_token() -> str:
    """32 random letters and a checksum, so that a mistyped token is refused without a query."""
    letters = "".join(secrets.choice(_ALPHABET) for _ in range(_RANDOM_LETTERS))
    return _PREFIX + letters + _checksum(letters)


def is_well_formed(token: str) -> bool:
    """Whether the text can be one of our tokens at all."""
    body = token.removeprefix(_PREFIX)
    if body == token or len(body) != _RANDOM_LETTERS + _CHECK_LETTERS or not body.isascii():
        return False
    return _checksum(body[:_RANDOM_LETTERS]) == body[_RANDOM_LETTERS:]


def _checksum(letters: str) -> str:
    number = zlib.crc32(letters.encode())
    check = ""
    for _ in range(_CHECK_LETTERS):
        number, rest = divmod(number, len(_ALPHABET))
        check += _ALPHABET[rest]
    return check


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _is_current(row: AnyRow, today: date) -> bool:
    return bool(row.valid_from <= today and (row.valid_to is None or today <= row.valid_to))


def _principal(row: AnyRow) -> Principal:
    return Principal(
        membership_key=row.membership_key,
        person_key=row.person_key,
        person_name=row.person_name,
        organisation=row.organisation,
        organisation_name=row.organisation_name,
        role=row.role,
        authority=row.authority,
        permissions=PERMISSIONS.get(row.role, frozenset()),
    )


_SELECT = (
    select(
        tables.membership.c.key.label("membership_key"),
        tables.membership.c.person_key,
        tables.membership.c.role,
        tables.membership.c.authority,
        tables.membership.c.valid_from,
        tables.membership.c.valid_to,
        tables.person.c.name.label("person_name"),
        tables.organisation.c.code.label("organisation"),
        tables.organisation.c.name.label("organisation_name"),
    )
    .join(tables.person, tables.person.c.key == tables.membership.c.person_key)
    .join(tables.organisation, tables.organisation.c.key == tables.membership.c.organisation_key)
)

_BY_DIGEST = (
    _SELECT.add_columns(tables.token.c.revoked_at, tables.token.c.expires_at)
    .join(tables.token, tables.token.c.membership_key == tables.membership.c.key)
    .where(tables.token.c.digest == bindparam("digest"))
)
_BY_MEMBERSHIP = _SELECT.where(tables.membership.c.key == bindparam("membership"))
