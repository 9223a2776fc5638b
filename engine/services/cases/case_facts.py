"""What a case rests on and belongs to: dated facts, what lifts its limits, processes, linked cases."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import Connection, bindparam, delete, insert, or_, select

from engine.errors import BadInput, Conflict, NotFound
from engine.services.audit.audit import Actor, Event
from engine.services.cases.cases import find_case
from engine.services.cases.views_of_records import (
    AnchorView,
    ExceptionView,
    LinkedCase,
    ProcessOfCase,
    RelatedView,
)
from engine.services.principals import Principal
from engine.services.sight import sight
from engine.services.step import CaseStep
from engine.store import record_tables, tables
from engine.store.types import AnyRow

if TYPE_CHECKING:
    from engine.application import Engine

LINKS = ("same_child", "siblings", "other")


def list_anchors(engine: Engine, principal: Principal, case_key: str) -> list[AnchorView]:
    """The facts that limits count from; an agency sees those from which its own limits count."""
    principal.require("case:read")
    known = engine.statute.anchors()
    with engine.database.read() as connection:
        case = find_case(engine, connection, principal, case_key)
        seen = _limits(connection, principal, case.key)
        rows = connection.execute(_ANCHORS, {"of": case.key}).all()
    if not sight.sees_whole_cases(principal):
        names = {(row.anchor, row.occurrence) for row in seen} | {(row.anchor, "") for row in seen}
        rows = [row for row in rows if (row.name, row.occurrence) in names]
    return [
        AnchorView(
            anchor=row.name,
            title=known[row.name].title if row.name in known else row.name,
            occurrence=row.occurrence or None,
            on=row.falls_on,
            recorded_at=row.recorded_at,
        )
        for row in rows
    ]


def list_exceptions(engine: Engine, principal: Principal, case_key: str) -> list[ExceptionView]:
    """What lifts limits of a case; an agency sees what lifts its own, without what shows it."""
    principal.require("case:read")
    whole = sight.sees_whole_cases(principal)
    with engine.database.read() as connection:
        case = find_case(engine, connection, principal, case_key)
        seen = {row.rule for row in _limits(connection, principal, case.key)}
        rows = connection.execute(_EXCEPTIONS, {"of": case.key}).all()
    return [
        ExceptionView(
            key=str(row.key),
            code=row.code,
            title=engine.statute.exception(row.code).title,
            rules=[rule for rule in row.rules if whole or rule in seen],
            occurrence=row.occurrence or None,
            start=row.starts_on,
            end=row.ends_on,
            evidence=row.evidence if whole else None,
            impractical_because=row.impractical_because if whole else None,
            family_told_on=row.family_told_on,
            recorded_at=row.recorded_at,
        )
        for row in rows
        if whole or seen & set(row.rules)
    ]


def get_related(engine: Engine, principal: Principal, case_key: str) -> RelatedView:
    """The processes of a case, and the cases linked to it, as far as the principal sees them too."""
    principal.require("case:read")
    with engine.database.read() as connection:
        case = find_case(engine, connection, principal, case_key)
        return _related(connection, principal, case)


def link(
    engine: Engine, principal: Principal, case_key: str, other: str, kind: str, *, version: int | None = None
) -> RelatedView:
    """Say that two cases belong together. Nothing is linked by itself: not by name, not by address.

    Raises:
        NotFound: the case isn't there for this principal.
        BadInput: the other isn't, or they are one and the same.
        Conflict: they are linked already.
    """
    principal.require("case:link")
    with engine.database.read() as connection:
        one = find_case(engine, connection, principal, case_key)
        try:
            two = find_case(engine, connection, principal, other)
        except NotFound as missing:
            raise BadInput.field("caseKey", missing.message) from None
    if one.key == two.key:
        raise BadInput.field("caseKey", "A case isn't linked to itself. Name another.")
    with engine.database.write() as connection:
        steps = _both(engine, connection, principal, one.key, two.key)
        steps[one.key].require_version(version)
        first, second = sorted(steps)
        if connection.execute(_PAIR, {"one": first, "two": second}).first():
            raise Conflict(f"Cases {one.key} and {two.key} are linked already.")
        row = {
            "authority": principal.authority,
            "case_key": first,
            "other_key": second,
            "kind": kind,
            "made_at": engine.clock.now(),
            "made_by": principal.membership_key,
        }
        connection.execute(insert(_link), row)
        for mine, its in ((first, second), (second, first)):
            steps[mine].audit.append(Event.CASE_LINKED, other=its, kind=kind)
            steps[mine].save()
        return _related(connection, principal, one)


def unlink(engine: Engine, principal: Principal, case_key: str, link_key: str) -> None:
    """Take back that two cases belong together.

    Raises:
        NotFound: there is no such link of this case for the principal.
    """
    principal.require("case:link")
    with engine.database.read() as connection:
        case = find_case(engine, connection, principal, case_key)
        row = connection.execute(_ONE_LINK, {"row_key": sight.key(link_key), "of": case.key}).one_or_none()
    if row is None:
        raise NotFound(f"There is no link {link_key} of this case for you.")
    with engine.database.write() as connection:
        steps = _both(engine, connection, principal, row.case_key, row.other_key)
        connection.execute(delete(_link).where(_link.c.key == row.key))
        for mine, its in ((row.case_key, row.other_key), (row.other_key, row.case_key)):
            steps[mine].audit.append(Event.CASE_UNLINKED, other=its)
            steps[mine].save()


def _both(
    engine: Engine, connection: Connection, principal: Principal, one: int, two: int
) -> dict[int, CaseStep]:
    """Both cases locked, always in the same order."""
    actor = Actor(principal.membership_key, principal.organisation)
    return {key: CaseStep.lock(engine, connection, key, actor) for key in sorted((one, two))}


def _related(connection: Connection, principal: Principal, case: AnyRow) -> RelatedView:
    links = connection.execute(_LINKS, {"of": case.key}).all()
    others = {row.key: row.other_key if row.case_key == case.key else row.case_key for row in links}
    query = select(tables.ehc_case.c.key).where(
        tables.ehc_case.c.key.in_(others.values()), sight.cases(principal)
    )
    seen = set(connection.execute(query).scalars().all())
    return RelatedView(
        case_key=str(case.key),
        processes=[_process(row) for row in connection.execute(_PROCESSES, {"of": case.key}).all()],
        cases=[
            LinkedCase(key=str(row.key), case_key=str(others[row.key]), kind=row.kind, made_at=row.made_at)
            for row in links
            if others[row.key] in seen
        ],
    )


def _process(row: AnyRow) -> ProcessOfCase:
    return ProcessOfCase(
        process_instance_key=str(row.key),
        process_definition_id=row.process_id,
        name=row.name,
        version=row.version,
        status=row.status,
        started_at=row.started_at,
        ended_at=row.ended_at,
    )


def _limits(connection: Connection, principal: Principal, case_key: int) -> list[AnyRow]:
    query = select(tables.deadline.c.rule, tables.deadline.c.anchor, tables.deadline.c.occurrence)
    mine = query.where(tables.deadline.c.case_key == case_key, sight.deadlines(principal))
    return list(connection.execute(mine).all())


_anchor, _exception, _link = tables.anchor, tables.exception, record_tables.case_link
_ANCHORS = (
    select(_anchor)
    .where(_anchor.c.case_key == bindparam("of"))
    .order_by(_anchor.c.falls_on, _anchor.c.name, _anchor.c.occurrence)
)
_EXCEPTIONS = select(_exception).where(_exception.c.case_key == bindparam("of")).order_by(_exception.c.key)
_LINKS = (
    select(_link)
    .where(or_(_link.c.case_key == bindparam("of"), _link.c.other_key == bindparam("of")))
    .order_by(_link.c.key)
)
_ONE_LINK = _LINKS.where(_link.c.key == bindparam("row_key"))
_PAIR = select(_link.c.key).where(_link.c.case_key == bindparam("one"), _link.c.other_key == bindparam("two"))
_PROCESSES = (
    select(
        tables.instance.c.key,
        tables.instance.c.status,
        tables.instance.c.started_at,
        tables.instance.c.ended_at,
        tables.process_definition.c.process_id,
        tables.process_definition.c.name,
        tables.process_definition.c.version,
    )
    .join(tables.process_definition, tables.process_definition.c.key == tables.instance.c.definition_key)
    .where(tables.instance.c.case_key == bindparam("of"))
    .order_by(tables.instance.c.key)
)
