"""Who holds a role on a day, and who covers for them: asked by role, by organisation, or by membership."""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, Select, and_, bindparam, func, or_, select

from engine.store import tables
from engine.store.types import AnyRow

if TYPE_CHECKING:
    from engine.application import Engine


@dataclass(frozen=True)
class Member:
    """A membership as messages name it: whoever is of a team works for the organisation above."""

    key: int
    role: str
    organisation: str

    @property
    def called(self) -> str:
        """The role of the organisation, without the person's name."""
        return f"{self.role}@{self.organisation}"


@dataclass(frozen=True)
class Holder:
    """Somebody who holds a role on a day; `away` with whoever covers for them, if anybody can."""

    member: Member
    away: bool = False
    cover: Member | None = None


class Staff:
    """Asks for holders, once for each question."""

    def __init__(self, connection: Connection, authority: str) -> None:
        self._connection = connection
        self._authority = authority
        self._known: dict[Hashable, tuple[Holder, ...]] = {}

    def of_role(self, role: str, organisation: str | None, on: date) -> tuple[Holder, ...]:
        """Who holds a role on a day: in an organisation and its teams, or anywhere in the authority."""
        query = _OF_ROLE if organisation is None else _OF_ORGANISATION
        asked = {"role": role, "org": organisation, "of": self._authority, "on": on}
        return self._once((role, organisation, on), query, asked)

    def of_keys(self, keys: Collection[int], on: date) -> tuple[Holder, ...]:
        """Who of some memberships still holds theirs on a day."""
        wanted = tuple(sorted(keys))
        return self._once((wanted, on), _OF_KEYS, {"keys": wanted, "on": on}) if wanted else ()

    def _once(self, question: Hashable, query: Select[Any], asked: dict[str, Any]) -> tuple[Holder, ...]:
        if question not in self._known:
            rows = self._connection.execute(query, asked).all()
            self._known[question] = tuple(map(_holder, rows))
        return self._known[question]


class StaffKnown:
    """What steps that share a transaction know of the staff; steps apart ask anew."""

    def __init__(self) -> None:
        self._known: tuple[object, dict[str, Staff]] | None = None

    def of(self, engine: Engine, authority: str, make: Callable[[], Staff]) -> Staff:
        """The staff of an authority, known from an earlier step of the same transaction, or new."""
        within = engine.database.joins
        if within is None:
            return make()
        known = self._known
        if known is None or known[0] is not within:
            known = self._known = (within, {})
        return known[1].setdefault(authority, make())


def _holder(row: AnyRow) -> Holder:
    away = row.covered_by is not None
    can_cover = away and row.cover_role is not None and not row.cover_is_away
    return Holder(
        Member(row.key, row.role, row.organisation),
        away=away,
        cover=Member(row.covered_by, row.cover_role, row.cover_organisation) if can_cover else None,
    )


_membership, _cover = tables.membership, tables.cover
_organisation = tables.organisation
_parent = _organisation.alias("parent")
_their, _their_parent = _organisation.alias("their"), _organisation.alias("their_parent")
_any = _organisation.alias("any")
_in_place, _again = _membership.alias("in_place"), _cover.alias("again")
_DAY: Any = bindparam("on")


def _holds(membership: Any) -> Any:
    return and_(
        membership.c.valid_from <= _DAY, or_(membership.c.valid_to.is_(None), membership.c.valid_to >= _DAY)
    )


def _away(cover: Any) -> Any:
    return and_(cover.c.from_on <= _DAY, cover.c.to_on >= _DAY)


_ALL = (
    select(
        _membership.c.key,
        _membership.c.role,
        func.coalesce(_parent.c.code, _organisation.c.code).label("organisation"),
        _cover.c.covered_by_key.label("covered_by"),
        _in_place.c.role.label("cover_role"),
        func.coalesce(_their_parent.c.code, _their.c.code).label("cover_organisation"),
        select(_again.c.key)
        .where(_again.c.absent_key == _in_place.c.key, _away(_again))
        .exists()
        .label("cover_is_away"),
    )
    .join(_organisation, _organisation.c.key == _membership.c.organisation_key)
    .outerjoin(_parent, _parent.c.key == _organisation.c.parent_key)
    .outerjoin(_cover, and_(_cover.c.absent_key == _membership.c.key, _away(_cover)))
    .outerjoin(_in_place, and_(_in_place.c.key == _cover.c.covered_by_key, _holds(_in_place)))
    .outerjoin(_their, _their.c.key == _in_place.c.organisation_key)
    .outerjoin(_their_parent, _their_parent.c.key == _their.c.parent_key)
    .where(_holds(_membership))
    .order_by(_membership.c.key)
)
#: By way of the organisations: memberships have no index of their authority.
_OF_ROLE = _ALL.where(
    _membership.c.role == bindparam("role"),
    _membership.c.organisation_key.in_(select(_any.c.key).where(_any.c.authority == bindparam("of"))),
)
_team, _above = _organisation.alias("team"), _organisation.alias("above")
#: The keys of an organisation and of its teams.
_PLACES = (
    select(_team.c.key)
    .outerjoin(_above, _above.c.key == _team.c.parent_key)
    .where(
        _team.c.authority == bindparam("of"), func.coalesce(_above.c.code, _team.c.code) == bindparam("org")
    )
)
_OF_ORGANISATION = _ALL.where(
    _membership.c.role == bindparam("role"), _membership.c.organisation_key.in_(_PLACES)
)
_OF_KEYS = _ALL.where(_membership.c.key.in_(bindparam("keys", expanding=True)))
