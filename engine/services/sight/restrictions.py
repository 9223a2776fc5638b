"""Restricted cases: only those see one who are named, as far as they saw it before, and whoever may see all.

For anybody else it isn't there: not by its key, not in a list, not in a count.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from sqlalchemy import Connection, bindparam, insert, select, update

from engine.errors import BadInput, Conflict
from engine.services.audit.audit import Actor, Event
from engine.services.cases.cases import find_case
from engine.services.incidents import guarded
from engine.services.permissions import PERMISSIONS
from engine.services.principals import Principal
from engine.services.sight import sight
from engine.services.sight.views_of_sight import NamedView, RestrictionView
from engine.services.step import CaseStep
from engine.store import tables
from engine.store.sight_tables import IN_FORCE, restriction, restriction_member

if TYPE_CHECKING:
    from engine.application import Engine


def get_restriction(engine: Engine, principal: Principal, case_key: str) -> RestrictionView:
    """Whether a case is restricted, and who still sees it.

    Raises:
        NotFound: there is no such case for this principal.
    """
    principal.require("case:restrict")
    with engine.database.read() as connection:
        case = find_case(engine, connection, principal, case_key)
        sight.require_whole(principal, case_key)
        return _view(connection, case.key)


def restrict(
    engine: Engine, principal: Principal, case_key: str, members: Sequence[str], reason: str
) -> RestrictionView:
    """Let only these memberships see a case from now on, and whoever restricts it.

    Of a case that is restricted already it says anew who sees it, and why.

    Raises:
        BadInput: there is no such membership in this authority.
        NotFound: there is no such case for this principal.
    """

    def work(step: CaseStep) -> None:
        named = _named(step, members) | {principal.membership_key}
        _lift(step, principal)
        values = {
            "authority": step.authority,
            "case_key": step.case_key,
            "reason": reason,
            "restricted_at": step.now,
            "restricted_by": principal.membership_key,
        }
        key = step.connection.execute(insert(restriction).returning(restriction.c.key), values).scalar_one()
        step.connection.execute(
            insert(restriction_member),
            [
                {"authority": step.authority, "restriction_key": key, "membership_key": member}
                for member in sorted(named)
            ],
        )
        _take_back(step, named)
        step.audit.append(Event.CASE_RESTRICTED, number=len(named), members=sorted(named))

    return _changed(engine, principal, case_key, "restrict a case", work)


def lift(
    engine: Engine, principal: Principal, case_key: str, reason: str, *, version: int | None = None
) -> RestrictionView:
    """Let everybody see a case again who would without the restriction.

    Raises:
        Conflict: it isn't restricted.
        NotFound: there is no such case for this principal.
    """

    def work(step: CaseStep) -> None:
        step.require_version(version)
        if not _lift(step, principal):
            raise Conflict(f"Case {step.case_key} isn't restricted.")
        step.note_reason(Event.RESTRICTION_LIFTED, reason)

    return _changed(engine, principal, case_key, "lift a restriction", work)


def _lift(step: CaseStep, principal: Principal) -> bool:
    done = step.connection.execute(
        update(restriction)
        .where(restriction.c.case_key == step.case_key, IN_FORCE)
        .values(lifted_at=step.now, lifted_by=principal.membership_key)
    )
    return done.rowcount > 0


def _take_back(step: CaseStep, named: set[int]) -> None:
    """What waits to be sent to members who don't see the case any more, never is."""
    sees_all = [role for role, may in PERMISSIONS.items() if sight.SEES_RESTRICTED in may]
    values = {"of": step.case_key, "named": sorted(named), "sees_all": sees_all, "at": step.now}
    step.connection.execute(_CANCEL, values)


def _named(step: CaseStep, members: Sequence[str]) -> set[int]:
    wanted = {sight.key(member) for member in members}
    found = step.connection.execute(
        select(tables.membership.c.key).where(
            tables.membership.c.key.in_(wanted), tables.membership.c.authority == step.authority
        )
    )
    known = set(found.scalars())
    if wanted - known:
        listed = ", ".join(map(str, sorted(wanted - known)))
        raise BadInput.field("membershipKeys", f"There is no membership {listed} in this authority.")
    return known


def _changed(
    engine: Engine, principal: Principal, case_key: str, attempted: str, work: Callable[[CaseStep], None]
) -> RestrictionView:
    principal.require("case:restrict")
    with engine.database.read() as connection:
        case = find_case(engine, connection, principal, case_key)
    sight.require_whole(principal, case_key)

    def change(step: CaseStep) -> RestrictionView:
        work(step)
        return _view(step.connection, step.case_key)

    actor = Actor(principal.membership_key, principal.organisation)
    return guarded(engine, case.key, attempted, actor, change)


def _view(connection: Connection, case_key: int) -> RestrictionView:
    row = connection.execute(_IN_FORCE, {"case": case_key}).one_or_none()
    if row is None:
        return RestrictionView(
            case_key=str(case_key), restricted=False, reason=None, restricted_at=None, members=[]
        )
    members = connection.execute(_MEMBERS, {"restriction": row.key}).all()
    return RestrictionView(
        case_key=str(case_key),
        restricted=True,
        reason=row.reason,
        restricted_at=row.restricted_at,
        members=[
            NamedView(
                membership_key=str(each.key),
                person=each.person,
                role=each.role,
                organisation=each.organisation,
            )
            for each in members
        ],
    )


_IN_FORCE = select(restriction).where(restriction.c.case_key == bindparam("case"), IN_FORCE)
_MEMBERS = (
    select(
        restriction_member.c.membership_key.label("key"),
        tables.person.c.name.label("person"),
        tables.membership.c.role,
        tables.organisation.c.code.label("organisation"),
    )
    .outerjoin(tables.membership, tables.membership.c.key == restriction_member.c.membership_key)
    .outerjoin(tables.person, tables.person.c.key == tables.membership.c.person_key)
    .outerjoin(tables.organisation, tables.organisation.c.key == tables.membership.c.organisation_key)
    .where(restriction_member.c.restriction_key == bindparam("restriction"))
    .order_by(restriction_member.c.membership_key)
)
_message = tables.outbox.c
_SEES = select(tables.membership.c.key).where(
    tables.membership.c.role.in_(bindparam("sees_all", expanding=True))
)
_CANCEL = (
    update(tables.outbox)
    .where(
        _message.case_key == bindparam("of"),
        _message.state.in_(("waiting", "held")),
        _message.kind.in_(("alert", "task")),
        _message.membership_key.is_not(None),
        _message.membership_key.not_in(bindparam("named", expanding=True)),
        _message.membership_key.not_in(_SEES),
    )
    .values(state="canceled", ended_at=bindparam("at"), version=_message.version + 1)
)
