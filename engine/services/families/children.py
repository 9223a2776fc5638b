"""Children and young people: found by what is known of them, and put right by field."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, Select, bindparam, exists, literal, select, update

from engine.errors import BadInput, NotFound, VersionMismatch
from engine.services import paging
from engine.services.audit.audit import Actor, Event, note
from engine.services.cases.cases import folded
from engine.services.cases.views_of_records import ChildDetail
from engine.services.principals import Principal
from engine.services.sight import sight
from engine.services.step import CaseStep
from engine.services.views import Page, PageEnd
from engine.store import tables
from engine.store.types import AnyRow

if TYPE_CHECKING:
    from engine.application import Engine

_NAMES = frozenset({"given_name", "family_name"})


@dataclass(frozen=True)
class Sought:
    """What is known of a child that is sought; at least one must be given.

    `name` is any words of a name, in any order, each from its beginning.
    """

    name: str | None = None
    date_of_birth: date | None = None
    upn: str | None = None
    nhs_number: str | None = None
    reference: str | None = None


def search(
    engine: Engine, principal: Principal, sought: Sought, *, limit: int = 50, cursor: str | None = None
) -> Page[ChildDetail]:
    """The children of whom all of this is known and of whom the principal sees a case.

    Raises:
        BadInput: nothing is given to go by.
    """
    principal.require("child:read")
    query = _narrowed(_seen_by(principal), sought).order_by(_child.c.key)
    if cursor is not None:
        query = query.where(_child.c.key > paging.decode(cursor, int)[0])
    with engine.database.read() as connection:
        rows = connection.execute(query.limit(paging.clamp(limit) + 1)).all()
        cases = _cases(connection, principal, [row.key for row in rows[:limit]])
    end = paging.encode([rows[limit - 1].key]) if len(rows) > limit else None
    return Page(items=[_view(row, cases) for row in rows[:limit]], page=PageEnd(end_cursor=end))


def get_child(engine: Engine, principal: Principal, key: str) -> ChildDetail:
    """A child or young person; that somebody read it stands in the history of its newest case.

    Raises:
        NotFound: there is none of whom this principal sees a case.
    """
    principal.require("child:read")
    with engine.database.read() as connection:
        row = _find(connection, principal, key)
        cases = _cases(connection, principal, [row.key])
    actor = Actor(principal.membership_key, principal.organisation)
    note(engine, cases[row.key][-1], actor, Event.CHILD_READ, child=row.key)
    return _view(row, cases)


def correct_child(
    engine: Engine,
    principal: Principal,
    key: str,
    changes: Mapping[str, Any],
    *,
    version: int | None = None,
) -> ChildDetail:
    """Put right what is recorded of a child; the history of its cases names the fields, not what stood there.

    Raises:
        BadInput: nothing changes, or a birth after a request was received.
        VersionMismatch: it has changed since the caller looked.
    """
    principal.require("child:correct")
    with engine.database.read() as connection:
        found = _find(connection, principal, key)
    with engine.database.write() as connection:
        steps = _locked(engine, connection, principal, found.key)
        row = _find(connection, principal, key)
        if version not in (None, row.version):
            raise VersionMismatch(
                f"Child {key} stands at version {row.version}, not {version}. Read it again."
            )
        values = _values(row, changes)
        _check_birth(values, steps)
        connection.execute(
            update(_child).where(_child.c.key == row.key).values(version=row.version + 1, **values)
        )
        changed = sorted(set(values) - {"search_name"})
        for step in steps:
            step.audit.append(Event.CHILD_CORRECTED, child=row.key, changed=changed)
            step.save()
        return _view(_find(connection, principal, key), _cases(connection, principal, [row.key]))


def _values(row: AnyRow, changes: Mapping[str, Any]) -> dict[str, Any]:
    composed = {
        name: unicodedata.normalize("NFC", value) if name in _NAMES else value
        for name, value in changes.items()
    }
    values = {name: value for name, value in composed.items() if value != getattr(row, name)}
    if not values:
        raise BadInput("All of this is recorded already. Send what changes.")
    if _NAMES & set(values):
        given, family = (values.get(name, getattr(row, name)) for name in ("given_name", "family_name"))
        values["search_name"] = folded(f"{given} {family}")
    return values


def _check_birth(values: Mapping[str, Any], steps: list[CaseStep]) -> None:
    born = values.get("date_of_birth")
    if born is not None and any(born > step.received_on for step in steps):
        raise BadInput.field("dateOfBirth", "The child can't be born after a request was received.")


def _locked(engine: Engine, connection: Connection, principal: Principal, child_key: int) -> list[CaseStep]:
    """All cases of a child, locked in the same order as by everybody else."""
    actor = Actor(principal.membership_key, principal.organisation)
    keys = connection.execute(_OF_CHILD, {"of": child_key}).scalars().all()
    return [CaseStep.lock(engine, connection, key, actor) for key in keys]


def _find(connection: Connection, principal: Principal, key: str) -> AnyRow:
    row = connection.execute(_seen_by(principal).where(_child.c.key == sight.key(key))).one_or_none()
    if row is None:
        raise NotFound(f"There is no child {key} for you.")
    return row


def _seen_by(principal: Principal) -> Select[Any]:
    seen = exists(select(_case.c.key).where(_case.c.child_key == _child.c.key, sight.cases(principal)))
    return select(_child).where(sight.near(principal, _child.c.authority), seen)


def _narrowed(query: Select[Any], sought: Sought) -> Select[Any]:
    conditions = [
        getattr(_child.c, name) == value
        for name in ("date_of_birth", "upn", "nhs_number", "reference")
        if (value := getattr(sought, name)) is not None
    ]
    words = folded(sought.name or "").split()
    spaced = literal(" ") + _child.c.search_name
    conditions += [spaced.contains(f" {word}", autoescape=True) for word in words]
    if not conditions:
        raise BadInput.field("name", "Give at least one thing to go by.")
    return query.where(*conditions)


def _cases(connection: Connection, principal: Principal, children: list[int]) -> dict[int, list[int]]:
    query = (
        select(_case.c.child_key, _case.c.key)
        .where(_case.c.child_key.in_(children), sight.cases(principal))
        .order_by(_case.c.key)
    )
    found: dict[int, list[int]] = {}
    for row in connection.execute(query):
        found.setdefault(row.child_key, []).append(row.key)
    return found


def _view(row: AnyRow, cases: Mapping[int, list[int]]) -> ChildDetail:
    return ChildDetail(
        key=str(row.key),
        given_name=row.given_name,
        family_name=row.family_name,
        date_of_birth=row.date_of_birth,
        national_curriculum_year=row.national_curriculum_year,
        upn=row.upn,
        nhs_number=row.nhs_number,
        reference=row.reference,
        version=row.version,
        case_keys=[str(key) for key in cases.get(row.key, [])],
    )


_child, _case = tables.child, tables.ehc_case
_OF_CHILD = select(_case.c.key).where(_case.c.child_key == bindparam("of")).order_by(_case.c.key)
