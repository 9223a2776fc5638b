"""Who reads what a digest tells: whom it was told to, or others where they are away, left or may not see it.

It's asked anew each round. So who covers hears while an absence lasts, and whoever was away again after it;
and a case that was restricted meanwhile is in nobody's digest who may no longer see it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING

from sqlalchemy import Connection, exists, select

from engine.services.audit.audit import Actor
from engine.services.escalations.hearers import Hearer, Hearers, role_asked
from engine.services.escalations.staff import Holder, Member, Staff
from engine.services.escalations.telling import BOARDS
from engine.services.step import CaseStep
from engine.store import tables
from engine.store.sight_tables import IN_FORCE, restriction
from engine.store.types import AnyRow

if TYPE_CHECKING:
    from engine.application import Engine


@dataclass(frozen=True)
class Reader:
    """Who is told: a member, or whoever holds a role. Members are the same whatever they hear it as."""

    membership_key: int | None
    recipient: str = field(compare=False)
    #: Whoever holds a role, where nobody does by name.
    nobody: str | None = None
    #: The membership that they stand in for, as it's away.
    covers_key: int | None = field(default=None, compare=False)
    #: Whom the ladder names, where that is somebody else's role.
    instead_of: str | None = field(default=None, compare=False)

    @property
    def is_board(self) -> bool:
        """Whether they are told once a week."""
        return self.recipient.partition("@")[0] in BOARDS


class Readers:
    """Finds the readers of the lines of one round."""

    def __init__(
        self, engine: Engine, connection: Connection, authority: str, today: date, rows: Iterable[AnyRow]
    ) -> None:
        keys = {row.covers_key or row.membership_key for row in rows} - {None}
        staff = Staff(connection, authority)
        self._holders: dict[int, Holder] = {each.member.key: each for each in staff.of_keys(keys, today)}
        self._engine, self._connection, self._today = engine, connection, today
        self._hearers: dict[int, Hearers] = {}

    def of(self, row: AnyRow) -> list[Reader]:
        """Who reads a line; somebody always does."""
        wanted = row.covers_key or row.membership_key
        if wanted is None:
            if not row.is_restricted:
                return [Reader(None, row.recipient, nobody=row.recipient)]
            return list(self._others(row, None))
        holder = self._holders.get(wanted)
        if holder is not None and not holder.away and self._may_see(row, holder.member):
            return [Reader(wanted, row.recipient, instead_of=row.instead_of)]
        if holder is not None and holder.cover is not None and self._may_see(row, holder.cover):
            return [Reader(holder.cover.key, row.recipient, covers_key=wanted)]
        return list(self._others(row, holder))

    def _may_see(self, row: AnyRow, member: Member) -> bool:
        return not row.is_restricted or self._of_case(row.case_key).may_hear(member)

    def _others(self, row: AnyRow, away: Holder | None) -> Iterator[Reader]:
        """Who hears of the limit if the ladder names their role today."""
        for each in self._of_case(row.case_key).of(row, [role_asked(row.recipient)]):
            yield _reader(each, None if away is None else away.member.key)

    def _of_case(self, case_key: int) -> Hearers:
        if case_key not in self._hearers:
            step = CaseStep.look(self._engine, self._connection, case_key, Actor.clock())
            self._hearers[case_key] = Hearers(step, self._today)
        return self._hearers[case_key]


def _reader(hearer: Hearer, away: int | None) -> Reader:
    key = hearer.membership_key
    return Reader(
        key,
        hearer.recipient,
        nobody=hearer.recipient if key is None else None,
        covers_key=hearer.covers_key or (away if away != key else None),
        instead_of=hearer.instead_of,
    )


#: Whether the case of a thread is restricted.
IS_RESTRICTED = exists(
    select(restriction.c.key).where(restriction.c.case_key == tables.escalation.c.case_key, IN_FORCE)
)
