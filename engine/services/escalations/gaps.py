"""Whom the ladder names and who isn't there: said beforehand, before something is late."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from sqlalchemy import Connection, bindparam, select

from engine.ladder import Ladder
from engine.services.escalations.hearers import called, followers, seats_from
from engine.services.escalations.staff import Holder, Staff
from engine.services.escalations.views_of_escalations import GapView
from engine.services.principals import SEND_TEAM
from engine.store import tables

if TYPE_CHECKING:
    from datetime import date

    from engine.application import Engine

#: Whoever has the case: they change from case to case, and where there is none the next level hears.
_OF_THE_CASE = ("task_holder", "case_officer")


def gaps(engine: Engine, authority: str) -> list[GapView]:
    """The roles that the ladder names for limits that run and nobody holds today, with who hears instead.

    Absent people hold their roles: who covers for them is another question.
    """
    today = engine.clock.today()
    with engine.database.read() as connection:
        ladder = engine.ladders.in_force(connection, authority)
        staff = Staff(connection, authority)
        named = _named(engine, connection, authority, ladder)
        return [
            GapView(
                authority=authority,
                organisation=organisation,
                role=called(role, organisation),
                instead=_instead(staff, role, organisation, today),
            )
            for organisation, role in sorted(named)
            if not _holders(staff, role, organisation, today)
        ]


def _named(engine: Engine, connection: Connection, authority: str, ladder: Ladder) -> set[tuple[str, str]]:
    """Each role that the ladder names for what an organisation owes."""
    found: set[tuple[str, str]] = set()
    for row in connection.execute(_OWED, {"of": authority}):
        agency = engine.ladders.agency(connection, authority, row.organisation)
        for _, rung in ladder.steps(agency=agency, rule=row.rule, kind=row.kind):
            roles = () if rung is None else rung.roles
            found.update((row.organisation, role) for role in roles if role not in _OF_THE_CASE)
    return found


def _instead(staff: Staff, role: str, organisation: str, today: date) -> str:
    """As what somebody else hears it: the next level up, then those below, at last the administrators."""
    for each in seats_from(role)[1:]:
        if each not in _OF_THE_CASE:
            for holder in _holders(staff, each, organisation, today):
                return holder.member.called
    return f"administrator@{SEND_TEAM}, which nobody holds"


def _holders(staff: Staff, role: str, organisation: str, today: date) -> tuple[Holder, ...]:
    if role == "service_manager":
        return staff.of_role(role, organisation, today)
    names: Iterator[str] | list[str] = followers(organisation) if role == "dco_dsco" else [role]
    return tuple(each for name in names for each in staff.of_role(name, None, today))


_OWED = (
    select(tables.deadline.c.organisation, tables.deadline.c.rule, tables.deadline.c.kind)
    .where(
        tables.deadline.c.authority == bindparam("of"),
        tables.deadline.c.status == "running",
        tables.deadline.c.nature == "deadline",
    )
    .distinct()
)
