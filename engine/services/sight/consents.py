"""A family's word on what an agency may see of the plan and documents (S12): given, refused, taken back.

Each is a record of its own, with who said it and from when to when. The newest that holds on a day counts,
at once. What the law sends to somebody anyway doesn't hang on it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, Select, bindparam, insert, select, update

from engine.errors import BadInput, Conflict, FieldProblem, NotFound
from engine.services.audit.audit import Actor, Event
from engine.services.cases.cases import find_case
from engine.services.families.family_rows import family_in
from engine.services.incidents import guarded
from engine.services.principals import SEND_TEAM, Principal
from engine.services.sight import sight
from engine.services.sight.views_of_sight import ConsentView
from engine.services.step import CaseStep
from engine.store import tables
from engine.store.sight_tables import consent
from engine.store.types import AnyRow

if TYPE_CHECKING:
    from engine.application import Engine

DECISIONS = ("given", "refused")
COVERS = ("plan", "documents")


@dataclass(frozen=True)
class NewConsent:
    """What a family has said, as it is recorded."""

    organisation: str
    decision: str
    covers: Sequence[str]
    given_by: str
    starts_on: date
    ends_on: date | None = None


def list_consents(engine: Engine, principal: Principal, case_key: str) -> list[ConsentView]:
    """What a family has said, the oldest first: the SEND team sees all, an agency what is about itself.

    Raises:
        NotFound: there is no such case for this principal.
    """
    principal.require("case:read")
    with engine.database.read() as connection:
        case = find_case(engine, connection, principal, case_key)
        return _views(connection, principal, case.key, engine.clock.today())


def record_consent(
    engine: Engine, principal: Principal, case_key: str, new: NewConsent, *, version: int | None = None
) -> list[ConsentView]:
    """Write down what a family agrees to, or refuses, for one agency. It counts at once.

    Raises:
        BadInput: whoever said it doesn't hold the rights, or the days or the agency can't be.
    """

    def work(step: CaseStep) -> None:
        step.require_version(version)
        _check(step, new)
        values = {
            "authority": step.authority,
            "case_key": step.case_key,
            "organisation": new.organisation,
            "decision": new.decision,
            "covers_plan": "plan" in new.covers,
            "covers_documents": "documents" in new.covers,
            "given_by": sight.key(new.given_by),
            "starts_on": new.starts_on,
            "ends_on": new.ends_on,
            "recorded_at": step.now,
            "recorded_by": principal.membership_key,
        }
        step.connection.execute(insert(consent).values(values))
        step.audit.append(
            Event.CONSENT_RECORDED,
            organisation=new.organisation,
            decision=new.decision,
            covers=sorted(new.covers),
            member=sight.key(new.given_by),
        )

    return _changed(engine, principal, case_key, "record a consent", work)


def withdraw_consent(
    engine: Engine,
    principal: Principal,
    case_key: str,
    consent_key: str,
    withdrawn_on: date,
    withdrawn_by: str,
    reason: str,
    *,
    version: int | None = None,
) -> list[ConsentView]:
    """Write down that a family takes back what it said, from a day on. The reason is the SEND team's alone.

    Raises:
        NotFound: there is no such consent in this case.
        Conflict: it was taken back before.
        BadInput: whoever takes it back doesn't hold the rights, or the day can't be.
    """

    def work(step: CaseStep) -> None:
        step.require_version(version)
        row = _one(step, consent_key)
        if row.withdrawn_on is not None:
            raise Conflict(f"Consent {row.key} was taken back on {row.withdrawn_on}.")
        problems = _speaker(step, "withdrawnBy", withdrawn_by, step.today)
        if not row.starts_on <= withdrawn_on <= step.today:
            problems.append(
                FieldProblem("withdrawnOn", f"This day lies between {row.starts_on} and today, {step.today}.")
            )
        if problems:
            raise BadInput("The withdrawal can't be recorded.", problems)
        values = {"withdrawn_on": withdrawn_on, "withdrawn_by": sight.key(withdrawn_by)}
        step.connection.execute(update(consent).where(consent.c.key == row.key).values(values))
        step.note_reason(Event.CONSENT_WITHDRAWN, reason, organisation=row.organisation, consent=row.key)

    return _changed(engine, principal, case_key, "record that a consent was taken back", work)


def _changed(
    engine: Engine, principal: Principal, case_key: str, attempted: str, work: Callable[[CaseStep], None]
) -> list[ConsentView]:
    principal.require("consent:record")
    with engine.database.read() as connection:
        case = find_case(engine, connection, principal, case_key)
    sight.require_whole(principal, case_key)

    def change(step: CaseStep) -> list[ConsentView]:
        work(step)
        return _views(step.connection, principal, step.case_key, step.today)

    actor = Actor(principal.membership_key, principal.organisation)
    return guarded(engine, case.key, attempted, actor, change)


def _check(step: CaseStep, new: NewConsent) -> None:
    problems = _speaker(step, "givenBy", new.given_by, new.starts_on)
    if new.starts_on > step.today:
        problems.append(FieldProblem("from", f"A word can't count from after today, {step.today}."))
    if new.ends_on is not None and new.ends_on < new.starts_on:
        problems.append(FieldProblem("to", "The last day can't lie before the first."))
    if new.organisation == SEND_TEAM:
        problems.append(FieldProblem("organisation", "The SEND team's sight doesn't hang on a consent."))
    elif step.connection.execute(_AGENCY, {"of": step.authority, "code": new.organisation}).first() is None:
        problems.append(FieldProblem("organisation", "There is no such organisation here. Send its code."))
    if problems:
        raise BadInput("The consent can't be recorded.", problems)


def _speaker(step: CaseStep, field: str, member_key: str, on: date) -> list[FieldProblem]:
    """What is wrong with who said it: they must hold the family's rights on the day."""
    holders = {str(member.key) for member in family_in(step).holders(on)}
    if member_key in holders:
        return []
    return [
        FieldProblem(
            field, f"This isn't a member of the family who holds its rights on {on}: see the family."
        )
    ]


def _one(step: CaseStep, consent_key: str) -> AnyRow:
    query = _OF_CASE.where(consent.c.key == sight.key(consent_key))
    row = step.connection.execute(query, {"case": step.case_key}).one_or_none()
    if row is None:
        raise NotFound(f"There is no consent {consent_key} in case {step.case_key} for you.")
    return row


def _views(connection: Connection, principal: Principal, case_key: int, today: date) -> list[ConsentView]:
    query = _OF_CASE
    if not sight.sees_whole_cases(principal):
        query = query.where(consent.c.organisation.in_(sight.organisations(principal)))
    rows = connection.execute(query.order_by(consent.c.key), {"case": case_key}).all()
    newest = {
        (row.organisation, what): row.key for row in rows if _holds(row, today) for what in _covered(row)
    }
    return [_view(row, row.key in newest.values()) for row in rows]


def _holds(row: AnyRow, today: date) -> bool:
    ended = (row.ends_on is not None and row.ends_on < today) or (
        row.withdrawn_on is not None and row.withdrawn_on <= today
    )
    return bool(row.starts_on <= today and not ended)


def _covered(row: AnyRow) -> list[str]:
    return [
        what for what, given in zip(COVERS, (row.covers_plan, row.covers_documents), strict=True) if given
    ]


def _view(row: AnyRow, in_force: bool) -> ConsentView:
    return ConsentView(
        key=str(row.key),
        organisation=row.organisation,
        decision=row.decision,
        covers=_covered(row),
        given_by=str(row.given_by),
        from_on=row.starts_on,
        to_on=row.ends_on,
        recorded_at=row.recorded_at,
        withdrawn_on=row.withdrawn_on,
        withdrawn_by=str(row.withdrawn_by) if row.withdrawn_by is not None else None,
        in_force=in_force,
    )


_OF_CASE: Select[Any] = select(consent).where(consent.c.case_key == bindparam("case"))
_AGENCY = select(tables.organisation.c.key).where(
    tables.organisation.c.authority == bindparam("of"), tables.organisation.c.code == bindparam("code")
)
