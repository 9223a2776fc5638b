"""From a rung of the ladder to people: who holds its roles, who covers for them, who is told instead.

A role that nobody holds, or nobody who may see the case, passes to the next level up, and at the end to the
authority's administrators. Somebody always hears.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import TYPE_CHECKING, Protocol

from sqlalchemy import bindparam, select

from engine.services.escalations.staff import Holder, Member, Staff
from engine.services.permissions import PERMISSIONS
from engine.services.principals import SEND_TEAM
from engine.services.sight.sight import BODIES_FOLLOWED, SEES_RESTRICTED
from engine.store import tables
from engine.store.sight_tables import IN_FORCE, restriction, restriction_member
from engine.store.types import AnyRow

if TYPE_CHECKING:
    from engine.services.step import CaseStep

#: Roles from the bottom up: where one finds nobody, the next is told.
_UP = (
    "task_holder",
    "case_officer",
    "service_manager",
    "dco_dsco",
    "group_head",
    "operational_board",
    "strategic_board",
    "administrator",
)


class Owed(Protocol):
    """A limit as hearers are asked about it: a row of the ledger, or what is left of one."""

    @property
    def rule(self) -> str:
        """The law's rule."""
        ...

    @property
    def occurrence(self) -> str:
        """Which of several of the rule; empty where there is one."""
        ...

    @property
    def organisation(self) -> str:
        """Who owes it."""
        ...

    @property
    def due_on(self) -> date | None:
        """The last compliant day."""
        ...


@dataclass(frozen=True)
class Hearer:
    """Somebody who is to hear.

    Attributes:
        membership_key: who; None: whoever holds `recipient` one day, which nobody does today.
        recipient: as what they hear it, a role of an organisation.
        instead_of: whom the ladder names, where nobody there could be told.
        covers_key: the membership that is away, where they cover for it.
        task: the open task that they hold.
    """

    membership_key: int | None
    recipient: str
    instead_of: str | None = None
    covers_key: int | None = None
    task: AnyRow | None = None


class Hearers:
    """Finds who is to hear of the limits of one case on one day."""

    def __init__(self, step: CaseStep, on: date) -> None:
        self._step = step
        self._on = on
        self._staff = step.engine.staff.of(
            step.engine, step.authority, partial(Staff, step.connection, step.authority)
        )
        self._named = _named_in_restriction(step)

    def of(self, deadline: Owed, roles: Sequence[str]) -> list[Hearer]:
        """Who hears of a limit, each once, in the order of the roles."""
        found: dict[int | str, Hearer] = {}
        for role in roles:
            for hearer in self._of_role(deadline, role):
                found.setdefault(hearer.membership_key or hearer.recipient, hearer)
        return list(found.values())

    def _of_role(self, deadline: Owed, role: str) -> list[Hearer]:
        wanted = called(role, deadline.organisation)
        seats = list(self._seats(deadline, role))
        for nth, (holders, tasks) in enumerate(seats):
            present = list(self._present(holders, tasks))
            if present:
                return [_instead(hearer, wanted if nth else None) for hearer in present]
        for nth, (holders, tasks) in enumerate(seats):  # better told while away than nobody
            told = [_hearer(each.member, tasks) for each in holders if self.may_hear(each.member)]
            if told:
                return [_instead(hearer, wanted if nth else None) for hearer in told]
        nobody = "administrator" if self._named is None else "group_head"
        return [Hearer(None, f"{nobody}@{SEND_TEAM}", wanted)]

    def _seats(self, deadline: Owed, role: str) -> Iterator[tuple[tuple[Holder, ...], dict[int, AnyRow]]]:
        """Who holds the role, those above it, then those below; with the tasks that task holders hold."""
        for each in seats_from(role):
            if each == "task_holder":
                held = {row.assignee_key: row for row in _held(self._step, deadline)}
                yield self._staff.of_keys(held, self._on), held
            else:
                yield self._holders(each, deadline.organisation), {}

    def _holders(self, role: str, organisation: str) -> tuple[Holder, ...]:
        if role == "case_officer":
            return self._staff.of_keys(_officer(self._step), self._on)
        if role == "service_manager":
            return self._staff.of_role(role, organisation, self._on)
        names = followers(organisation) if role == "dco_dsco" else [role]
        return tuple(each for name in names for each in self._staff.of_role(name, None, self._on))

    def _present(self, holders: Iterable[Holder], tasks: dict[int, AnyRow]) -> Iterator[Hearer]:
        for holder in holders:
            if not holder.away and self.may_hear(holder.member):
                yield _hearer(holder.member, tasks)
            elif holder.cover is not None and self.may_hear(holder.cover):
                hearer = _hearer(holder.member, tasks)
                yield Hearer(
                    holder.cover.key, hearer.recipient, covers_key=holder.member.key, task=hearer.task
                )

    def may_hear(self, member: Member) -> bool:
        """Whether they may know of the case: a restricted one is there only for those who are named."""
        if self._named is None or member.key in self._named:
            return True
        return SEES_RESTRICTED in PERMISSIONS[member.role]


def seats_from(role: str) -> tuple[str, ...]:
    """The roles that are asked in turn for somebody who hears: this one, those above it, then those below."""
    place = _UP.index(role)
    return (*_UP[place:], *reversed(_UP[2:place]))


def role_asked(recipient: str) -> str:
    """The role of the ladder behind a recipient: who holds none of its roles was told as holder of a task."""
    role = recipient.partition("@")[0]
    if role in BODIES_FOLLOWED:
        return "dco_dsco"
    return role if role in _UP else "task_holder"


def role_above(recipient: str) -> str:
    """The role that hears where a recipient can't be reached; the administrators' is the last."""
    place = _UP.index(role_asked(recipient))
    return _UP[min(place + 1, len(_UP) - 1)]


def followers(organisation: str) -> list[str]:
    """The roles of the designated officers who follow an organisation."""
    return [role for role, bodies in BODIES_FOLLOWED.items() if organisation in bodies]


def _hearer(member: Member, tasks: dict[int, AnyRow]) -> Hearer:
    return Hearer(member.key, member.called, task=tasks.get(member.key))


def _instead(hearer: Hearer, wanted: str | None) -> Hearer:
    if wanted is None:
        return hearer
    return Hearer(hearer.membership_key, hearer.recipient, wanted, hearer.covers_key, hearer.task)


def called(role: str, organisation: str) -> str:
    """A seat of the ladder in the form of a recipient."""
    of_the_organisation = role in ("task_holder", "service_manager", "dco_dsco")
    return f"{role}@{organisation if of_the_organisation else SEND_TEAM}"


def open_tasks(step: CaseStep) -> Sequence[AnyRow]:
    """The case's open tasks that work towards a limit, read once a step."""
    if "open tasks" not in step.remembered:
        rows = step.connection.execute(_OPEN_TASKS, {"case": step.case_key}).all()
        step.remembered["open tasks"] = rows
    found: Sequence[AnyRow] = step.remembered["open tasks"]
    return found


def tasks_of(step: CaseStep, deadline: Owed) -> list[AnyRow]:
    """The open tasks that work towards a limit."""
    limit = (deadline.rule, deadline.occurrence)
    return [row for row in open_tasks(step) if (row.rule, row.occurrence or "") == limit]


def _held(step: CaseStep, deadline: Owed) -> list[AnyRow]:
    return [row for row in tasks_of(step, deadline) if row.assignee_key is not None]


def _officer(step: CaseStep) -> tuple[int, ...]:
    if "named officer" not in step.remembered:
        found = step.connection.execute(_OFFICER, {"case": step.case_key}).scalars().all()
        step.remembered["named officer"] = tuple(found)
    keys: tuple[int, ...] = step.remembered["named officer"]
    return keys


def _named_in_restriction(step: CaseStep) -> frozenset[int] | None:
    """Who is named in the case's restriction; None: it isn't restricted."""
    if "named in restriction" not in step.remembered:
        rows = step.connection.execute(_RESTRICTED, {"case": step.case_key}).scalars().all()
        step.remembered["named in restriction"] = frozenset(rows) if rows else None
    named: frozenset[int] | None = step.remembered["named in restriction"]
    return named


_task, _term = tables.task, tables.case_officer
_OPEN_TASKS = (
    select(_task.c.key, _task.c.name, _task.c.rule, _task.c.occurrence, _task.c.assignee_key)
    .where(_task.c.case_key == bindparam("case"), _task.c.rule.is_not(None), tables.OPEN_TASK)
    .order_by(_task.c.key)
)
_OFFICER = select(_term.c.membership_key).where(_term.c.case_key == bindparam("case"), tables.CURRENT_OFFICER)
#: Memberships that a restriction names, or one row without any.
_RESTRICTED = (
    select(restriction_member.c.membership_key)
    .select_from(restriction)
    .outerjoin(restriction_member, restriction_member.c.restriction_key == restriction.c.key)
    .where(restriction.c.case_key == bindparam("case"), IN_FORCE)
)
