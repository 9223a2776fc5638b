"""The versions of a plan as people read them, and what differs between two of them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, Select, bindparam, select

from engine.errors import NotFound
from engine.plans.comparing import compare
from engine.services.plans.plan_views import (
    ComparisonView,
    LineView,
    PlanUpdateView,
    PlanVersionView,
    SectionChangeView,
)
from engine.services.plans.plans import find_plan, note_reading
from engine.services.principals import Principal
from engine.services.sight import sight
from engine.store import tables
from engine.store.types import AnyRow

if TYPE_CHECKING:
    from engine.application import Engine


def list_versions(engine: Engine, principal: Principal, key: str) -> list[PlanVersionView]:
    """Every version of a plan that the principal may know of, oldest first, without their content."""
    with engine.database.read() as connection:
        row = find_plan(engine, connection, principal, key)
        versions = connection.execute(_seen(_VERSIONS, principal), {"plan": row.key}).all()
    return [_version_view(version) for version in versions]


def get_version(engine: Engine, principal: Principal, key: str, number: str) -> PlanVersionView:
    """One version with its content, for those who may read it, and what was said to new information.

    Raises:
        NotFound: there is none that this principal sees.
    """
    with engine.database.read() as connection:
        plan = find_plan(engine, connection, principal, key)
        version = _find_version(connection, principal, plan, number)
        view = _version_view(version, *_content(engine, connection, principal, plan, version))
    note_reading(engine, principal, plan, version=version.number)
    return view


def compare_versions(
    engine: Engine, principal: Principal, key: str, number: str, other: int | None = None
) -> ComparisonView:
    """What differs between a version and another one; without a number, the last one issued before it.

    Raises:
        NotFound: there is no such version for this principal, or it may not read the plan.
    """
    with engine.database.read() as connection:
        plan = find_plan(engine, connection, principal, key)
        after = _find_version(connection, principal, plan, number)
        before = _compared_with(connection, principal, plan, after, other)
        may_read = sight.sees_content(connection, principal, plan, engine.clock.today())
    if not may_read:
        raise NotFound(f"There is no plan {key} for you.")
    note_reading(engine, principal, plan, version=after.number)
    old = {} if before is None else json.loads(before.sections)
    return ComparisonView(
        before=None if before is None else before.number,
        after=after.number,
        sections=[
            SectionChangeView(
                section=each.letter,
                title=each.title,
                change=each.change,
                lines=[LineView(mark=line.mark, text=line.text) for line in each.lines],
            )
            for each in compare(old, json.loads(after.sections))
        ],
    )


def _find_version(connection: Connection, principal: Principal, plan: AnyRow, number: str) -> AnyRow:
    query = _seen(_VERSIONS, principal).where(_version.c.number == sight.key(number))
    row = connection.execute(query, {"plan": plan.key}).one_or_none()
    if row is None:
        raise NotFound(f"Plan {plan.key} has no version {number} for you.")
    return row


def _compared_with(
    connection: Connection, principal: Principal, plan: AnyRow, after: AnyRow, other: int | None
) -> AnyRow | None:
    if other is not None:
        return _find_version(connection, principal, plan, str(other))
    return connection.execute(_BEFORE, {"plan": plan.key, "number": after.number}).one_or_none()


def _seen(query: Select[Any], principal: Principal) -> Select[Any]:
    """Drafts are the SEND team's own."""
    return query if sight.sees_whole_cases(principal) else query.where(_version.c.state == "issued")


def _content(
    engine: Engine, connection: Connection, principal: Principal, plan: AnyRow, version: AnyRow
) -> tuple[dict[str, Any] | None, list[PlanUpdateView] | None]:
    if not sight.sees_content(connection, principal, plan, engine.clock.today()):
        return None, None
    sections: dict[str, Any] = json.loads(version.sections)
    if not sight.sees_whole_cases(principal):
        return sections, None
    rows = connection.execute(_UPDATES, {"version": version.key}).all()
    return sections, [
        PlanUpdateView(
            document_key=str(row.document_key),
            source=row.source,
            received_on=row.received_on,
            accepted=row.accepted,
            reason=row.reason,
        )
        for row in rows
    ]


def _version_view(
    row: AnyRow, sections: dict[str, Any] | None = None, updates: list[PlanUpdateView] | None = None
) -> PlanVersionView:
    return PlanVersionView(
        number=row.number,
        state=row.state,
        origin=row.origin,
        digest=row.digest,
        issued_on=row.issued_on,
        created_at=row.created_at,
        sections=sections,
        updates=updates,
    )


_version = tables.plan_version
_VERSIONS = select(_version).where(_version.c.plan_key == bindparam("plan")).order_by(_version.c.number)
_BEFORE = (
    select(_version)
    .where(
        _version.c.plan_key == bindparam("plan"),
        _version.c.number < bindparam("number"),
        _version.c.state == "issued",
    )
    .order_by(_version.c.number.desc())
    .limit(1)
)
_UPDATES = (
    select(tables.plan_update)
    .where(tables.plan_update.c.version_key == bindparam("version"))
    .order_by(tables.plan_update.c.document_key)
)
