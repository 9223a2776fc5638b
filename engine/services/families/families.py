"""The family of a case: who is told of decisions, how they are reached, and to whom nothing may be sent.

For the SEND team alone: nobody else needs to know where a family lives, or who is kept from whom.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, bindparam, insert, select, update

from engine.errors import BadInput, FieldProblem, NotFound
from engine.law.school_age import end_of_compulsory_school_age
from engine.services.audit.audit import Actor, Event, note
from engine.services.cases.cases import find_case
from engine.services.families.family_rows import ELECTRONIC, Family, family_of
from engine.services.incidents import guarded
from engine.services.principals import Principal
from engine.services.sight import sight
from engine.services.step import CaseStep
from engine.services.views import FamilyMemberView, FamilyView
from engine.store import tables
from engine.store.types import AnyRow

if TYPE_CHECKING:
    from engine.application import Engine

RELATIONS = ("parent", "carer", "corporate_parent", "young_person", "deputy", "other")
CHANNELS = ("email", "portal", "post", "by_hand")


@dataclass(frozen=True)
class NewMember:
    """Somebody who belongs to a family, as they are recorded."""

    name: str
    relation: str
    parental_responsibility: bool = False
    alternative: bool = False
    channel: str = "post"
    electronic_agreed_on: date | None = None
    email: str | None = None
    address: str | None = None


def get_family(engine: Engine, principal: Principal, case_key: str) -> FamilyView:
    """Everybody recorded around the child or young person, the block list included; the reading is audited.

    Raises:
        NotFound: there is no such case for this principal.
    """
    principal.require("family:read")
    with engine.database.read() as connection:
        case = _case(engine, connection, principal, case_key)
        family = _view(connection, case.child_key, engine.clock.today())
    note(engine, case.key, Actor(principal.membership_key, principal.organisation), Event.FAMILY_READ)
    return family


def record_member(
    engine: Engine, principal: Principal, case_key: str, new: NewMember, *, version: int | None = None
) -> FamilyView:
    """Record somebody who belongs to the family.

    Raises:
        BadInput: an electronic way of service without the recipient's agreement, or a way without address.
    """

    def work(step: CaseStep) -> None:
        step.require_version(version)
        _check(new.__dict__, step.today)
        add_member(step, new)

    return _changed(engine, principal, case_key, "record a member of the family", work)


def add_member(step: CaseStep, new: NewMember) -> None:
    """Write down somebody who belongs to the family, once it's known that they can be served so."""
    values = {
        **new.__dict__,
        "name": unicodedata.normalize("NFC", new.name),
        "blocked": False,
        "authority": step.authority,
        "child_key": step.case.child_key,
        "recorded_at": step.now,
    }
    added = step.connection.execute(_NEW, values).inserted_primary_key
    assert added is not None
    step.audit.append(Event.FAMILY_RECORDED, member=added[0], relation=new.relation)


def change_member(
    engine: Engine,
    principal: Principal,
    case_key: str,
    member_key: str,
    changes: Mapping[str, Any],
    reason: str,
) -> FamilyView:
    """Change what is recorded of somebody, with a reason: the block, the way of service, the end.

    Raises:
        BadInput: nothing changes, there is no reason, or the way of service can't be.
        NotFound: nobody of this key belongs to the family.
    """
    if not reason.strip():
        raise BadInput.field("reason", "Say why this changes.")
    if not changes:
        raise BadInput("Nothing is to change. Send at least one field besides the reason.")

    def work(step: CaseStep) -> None:
        row = step.connection.execute(
            _MEMBER, {"of": step.case.child_key, "row_key": sight.key(member_key)}
        ).one_or_none()
        if row is None:
            raise NotFound(f"There is no member {member_key} of this family for you.")
        _check({**row._mapping, **changes}, step.today)
        changed = {name: value for name, value in changes.items() if getattr(row, name) != value}
        if changed:
            step.connection.execute(update(_member).where(_member.c.key == row.key).values(changed))
            step.note_reason(Event.FAMILY_CHANGED, reason, member=row.key, changed=sorted(changed))

    return _changed(engine, principal, case_key, "change a member of the family", work)


def record_capacity(
    engine: Engine, principal: Principal, case_key: str, lacks_since: date | None, reason: str
) -> FamilyView:
    """Record since when a young person lacks capacity for decisions on the plan (reg 64), or that they don't.

    From then on notices go to the alternative person. What was sent before stays as it was.

    Raises:
        BadInput: there is no reason, or the day lies in the future or before the birth.
    """
    if not reason.strip():
        raise BadInput.field("reason", "Say what shows it.")

    def work(step: CaseStep) -> None:
        if lacks_since is not None and not step.born_on() <= lacks_since <= step.today:
            raise BadInput.field("lacksCapacitySince", "This day lies between the birth and today.")
        step.connection.execute(_CAPACITY, {"child_row": step.case.child_key, "since": lacks_since})
        since = lacks_since.isoformat() if lacks_since else None
        step.note_reason(Event.CAPACITY_RECORDED, reason, since=since)

    return _changed(engine, principal, case_key, "record capacity", work)


def _case(engine: Engine, connection: Connection, principal: Principal, case_key: str) -> AnyRow:
    case = find_case(engine, connection, principal, case_key)
    if not sight.sees_whole_cases(principal):
        raise NotFound(f"There is no case {case_key} for you.")
    return case


def _changed(
    engine: Engine, principal: Principal, case_key: str, attempted: str, work: Callable[[CaseStep], None]
) -> FamilyView:
    principal.require("family:change")
    with engine.database.read() as connection:
        case = _case(engine, connection, principal, case_key)
    actor = Actor(principal.membership_key, principal.organisation)

    def change(step: CaseStep) -> FamilyView:
        work(step)
        return _view(step.connection, step.case.child_key, step.today)

    return guarded(engine, case.key, attempted, actor, change)


def _check(member: Mapping[str, Any], today: date) -> None:
    """See to it that somebody can be served in the way that is recorded."""
    if problems := service_problems(member, today):
        raise BadInput("This member of the family can't be recorded so.", problems)


def service_problems(member: Mapping[str, Any], today: date) -> list[FieldProblem]:
    """Why somebody can't be served in the way that is recorded, field by field; nothing if they can."""
    agreed, channel = member["electronic_agreed_on"], member["channel"]
    problems = []
    if channel in ELECTRONIC and agreed is None:
        problems.append(
            FieldProblem(
                "electronicAgreedOn",
                f"Service by {channel} needs the recipient's agreement in writing: say on which day it came.",
            )
        )
    if agreed is not None and agreed > today:
        problems.append(FieldProblem("electronicAgreedOn", f"An agreement can't come after today, {today}."))
    if channel == "email" and not member["email"]:
        problems.append(FieldProblem("email", "Service by email needs an address to send it to."))
    if channel == "post" and not member["address"]:
        problems.append(FieldProblem("address", "Service by post needs an address to send it to."))
    return problems


def _view(connection: Connection, child_key: int, today: date) -> FamilyView:
    family: Family = family_of(connection, child_key)
    served = {member.key for member in family.holders(today) if not member.blocked}
    rows = connection.execute(_ALL, {"of": child_key}).all()
    return FamilyView(
        rights_holder=family.quality(today).value,
        end_of_compulsory_school_age=end_of_compulsory_school_age(family.born),
        lacks_capacity_since=family.lacks_capacity_since,
        members=[_member_view(row, row.key in served) for row in rows],
    )


def _member_view(row: AnyRow, holds_rights: bool) -> FamilyMemberView:
    return FamilyMemberView(
        key=str(row.key),
        name=row.name,
        relation=row.relation,
        parental_responsibility=row.parental_responsibility,
        alternative=row.alternative,
        blocked=row.blocked,
        channel=row.channel,
        electronic_agreed_on=row.electronic_agreed_on,
        email=row.email,
        address=row.address,
        ended_on=row.ended_on,
        holds_rights=holds_rights,
    )


_member = tables.family_member
_NEW = insert(_member)
_ALL = select(_member).where(_member.c.child_key == bindparam("of")).order_by(_member.c.key)
_MEMBER = select(_member).where(_member.c.child_key == bindparam("of"), _member.c.key == bindparam("row_key"))
_CAPACITY = (
    update(tables.child)
    .where(tables.child.c.key == bindparam("child_row"))
    .values(lacks_capacity_since=bindparam("since"))
)
