"""Several authorities in one installation: one lets the members of another's setting work on its cases.

An authority keeps its own organisations and members, and nobody there can open another's children. It is
the other authority that must agree, for one setting, with dates. From then on a school sees its children of
all of them in one list.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

from sqlalchemy import ColumnElement, Connection, and_, bindparam, insert, or_, select, update

from engine.errors import BadInput, Conflict, FieldProblem, NotFound
from engine.services.audit.audit import Event
from engine.services.audit.audit_of_authority import record
from engine.services.principals import Principal
from engine.services.sight import sight
from engine.services.sight.views_of_sight import AgreementView
from engine.store import tables
from engine.store.scope import everything
from engine.store.sight_tables import agreement
from engine.store.types import AnyRow

if TYPE_CHECKING:
    from engine.application import Engine


def may_have_partners(principal: Principal) -> bool:
    """Whether another authority can have agreed to the principal's sight.

    It can for members of a setting, but for none who sees all of the authority that keeps it.
    """
    return bool(sight.own_urn(principal)) and not sight.sees_whole_cases(principal)


def with_partners(
    connection: Connection, principal: Principal, organisation_key: int, today: date
) -> Principal:
    """A principal with the authorities that let its setting's members work on their cases today."""
    asked = {"organisation": organisation_key, "urn": sight.own_urn(principal), "today": today}
    partners = connection.execute(_PARTNERS, asked).scalars().all()
    return replace(principal, partners=tuple(partners)) if partners else principal


def list_agreements(engine: Engine, principal: Principal) -> list[AgreementView]:
    """What the principal's authority has agreed to, the oldest first, with what is over."""
    principal.require("agreement:read")
    with engine.database.read() as connection:
        rows = connection.execute(_LIST, {"of": principal.authority}).all()
    return [_view(row, engine.clock.today()) for row in rows]


def agree(
    engine: Engine, principal: Principal, kept_by: str, urn: str, starts_on: date, ends_on: date | None
) -> AgreementView:
    """Let the members of a setting, which another authority keeps, work on this authority's cases.

    Raises:
        BadInput: that authority keeps no such setting, it is this one, or the days are out of order.
        Conflict: it is agreed already for some of these days.
    """
    principal.require("agreement:change")
    _check(principal, kept_by, starts_on, ends_on)
    with everything():  # another authority's organisation is looked up, and nothing else of it
        found = _setting(engine, kept_by, urn)
    if found is None:
        raise BadInput.field("urn", f"Authority {kept_by} keeps no setting with the number {urn} here.")
    with engine.database.write() as connection:
        _check_overlaps(connection, principal, found, starts_on, ends_on)
        values = {
            "authority": principal.authority,
            "organisation_key": found,
            "kept_by": kept_by,
            "urn": urn,
            "starts_on": starts_on,
            "ends_on": ends_on,
            "recorded_at": engine.clock.now(),
            "recorded_by": principal.membership_key,
        }
        key = connection.execute(insert(agreement).returning(agreement.c.key), values).scalar_one()
        record(
            connection, engine, principal, Event.AGREEMENT_MADE, agreement=key, kept_by=kept_by, urn=urn,
            starts=starts_on.isoformat(), ends=ends_on.isoformat() if ends_on else None,
        )  # fmt: skip
        row = connection.execute(_ONE, {"of": principal.authority, "row_key": key}).one()
    return _view(row, engine.clock.today())


def end_agreement(engine: Engine, principal: Principal, key: str, ends_on: date) -> AgreementView:
    """Say which day is the last of an agreement; from the next one on it opens nothing.

    Raises:
        NotFound: this authority has made no such agreement.
        BadInput: the day lies before its first one, or it ended sooner.
    """
    principal.require("agreement:change")
    asked = {"of": principal.authority, "row_key": sight.key(key)}
    with engine.database.write() as connection:
        row = connection.execute(_ONE, asked).one_or_none()
        if row is None:
            raise NotFound(f"There is no agreement {key} for you.")
        if ends_on < row.starts_on or (row.ends_on is not None and ends_on > row.ends_on):
            raise BadInput.field(
                "to", "The last day lies neither before the first one nor after the present last."
            )
        connection.execute(update(agreement).where(agreement.c.key == row.key).values(ends_on=ends_on))
        record(
            connection, engine, principal, Event.AGREEMENT_ENDED, agreement=row.key, ends=ends_on.isoformat()
        )
        row = connection.execute(_ONE, asked).one()
    return _view(row, engine.clock.today())


def _check(principal: Principal, kept_by: str, starts_on: date, ends_on: date | None) -> None:
    problems = []
    if kept_by == principal.authority:
        problems.append(FieldProblem("keptBy", "This is your own authority: its settings need no agreement."))
    if ends_on is not None and ends_on < starts_on:
        problems.append(FieldProblem("to", "The last day can't lie before the first."))
    if problems:
        raise BadInput("This can't be agreed.", problems)


def _setting(engine: Engine, kept_by: str, urn: str) -> int | None:
    with engine.database.read() as connection:
        key: int | None = connection.execute(
            _SETTING, {"of": kept_by, "urn": urn, "code": f"urn:{urn}"}
        ).scalar()
    return key


def _check_overlaps(
    connection: Connection, principal: Principal, organisation: int, starts_on: date, ends_on: date | None
) -> None:
    """Refuse what is agreed already: it couldn't be said which of two holds."""
    overlaps = and_(
        agreement.c.authority == principal.authority,
        agreement.c.organisation_key == organisation,
        _lasts(starts_on),
        *([agreement.c.starts_on <= ends_on] if ends_on else []),
    )
    if connection.execute(select(agreement.c.key).where(overlaps)).first() is not None:
        raise Conflict("This setting's members may work here on some of these days already. End that first.")


def _lasts(on: date) -> ColumnElement[bool]:
    return or_(agreement.c.ends_on.is_(None), agreement.c.ends_on >= on)


def _view(row: AnyRow, today: date) -> AgreementView:
    return AgreementView(
        key=str(row.key),
        authority=row.authority,
        kept_by=row.kept_by,
        urn=row.urn,
        from_on=row.starts_on,
        to_on=row.ends_on,
        in_force=row.starts_on <= today and (row.ends_on is None or row.ends_on >= today),
    )


_LIST = select(agreement).where(agreement.c.authority == bindparam("of")).order_by(agreement.c.key)
_ONE = _LIST.where(agreement.c.key == bindparam("row_key"))
_SETTING = select(tables.organisation.c.key).where(
    tables.organisation.c.authority == bindparam("of"),
    tables.organisation.c.urn == bindparam("urn"),
    tables.organisation.c.code == bindparam("code"),
    tables.organisation.c.kind == "setting",
)
_PARTNERS = (
    select(agreement.c.authority)
    .where(
        agreement.c.organisation_key == bindparam("organisation"),
        agreement.c.urn == bindparam("urn"),  # as it was agreed, whatever the setting is called since
        agreement.c.starts_on <= bindparam("today"),
        or_(agreement.c.ends_on.is_(None), agreement.c.ends_on >= bindparam("today")),
    )
    .distinct()
    .order_by(agreement.c.authority)
)
