"""Who asks: a person's membership of an organisation, what its role permits, and its tokens."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import Connection, bindparam, case, func, insert, or_, select, update

from engine.application import Engine
from engine.errors import BadInput, NotFound, NotPermitted
from engine.services.permissions import PERMISSIONS
from engine.services.sign_in.bearer import Kind, digest, hint, new
from engine.store import tables
from engine.store.types import AnyRow

#: The team that runs the local authority's own part of the law; it sees every case of its authority.
SEND_TEAM = "send_team"


@dataclass(frozen=True)
class Credential:
    """What a request was made with: a person's token, a system's token, or a session."""

    kind: Literal["token", "client", "session"]
    key: int
    expires_at: datetime | None
    #: The permissions that it is confined to; None: all that the role holds.
    scope: frozenset[str] | None = None
    #: Where a session's secret is kept: "cookie" or "answer".
    kept_in: str | None = None


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
    #: What the role holds, as far as the credential's scope goes.
    permissions: frozenset[str]
    #: None where the engine itself acts for a member.
    credential: Credential | None = None
    #: The team of the organisation that the membership is of; None: of the organisation itself.
    team: str | None = None
    #: Authorities that let the members of this setting work on their cases, too.
    partners: tuple[str, ...] = ()

    @property
    def called(self) -> str:
        """The role of the organisation, as messages name it: without the person's name."""
        return f"{self.role}@{self.organisation}"

    @property
    def of_send_team(self) -> bool:
        """Whether this is the authority's own SEND team."""
        return self.organisation == SEND_TEAM

    def require(self, permission: str) -> None:
        """Raise `NotPermitted` unless the role holds the permission."""
        if permission not in self.permissions:
            raise NotPermitted(f"The role {self.role} doesn't hold the permission {permission}.")


def principal_of(connection: Connection, membership_key: int) -> Principal:
    """The principal of a membership.

    Raises:
        NotFound: there is no such membership.
    """
    row = connection.execute(_BY_MEMBERSHIP, {"membership": membership_key}).one_or_none()
    if row is None:
        raise NotFound(f"There is no membership {membership_key}.")
    return principal_from(row)


def create_token(
    engine: Engine,
    membership_key: int,
    label: str,
    *,
    scope: Collection[str] | None = None,
    expires_at: datetime | None = None,
) -> str:
    """A new bearer token for a membership. It's shown once: only its hash is stored.

    Args:
        scope: the permissions that it is confined to; None leaves it all that the role holds.
        expires_at: from then on it's refused; None: it ends with the membership.

    Raises:
        NotFound: there is no such membership.
    """
    token = new(Kind.PERSONAL_TOKEN)
    with engine.database.write() as connection:
        principal_of(connection, membership_key)
        connection.execute(
            insert(tables.token).values(
                membership_key=membership_key,
                digest=digest(token),
                hint=hint(token),
                label=label,
                created_at=engine.clock.now(),
                expires_at=expires_at,
                scope=None if scope is None else sorted(scope),
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
            PRINCIPAL.where(
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


def principal_from(row: AnyRow, credential: Credential | None = None) -> Principal:
    """The principal of a row of `PRINCIPAL`, confined to what its credential allows."""
    held = PERMISSIONS.get(row.role, frozenset())
    scope = credential.scope if credential else None
    return Principal(
        membership_key=row.membership_key,
        person_key=row.person_key,
        person_name=row.person_name,
        organisation=row.organisation,
        organisation_name=row.organisation_name,
        role=row.role,
        authority=row.authority,
        permissions=held if scope is None else held & scope,
        credential=credential,
        team=row.team,
    )


_parent = tables.organisation.alias("parent")
_own = tables.organisation.c
#: A membership with its person and organisation, and the days on which it holds. Whoever is of a team works
#: for the organisation that the team belongs to.
PRINCIPAL = (
    select(
        tables.membership.c.key.label("membership_key"),
        tables.membership.c.person_key,
        tables.membership.c.organisation_key,
        tables.membership.c.role,
        tables.membership.c.authority,
        tables.membership.c.valid_from,
        tables.membership.c.valid_to,
        tables.person.c.name.label("person_name"),
        func.coalesce(_parent.c.code, _own.code).label("organisation"),
        func.coalesce(_parent.c.name, _own.name).label("organisation_name"),
        case((_parent.c.key.is_not(None), _own.code)).label("team"),
    )
    .join(tables.person, tables.person.c.key == tables.membership.c.person_key)
    .join(tables.organisation, _own.key == tables.membership.c.organisation_key)
    .outerjoin(_parent, _parent.c.key == _own.parent_key)
)

_BY_MEMBERSHIP = PRINCIPAL.where(tables.membership.c.key == bindparam("membership"))
