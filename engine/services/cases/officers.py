"""The named officer of a case (S24): hand-over keeps the history, absence has cover."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, bindparam, func, insert, select, update

from engine.errors import BadInput, Conflict
from engine.services.audit import audit_of_authority
from engine.services.audit.audit import Actor, Event
from engine.services.cases.cases import find_case
from engine.services.cases.views_of_officers import CoverView, OfficerView, TermView
from engine.services.incidents import guarded
from engine.services.principals import SEND_TEAM, Principal, members
from engine.services.step import CaseStep
from engine.services.tasks.officer_tasks import hand_over
from engine.store import tables
from engine.store.types import AnyRow

if TYPE_CHECKING:
    from engine.application import Engine

#: Who can be the named officer of a case.
ROLE = "caseworker"


def name_officer(
    engine: Engine,
    principal: Principal,
    case_key: str,
    reason: str,
    *,
    membership_key: str | None = None,
    person: str | None = None,
) -> OfficerView:
    """Name the officer of a case, or hand it over; open tasks of the one before go with it.

    Args:
        membership_key: who; or `person`, the name of exactly one caseworker of the SEND team.

    Raises:
        BadInput: no reason, or nobody who can be a case's officer.
        Conflict: they are its officer already.
        NotFound: there is no such case for this principal.
    """
    principal.require("officer:name")
    with engine.database.read() as connection:
        case = find_case(engine, connection, principal, case_key)
    if not reason.strip():
        raise BadInput.field("reason", "Say why the case gets this officer.")
    key = _officer(engine, principal, membership_key, person)

    def work(step: CaseStep) -> None:
        before = step.connection.execute(_CURRENT, {"case": step.case_key}).one_or_none()
        if before is not None and before.membership_key == key:
            raise Conflict("They are the officer of this case already.")
        if before is not None:
            step.connection.execute(_END, {"row_key": before.key, "today": step.today})
        step.connection.execute(_NEW, _row(step, key))
        step.note_reason(Event.OFFICER_NAMED, reason, officer=key, before=before and before.membership_key)
        hand_over(step, before.membership_key if before is not None else None)

    guarded(
        engine, case.key, "name an officer", Actor(principal.membership_key, principal.organisation), work
    )
    return officer_of(engine, principal, case_key)


def officer_of(engine: Engine, principal: Principal, case_key: str) -> OfficerView:
    """The named officer of a case, who covers for them today, and all there were, the first one first.

    Raises:
        NotFound: there is no such case for this principal.
    """
    principal.require("case:read")
    with engine.database.read() as connection:
        case = find_case(engine, connection, principal, case_key)
        rows = connection.execute(_HISTORY, {"case": case.key}).all()
        terms = [_term(row) for row in rows]
        current = next((row for row in rows if row.to_on is None), None)
        cover = _cover_today(connection, current, engine.clock.today())
    return OfficerView(
        case_key=case_key, officer=_term(current) if current else None, covered_by=cover, history=terms
    )


def record_absence(
    engine: Engine, principal: Principal, absent: str, covered_by: str, start: date, end: date
) -> CoverView:
    """Say who gets an officer's new tasks while they are away. Both are keys of memberships.

    Raises:
        BadInput: the days are out of order or over, nobody of the SEND team, or the cover is away too.
        Conflict: the absence overlaps one that is recorded.
    """
    principal.require("officer:name")
    check_absence(start, end, engine.clock.today())
    who, cover = (_officer(engine, principal, key, None, field) for key, field in _both(absent, covered_by))
    if who == cover:
        raise BadInput.field("coveredBy", "Nobody covers for themselves.")
    with engine.database.write() as connection:
        return keep_absence(engine, connection, principal, who, cover, start, end)


def check_absence(start: date, end: date, today: date) -> None:
    """Refuse days that are out of order or over.

    Raises:
        BadInput: they are.
    """
    if end < start or end < today:
        raise BadInput.field(
            "to", "The last day of an absence lies neither before its first nor before today."
        )


def keep_absence(
    engine: Engine,
    connection: Connection,
    principal: Principal,
    who: int,
    cover: int,
    start: date,
    end: date,
) -> CoverView:
    """Keep an absence of somebody whom somebody else covers for.

    Raises:
        BadInput: who covers is away too.
        Conflict: it overlaps one that is recorded.
    """
    check_overlaps(connection, who, cover, start, end)
    values = {"absent_key": who, "covered_by_key": cover, "from_on": start, "to_on": end}
    key = connection.execute(_NEW_COVER, {"authority": principal.authority, **values}).scalar_one()
    facts = {"absence": key, "member": who, "cover": cover}
    days = {"start": start.isoformat(), "end": end.isoformat()}
    audit_of_authority.record(connection, engine, principal, Event.ABSENCE_RECORDED, **facts, **days)
    return CoverView(key=str(key), absent=str(who), covered_by=str(cover), from_on=start, to_on=end)


def _both(absent: str, covered_by: str) -> tuple[tuple[str, str], tuple[str, str]]:
    return (absent, "absent"), (covered_by, "coveredBy")


def _officer(
    engine: Engine,
    principal: Principal,
    membership_key: str | None,
    person: str | None,
    field: str = "membershipKey",
) -> int:
    """The key of a membership that can be a case's officer."""
    if (membership_key is None) == (person is None):
        raise BadInput.field(field, "Say who: either membershipKey or person.")
    known = [
        member
        for member in members(engine, principal.authority)
        if (member.organisation, member.role) == (SEND_TEAM, ROLE)
    ]
    for member in known:
        if str(member.membership_key) == membership_key or member.person == person:
            return member.membership_key
    names = ", ".join(f"{member.person} ({member.membership_key})" for member in known)
    raise BadInput.field(
        field, f"The officer of a case is a caseworker of the SEND team. Today these are: {names}."
    )


def check_overlaps(connection: Connection, who: int, cover: int, start: date, end: date) -> None:
    """Refuse days on which either of them is away already.

    Raises:
        BadInput: who covers is.
        Conflict: whoever is to be away is.
    """
    period = {"start": start, "end": end}
    if connection.execute(_ABSENT, {"who": who, **period}).scalar_one():
        raise Conflict("An absence of theirs in these days is recorded already.")
    if connection.execute(_ABSENT, {"who": cover, **period}).scalar_one():
        raise BadInput.field("coveredBy", "They are away themselves in these days. Name somebody else.")


def _cover_today(connection: Connection, current: AnyRow | None, today: date) -> str | None:
    if current is None:
        return None
    asked = {"who": current.membership_key, "today": today}
    name: str | None = connection.execute(_COVERS, asked).scalar()
    return name


def _row(step: CaseStep, membership_key: int) -> dict[str, Any]:
    return {
        "authority": step.authority,
        "case_key": step.case_key,
        "membership_key": membership_key,
        "from_on": step.today,
        "to_on": None,
    }


def _term(row: AnyRow) -> TermView:
    return TermView(
        membership_key=str(row.membership_key), person=row.name, from_on=row.from_on, to_on=row.to_on
    )


_term_of, _cover = tables.case_officer, tables.cover
_CURRENT = select(_term_of).where(_term_of.c.case_key == bindparam("case"), tables.CURRENT_OFFICER)
_END = update(_term_of).where(_term_of.c.key == bindparam("row_key")).values(to_on=bindparam("today"))
_NEW = insert(_term_of)
_HISTORY = (
    select(_term_of, tables.person.c.name)
    .join(tables.membership, tables.membership.c.key == _term_of.c.membership_key)
    .join(tables.person, tables.person.c.key == tables.membership.c.person_key)
    .where(_term_of.c.case_key == bindparam("case"))
    .order_by(_term_of.c.key)
)
_COVERS = (
    select(tables.person.c.name)
    .join(tables.membership, tables.membership.c.person_key == tables.person.c.key)
    .join(_cover, _cover.c.covered_by_key == tables.membership.c.key)
    .where(
        _cover.c.absent_key == bindparam("who"),
        _cover.c.from_on <= bindparam("today"),
        _cover.c.to_on >= bindparam("today"),
    )
)
_NEW_COVER = insert(_cover).returning(_cover.c.key)
_ABSENT = (
    select(func.count())
    .select_from(_cover)
    .where(
        _cover.c.absent_key == bindparam("who"),
        _cover.c.from_on <= bindparam("end"),
        _cover.c.to_on >= bindparam("start"),
    )
)
