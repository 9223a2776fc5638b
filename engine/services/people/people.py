"""People as members of organisations: found, and corrected where a name or an address has changed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, Connection, and_, exists, func, select, update

from engine.errors import Conflict, NotFound
from engine.services import paging
from engine.services.audit import audit_of_authority
from engine.services.audit.audit import Event
from engine.services.people import organisations
from engine.services.people.views_of_organisations import PersonView
from engine.services.principals import Principal
from engine.services.sight import sight
from engine.services.views import Page, PageEnd
from engine.store import tables
from engine.store.types import AnyRow

if TYPE_CHECKING:
    from engine.application import Engine


def list_people(
    engine: Engine,
    principal: Principal,
    *,
    search: str | None = None,
    limit: int = 50,
    cursor: str | None = None,
) -> Page[PersonView]:
    """The people of the organisations that a principal sees, the first known first.

    Args:
        search: a part of the name.
    """
    principal.require("member:read")
    query = select(_person).where(seen(principal))
    if search is not None:
        query = query.where(func.lower(_person.c.name).contains(search.lower(), autoescape=True))
    if cursor is not None:
        query = query.where(_person.c.key > paging.decode(cursor, int)[0])
    with engine.database.read() as connection:
        rows = connection.execute(query.order_by(_person.c.key).limit(paging.clamp(limit) + 1)).all()
    end = paging.encode([rows[limit - 1].key]) if len(rows) > limit else None
    return Page(items=[_view(row) for row in rows[:limit]], page=PageEnd(end_cursor=end))


def get_person(engine: Engine, principal: Principal, key: str) -> PersonView:
    """One person.

    Raises:
        NotFound: there is none that this principal sees.
    """
    principal.require("member:read")
    with engine.database.read() as connection:
        return _view(find_person(connection, principal, key))


def change_person(
    engine: Engine, principal: Principal, key: str, changes: Mapping[str, Any], version: int | None = None
) -> PersonView:
    """Correct a person's name or address.

    Raises:
        Conflict: an organisation's administrator speaks of somebody who belongs to others as well.
        NotFound, VersionMismatch: as their names say.
    """
    principal.require("member:manage")
    with engine.database.write() as connection:
        row = find_person(connection, principal, key, lock=True)
        organisations.check_version(row, version)
        _check_own(connection, principal, row)
        values = {name: value for name, value in changes.items() if value != getattr(row, name)}
        if values:
            query = update(_person).where(_person.c.key == row.key)
            connection.execute(query.values(**values, version=row.version + 1))
            audit_of_authority.record(
                connection, engine, principal, Event.PERSON_CHANGED, person=row.key, fields=sorted(values)
            )
        return _view(find_person(connection, principal, key))


def seen(principal: Principal) -> ColumnElement[bool]:
    """The people that a principal sees: members, at any time, of organisations that it sees."""
    inside = _person.c.authority == principal.authority
    if sight.sees_whole_cases(principal):
        return inside
    return and_(inside, exists(_memberships().where(organisations.seen(principal))))


def find_person(connection: Connection, principal: Principal, key: str, *, lock: bool = False) -> AnyRow:
    """The row of a person that a principal sees.

    Raises:
        NotFound: there is none.
    """
    query = select(_person).where(seen(principal), _person.c.key == sight.key(key))
    row = connection.execute(query.with_for_update() if lock else query).one_or_none()
    if row is None:
        raise NotFound(f"There is no person {key} for you.")
    return row


def _check_own(connection: Connection, principal: Principal, row: AnyRow) -> None:
    elsewhere = (
        select(_membership.c.key)
        .join(_organisation, _organisation.c.key == _membership.c.organisation_key)
        .where(_membership.c.person_key == row.key, ~organisations.seen(principal))
    )
    if connection.execute(elsewhere).first() is not None:
        raise Conflict(
            "They belong to other organisations as well: the authority's administrator corrects this."
        )


def _memberships() -> Any:
    return (
        select(_membership.c.key)
        .join(_organisation, _organisation.c.key == _membership.c.organisation_key)
        .where(_membership.c.person_key == _person.c.key)
    )


def _view(row: AnyRow) -> PersonView:
    return PersonView(key=str(row.key), name=row.name, email=row.email, version=row.version)


_person, _membership, _organisation = tables.person, tables.membership, tables.organisation
