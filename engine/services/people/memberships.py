"""Who belongs to which organisation, in which role, from when and until when.

Access is the membership's: it begins and ends with its days. The organisation keeps its cases, and open tasks
that somebody holds who leaves go back to the group. The cases whose named officer leaves are named: they need
another officer, and their new tasks go to the group until they have one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, bindparam, insert, or_, select, update

from engine.errors import BadInput, Conflict, NotFound
from engine.services import paging
from engine.services.audit import audit_of_authority
from engine.services.audit.audit import Actor, Event
from engine.services.people import organisations
from engine.services.people.fitting_roles import check_role
from engine.services.people.leavers import give_back_tasks
from engine.services.people.people import find_person
from engine.services.people.views_of_organisations import EndedMembershipView, MembershipView
from engine.services.principals import Principal
from engine.services.sight import sight
from engine.services.views import Page, PageEnd
from engine.store import tables
from engine.store.types import AnyRow

if TYPE_CHECKING:
    from engine.application import Engine


@dataclass(frozen=True)
class NewMembership:
    """Somebody who is to belong to an organisation: a person who is known, or a new one by name."""

    organisation_key: str
    role: str
    person_key: str | None = None
    name: str | None = None
    email: str | None = None
    valid_from: date | None = None
    valid_to: date | None = None


def list_memberships(
    engine: Engine,
    principal: Principal,
    *,
    organisation_key: str | None = None,
    person_key: str | None = None,
    role: str | None = None,
    current: bool | None = None,
    limit: int = 50,
    cursor: str | None = None,
) -> Page[MembershipView]:
    """The memberships that a principal sees, the oldest first.

    Args:
        current: only those that hold today, or only those that don't.
    """
    principal.require("member:read")
    query = _LIST.where(organisations.seen(principal))
    if organisation_key is not None:
        query = query.where(_membership.c.organisation_key == sight.key(organisation_key))
    if person_key is not None:
        query = query.where(_membership.c.person_key == sight.key(person_key))
    if role is not None:
        query = query.where(_membership.c.role == role)
    if current is not None:
        today = engine.clock.today()
        holds = (_membership.c.valid_from <= today) & (
            or_(_membership.c.valid_to.is_(None), _membership.c.valid_to >= today)
        )
        query = query.where(holds if current else ~holds)
    if cursor is not None:
        query = query.where(_membership.c.key > paging.decode(cursor, int)[0])
    with engine.database.read() as connection:
        rows = connection.execute(query.order_by(_membership.c.key).limit(paging.clamp(limit) + 1)).all()
    end = paging.encode([rows[limit - 1].key]) if len(rows) > limit else None
    return Page(items=[_view(row) for row in rows[:limit]], page=PageEnd(end_cursor=end))


def get_membership(engine: Engine, principal: Principal, key: str) -> MembershipView:
    """One membership.

    Raises:
        NotFound: there is none that this principal sees.
    """
    principal.require("member:read")
    with engine.database.read() as connection:
        return _view(_find(connection, principal, key))


def create_membership(engine: Engine, principal: Principal, new: NewMembership) -> MembershipView:
    """Let a person belong to an organisation. Without a first day it begins today.

    Raises:
        BadInput: no such organisation or person, the role doesn't fit, or the days are out of order.
        Conflict: they hold this role there already in these days.
    """
    principal.require("member:manage")
    first = new.valid_from or engine.clock.today()
    with engine.database.write() as connection:
        place = _place(connection, principal, new.organisation_key)
        check_role(principal, new.role, place.code, place.kind, is_team=place.parent_key is not None)
        _check_days(place, first, new.valid_to)
        person_key = _person(connection, principal, new)
        _check_alone(connection, person_key, place.key, new.role, first, new.valid_to)
        values = {
            "authority": principal.authority,
            "person_key": person_key,
            "organisation_key": place.key,
            "role": new.role,
            "valid_from": first,
            "valid_to": new.valid_to,
        }
        key = connection.execute(_INSERT, values).scalar_one()
        facts = {
            "member": key,
            "person": person_key,
            "place": place.key,
            "role": new.role,
            "after": _days(first, new.valid_to),
        }
        audit_of_authority.record(connection, engine, principal, Event.MEMBER_JOINED, **facts)
        return _view(_find(connection, principal, str(key)))


def change_membership(
    engine: Engine, principal: Principal, key: str, changes: Mapping[str, Any], version: int | None = None
) -> EndedMembershipView:
    """Change the days of a membership; another role is another membership. If it is over, tasks go back.

    Raises:
        BadInput: the days are out of order.
        Conflict: nobody could manage the authority any more.
        NotFound, VersionMismatch: as their names say.
    """
    principal.require("member:manage")
    today = engine.clock.today()
    with engine.database.write() as connection:
        row = _find(connection, principal, key, lock=True)
        organisations.check_version(row, version)
        first, last = (changes.get(name, getattr(row, name)) for name in ("valid_from", "valid_to"))
        place = connection.execute(_PLACE.where(_organisation.c.key == row.organisation_key)).one()
        _check_days(place, first, last)
        if not _is_within(first, last, row):
            check_role(principal, row.role, place.code, place.kind, is_team=place.parent_key is not None)
        _check_somebody_stays(connection, row, last, today)
        if (first, last) != (row.valid_from, row.valid_to):
            _set_days(connection, row, first, last)
            event = Event.MEMBER_CHANGED if last is None or last >= today else Event.MEMBER_ENDED
            facts = {"before": _days(row.valid_from, row.valid_to), "after": _days(first, last)}
            audit_of_authority.record(connection, engine, principal, event, member=row.key, **facts)
        changed = _view(_find(connection, principal, key))
        left = [] if last is None else connection.execute(_OFFICER_OF, {"who": row.key}).scalars().all()
    is_over = last is not None and last < today
    return EndedMembershipView(
        membership=changed,
        tasks_given_back=give_back_tasks(engine, row.key, _actor(principal)) if is_over else 0,
        officer_of=[str(case_key) for case_key in left],
    )


def end_membership(
    engine: Engine, principal: Principal, key: str, last_day: date | None, version: int | None = None
) -> EndedMembershipView:
    """End a membership: without a last day at once, so that the day before today was the last.

    Raises:
        Conflict, NotFound, VersionMismatch: as for `change_membership`.
    """
    last = last_day or engine.clock.today() - timedelta(days=1)
    return change_membership(engine, principal, key, {"valid_to": last}, version)


def _actor(principal: Principal) -> Actor:
    return Actor(principal.membership_key, principal.organisation)


def _place(connection: Connection, principal: Principal, key: str) -> AnyRow:
    try:
        return organisations.find(connection, principal, key)
    except NotFound as missing:
        raise BadInput.field("organisationKey", missing.message) from None


def _person(connection: Connection, principal: Principal, new: NewMembership) -> int:
    if (new.person_key is None) == (new.name is None):
        raise BadInput.field("personKey", "Say who: either personKey, or the name of a new person.")
    if new.person_key is not None:
        try:
            return int(find_person(connection, principal, new.person_key).key)
        except NotFound as missing:
            raise BadInput.field("personKey", missing.message) from None
    values = {"authority": principal.authority, "name": new.name, "email": new.email}
    return int(connection.execute(_NEW_PERSON, values).scalar_one())


def _check_days(place: AnyRow, first: date, last: date | None) -> None:
    if last is not None and last < first - timedelta(days=1):
        raise BadInput.field("validTo", "A membership doesn't end before it begins.")
    if place.valid_to is not None and (last is None or last > place.valid_to):
        raise BadInput.field("validTo", f"{place.code} ends on {place.valid_to}: so does who belongs to it.")


def _is_within(first: date, last: date | None, row: AnyRow) -> bool:
    """Whether the days are none that the membership doesn't have already: more of them is granting."""
    sooner = row.valid_to is None or (last is not None and last <= row.valid_to)
    return sooner and bool(first >= row.valid_from)


def _check_alone(
    connection: Connection, person: int, place: int, role: str, first: date, last: date | None
) -> None:
    overlaps = select(_membership.c.key).where(
        _membership.c.person_key == person,
        _membership.c.organisation_key == place,
        _membership.c.role == role,
        or_(_membership.c.valid_to.is_(None), _membership.c.valid_to >= first),
    )
    if last is not None:
        overlaps = overlaps.where(_membership.c.valid_from <= last)
    found = connection.execute(overlaps).first()
    if found is not None:
        raise Conflict(f"They hold this role there already: membership {found.key}.")


def _check_somebody_stays(connection: Connection, row: AnyRow, last: date | None, today: date) -> None:
    """The last administrator of an authority can't leave: nobody could let anybody in."""
    if row.role != "administrator" or last is None:
        return
    others = select(_membership.c.key).where(
        _membership.c.authority == row.authority,
        _membership.c.role == "administrator",
        _membership.c.key != row.key,
        _membership.c.valid_from <= today,
        or_(_membership.c.valid_to.is_(None), _membership.c.valid_to >= last),
    )
    if connection.execute(others).first() is None:
        raise Conflict("This is the authority's last administrator. Let somebody else be one first.")


def _set_days(connection: Connection, row: AnyRow, first: date, last: date | None) -> None:
    query = update(_membership).where(_membership.c.key == row.key)
    connection.execute(query.values(valid_from=first, valid_to=last, version=row.version + 1))


def _find(connection: Connection, principal: Principal, key: str, *, lock: bool = False) -> AnyRow:
    query = _LIST.where(organisations.seen(principal), _membership.c.key == sight.key(key))
    query = query.with_for_update(of=_membership) if lock else query
    row = connection.execute(query).one_or_none()
    if row is None:
        raise NotFound(f"There is no membership {key} for you.")
    return row


def _days(first: date, last: date | None) -> list[str | None]:
    return [first.isoformat(), None if last is None else last.isoformat()]


def _view(row: AnyRow) -> MembershipView:
    return MembershipView(
        key=str(row.key),
        person_key=str(row.person_key),
        person=row.person,
        organisation_key=str(row.organisation_key),
        organisation=row.organisation,
        role=row.role,
        valid_from=row.valid_from,
        valid_to=row.valid_to,
        version=row.version,
    )


_membership, _organisation, _one = tables.membership, tables.organisation, tables.person
_PLACE = select(_organisation)
_LIST = (
    select(_membership, _one.c.name.label("person"), _organisation.c.code.label("organisation"))
    .join(_one, _one.c.key == _membership.c.person_key)
    .join(_organisation, _organisation.c.key == _membership.c.organisation_key)
)
_officer, _case = tables.case_officer, tables.ehc_case
_OFFICER_OF = (
    select(_officer.c.case_key)
    .join(_case, _case.c.key == _officer.c.case_key)
    .where(_officer.c.membership_key == bindparam("who"), tables.CURRENT_OFFICER, _case.c.closed_at.is_(None))
    .order_by(_officer.c.case_key)
)
_INSERT = insert(_membership).returning(_membership.c.key)
_NEW_PERSON = insert(_one).returning(_one.c.key)
