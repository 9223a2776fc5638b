"""A case's family within a step: who holds the rights on a day, and how each may be served."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from sqlalchemy import Connection, bindparam, insert, select

from engine.law.school_age import RightsHolder, rights_holder
from engine.store import tables

if TYPE_CHECKING:
    from engine.services.step import CaseStep

#: Ways of service that need the recipient's agreement in writing (a default of ours, not law).
ELECTRONIC = frozenset({"email", "portal"})
#: Requesters who belong to the family themselves.
_REQUESTERS = frozenset({"parent", "young_person"})
#: Who counts as a parent for want of parental responsibility: they have the child's care (section 576).
_CARERS = frozenset({"carer", "corporate_parent"})


@dataclass(frozen=True)
class Member:
    """A member of the family; what each column means stands with the table."""

    key: int
    name: str
    relation: str
    parental_responsibility: bool
    alternative: bool
    blocked: bool
    channel: str
    electronic_agreed_on: date | None
    ended_on: date | None

    def is_current(self, on: date) -> bool:
        """Whether they belong to the family on a day."""
        return self.ended_on is None or on < self.ended_on

    def channel_on(self, on: date) -> str:
        """How they are served on a day: electronically only once they have agreed, else by post."""
        agreed = self.electronic_agreed_on is not None and self.electronic_agreed_on <= on
        return self.channel if agreed or self.channel not in ELECTRONIC else "post"

    def holds(self, quality: RightsHolder) -> bool:
        """Whether they are among those who hold the rights in this quality."""
        if quality is RightsHolder.YOUNG_PERSON:
            return self.relation == "young_person"
        if quality is RightsHolder.ALTERNATIVE_PERSON:
            return self.alternative
        return self.relation in _CARERS or self.parental_responsibility


@dataclass(frozen=True)
class Family:
    """The child or young person, and everybody around them who is recorded."""

    given_name: str
    family_name: str
    born: date
    lacks_capacity_since: date | None
    members: tuple[Member, ...]

    def quality(self, on: date) -> RightsHolder:
        """In what quality the rights are held on a day."""
        return rights_holder(self.born, on, self.lacks_capacity_since)

    def holders(self, on: date) -> list[Member]:
        """Everybody recorded who holds the rights on a day, those on the block list included.

        Where nobody is named to act for a young person who lacks capacity, their parents do (reg 64).
        """
        current = [member for member in self.members if member.is_current(on)]
        quality = self.quality(on)
        found = [member for member in current if member.holds(quality)]
        if not found and quality is RightsHolder.ALTERNATIVE_PERSON:
            return [member for member in current if member.holds(RightsHolder.PARENT)]
        return found

    def has_blocked_parent(self, on: date) -> bool:
        """Whether a letter addressed to the parents without a name could reach somebody on the block list."""
        return self.quality(on) is not RightsHolder.YOUNG_PERSON and any(
            member.blocked and member.relation == "parent" and member.is_current(on)
            for member in self.members
        )


def family_in(step: CaseStep) -> Family:
    """The family of the step's case, read once a step."""
    if "family" not in step.remembered:
        step.remembered["family"] = family_of(step.connection, step.case.child_key)
    found: Family = step.remembered["family"]
    return found


def family_of(connection: Connection, child_key: int) -> Family:
    """The family of a child."""
    rows = connection.execute(_FAMILY, {"child": child_key}).all()
    child = rows[0]
    members = [tuple(row[_OF_THE_CHILD:]) for row in rows if row.key is not None]
    return Family(
        child.given_name,
        child.family_name,
        child.date_of_birth,
        child.lacks_capacity_since,
        tuple(Member(*values) for values in members),
    )


def record_requester(
    connection: Connection, child_key: int, *, authority: str, role: str, name: str, on: date, now: datetime
) -> None:
    """Record a parent or young person who asks for an assessment as the first of the family.

    Who asks in the portal agrees, with that, to be served there. Anybody else isn't of the family.
    """
    if role not in _REQUESTERS:
        return
    values = {
        "authority": authority,
        "child_key": child_key,
        "name": unicodedata.normalize("NFC", name),
        "relation": role,
        "parental_responsibility": role == "parent",
        "alternative": False,
        "blocked": False,
        "channel": "portal",
        "electronic_agreed_on": on,
        "recorded_at": now,
    }
    connection.execute(_NEW, values)


_child, _member = tables.child, tables.family_member
_NEW = insert(_member)
_child_columns = (
    _child.c.given_name,
    _child.c.family_name,
    _child.c.date_of_birth,
    _child.c.lacks_capacity_since,
)
_OF_THE_CHILD = len(_child_columns)
_FAMILY = (
    select(*_child_columns, *(_member.c[name] for name in Member.__dataclass_fields__))
    .outerjoin(_member, _member.c.child_key == _child.c.key)
    .where(_child.c.key == bindparam("child"))
    .order_by(_member.c.key)
)
