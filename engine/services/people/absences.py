"""Who is away, and who covers for them: they hear of lateness in their place, and get new tasks."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from sqlalchemy import bindparam, select

from engine.errors import BadInput, NotFound
from engine.services.cases.officers import check_absence, keep_absence
from engine.services.cases.views_of_officers import CoverView
from engine.services.principals import Principal, principal_of
from engine.services.sight import sight
from engine.store import tables

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from engine.application import Engine

#: Roles that look after the absences of the whole authority.
_EVERYWHERE = ("group_head", "administrator")
#: What whoever covers must be able to do, if whoever is away can.
_CARRIED = ("escalation:answer", "task:work")


def record_absence(
    engine: Engine, principal: Principal, absent: str, covered_by: str, start: date, end: date
) -> CoverView:
    """Say who is away on which days, and who covers for them. Both are keys of memberships.

    Raises:
        BadInput: the days are out of order or over; there is no such member for this principal; who covers
            may not do or see what they would have to, or is away too.
        Conflict: the absence overlaps one that is recorded.
    """
    principal.require("absence:record")
    check_absence(start, end, engine.clock.today())
    with engine.database.write() as connection:
        who = _member(connection, principal, absent, "absent")
        cover = _member(connection, principal, covered_by, "coveredBy")
        _check_fits(who, cover)
        return keep_absence(
            engine, connection, principal, who.membership_key, cover.membership_key, start, end
        )


def list_absences(engine: Engine, principal: Principal) -> list[CoverView]:
    """The absences of today and later among those whom a principal looks after, the earliest first."""
    principal.require("absence:record")
    with engine.database.read() as connection:
        rows = connection.execute(_LATER, {"of": principal.authority, "on": engine.clock.today()}).all()
        return [
            CoverView(
                key=str(row.key),
                absent=str(row.absent_key),
                covered_by=str(row.covered_by_key),
                from_on=row.from_on,
                to_on=row.to_on,
            )
            for row in rows
            if looks_after(principal, principal_of(connection, row.absent_key))
        ]


def _member(connection: Connection, principal: Principal, key: str, field: str) -> Principal:
    try:
        found = principal_of(connection, sight.key(key))
    except NotFound:
        found = None
    is_known = found is not None and found.authority == principal.authority
    if found is None or not is_known or (field == "absent" and not looks_after(principal, found)):
        raise BadInput.field(field, f"There is no member {key} whose absence you look after.")
    return found


def looks_after(principal: Principal, who: Principal) -> bool:
    """Whether a principal looks after the absences of a member: of themselves, and of their people."""
    if principal.membership_key == who.membership_key or principal.role in _EVERYWHERE:
        return True
    return who.organisation in sight.organisations(principal)


def _check_fits(who: Principal, cover: Principal) -> None:
    """Whoever covers sees and does what is asked of whoever is away: a cover by name alone helps nobody."""
    if who.membership_key == cover.membership_key:
        raise BadInput.field("coveredBy", "Nobody covers for themselves.")
    missing = [each for each in _CARRIED if each in who.permissions - cover.permissions]
    sees = cover.role in _EVERYWHERE or set(sight.organisations(who)) <= set(sight.organisations(cover))
    if missing or not sees:
        raise BadInput.field(
            "coveredBy",
            f"A {cover.role} of {cover.organisation} can't do what a {who.role} of {who.organisation} does."
            " Name a member of the same organisation with as wide a role, or a Group Head.",
        )


_cover = tables.cover
_LATER = (
    select(_cover)
    .where(_cover.c.authority == bindparam("of"), _cover.c.to_on >= bindparam("on"))
    .order_by(_cover.c.from_on, _cover.c.key)
)
