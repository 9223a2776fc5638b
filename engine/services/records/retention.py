"""What is due to be destroyed, and what holds it; destruction itself is in `destruction`."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, Select, bindparam, exists, insert, or_, select, update

from engine.clock import day_of
from engine.errors import BadInput, Conflict, NotFound
from engine.services import paging
from engine.services.audit import audit_of_authority
from engine.services.audit.audit import Event
from engine.services.cases.cases import find_case
from engine.services.principals import Principal
from engine.services.records.retention_rules import (
    PLAN_FILE,
    REQUEST_FILE,
    RetentionRule,
    read_rules,
    rule_on,
)
from engine.services.records.views_of_retention import DueView, HoldView, RuleView
from engine.services.sight import sight
from engine.services.views import Page, PageEnd
from engine.store import record_tables, tables
from engine.store.types import AnyRow

if TYPE_CHECKING:
    from engine.application import Engine

DESTROYED = "destroyed"
_AT_ONCE = 500


def list_rules(engine: Engine, principal: Principal) -> list[RuleView]:
    """Every version of every rule."""
    principal.require("retention:read")
    rules = read_rules(engine.settings.retention)
    return [
        RuleView(
            record_class=rule.record_class,
            title=rule.title,
            since=rule.since,
            counts_from=rule.counts_from,
            years=rule.years,
            default=rule.default,
            source=rule.source,
        )
        for versions in rules.values()
        for rule in versions
    ]


def list_due(
    engine: Engine,
    principal: Principal,
    *,
    on: date | None = None,
    limit: int = 50,
    cursor: str | None = None,
) -> Page[DueView]:
    """The closed cases whose records need no longer be kept on a day (today), those on hold included.

    A list to be reviewed: nothing is destroyed by itself.
    """
    principal.require("retention:read")
    after = paging.decode(cursor, int)[0] if cursor is not None else 0
    found: list[DueView] = []
    with engine.database.read() as connection:
        for due in _due(engine, connection, principal, on or engine.clock.today(), after):
            found.append(due)
            if len(found) > paging.clamp(limit):
                break
    end = paging.encode([int(found[limit - 1].case_key)]) if len(found) > limit else None
    return Page(items=found[:limit], page=PageEnd(end_cursor=end))


def due_of(engine: Engine, connection: Connection, principal: Principal, case_key: int) -> DueView | None:
    """Of a case that is closed, when its records are due; None while it isn't, or they are destroyed."""
    row = connection.execute(_CLOSED.where(_case.c.key == case_key, sight.cases(principal))).one_or_none()
    return None if row is None else _view(engine, row)


def list_holds(engine: Engine, principal: Principal) -> list[HoldView]:
    """Every hold of the authority that the principal may know of, those that were lifted too."""
    principal.require("retention:read")
    with engine.database.read() as connection:
        return [_hold(row) for row in connection.execute(_seen_holds(principal)).all()]


def place_hold(engine: Engine, principal: Principal, case_key: str | None, reason: str) -> HoldView:
    """See to it that nothing of a case, or of the whole authority, is destroyed.

    Raises:
        BadInput: there is no such case for this principal.
    """
    principal.require("retention:hold")
    case = None
    if case_key is not None:
        with engine.database.read() as connection:
            try:
                case = find_case(engine, connection, principal, case_key).key
            except NotFound as missing:
                raise BadInput.field("caseKey", missing.message) from None
    row = {
        "authority": principal.authority,
        "case_key": case,
        "reason": reason,
        "placed_at": engine.clock.now(),
        "placed_by": principal.membership_key,
    }
    with engine.database.write() as connection:
        key = connection.execute(insert(_held).returning(_held.c.key), row).scalar_one()
        audit_of_authority.record(connection, engine, principal, Event.HOLD_PLACED, hold=key, case=case)
        return _hold(connection.execute(_ONE_HOLD, {"row_key": key}).one())


def lift_hold(engine: Engine, principal: Principal, key: str) -> HoldView:
    """Lift a hold.

    Raises:
        NotFound: there is none for this principal.
        Conflict: it is lifted already.
    """
    principal.require("retention:hold")
    with engine.database.write() as connection:
        row = connection.execute(_seen_holds(principal).where(_held.c.key == sight.key(key))).one_or_none()
        if row is None:
            raise NotFound(f"There is no hold {key} for you.")
        if row.lifted_at is not None:
            raise Conflict("This hold is lifted already.")
        values = {"lifted_at": engine.clock.now(), "lifted_by": principal.membership_key}
        connection.execute(update(_held).where(_held.c.key == row.key).values(values))
        audit_of_authority.record(connection, engine, principal, Event.HOLD_LIFTED, hold=row.key)
        return _hold(connection.execute(_ONE_HOLD, {"row_key": row.key}).one())


def _due(
    engine: Engine, connection: Connection, principal: Principal, on: date, after: int
) -> Iterator[DueView]:
    query = _CLOSED.where(_case.c.authority == principal.authority, sight.cases(principal))
    while True:
        rows = connection.execute(query.where(_case.c.key > after).limit(_AT_ONCE)).all()
        yield from (due for row in rows if (due := _view(engine, row)).due_on <= on)
        if len(rows) < _AT_ONCE:
            return
        after = rows[-1].key


def _view(engine: Engine, row: AnyRow) -> DueView:
    closed = day_of(row.closed_at)
    rule = _rule(engine, row)
    return DueView(
        case_key=str(row.key),
        record_class=rule.record_class,
        due_on=rule.due_on(row.date_of_birth, closed),
        closed_on=closed,
        default=rule.default,
        on_hold=row.on_hold,
    )


def _rule(engine: Engine, row: AnyRow) -> RetentionRule:
    """The rule as it stands today: a schedule that changes does so for what is kept already."""
    rules = read_rules(engine.settings.retention)
    return rule_on(rules[PLAN_FILE if row.has_plan else REQUEST_FILE], engine.clock.today())


def _seen_holds(principal: Principal) -> Select[Any]:
    seen = select(_case.c.key).where(sight.cases(principal))
    return select(_held).where(
        _held.c.authority == principal.authority, or_(_held.c.case_key.is_(None), _held.c.case_key.in_(seen))
    )


def _hold(row: AnyRow) -> HoldView:
    return HoldView(
        key=str(row.key),
        case_key=str(row.case_key) if row.case_key is not None else None,
        reason=row.reason,
        placed_at=row.placed_at,
        lifted_at=row.lifted_at,
    )


_case, _held, _plan = tables.ehc_case, record_tables.retention_hold, tables.plan
_ONE_HOLD = select(_held).where(_held.c.key == bindparam("row_key"))
_IS_HELD = exists(
    select(_held.c.key).where(
        _held.c.authority == _case.c.authority,
        _held.c.lifted_at.is_(None),
        or_(_held.c.case_key.is_(None), _held.c.case_key == _case.c.key),
    )
)
_RUNS = exists(
    select(tables.instance.c.key).where(
        tables.instance.c.case_key == _case.c.key, tables.instance.c.status == "active"
    )
)
#: Closed, without a plan that is kept up, and nothing runs any more.
_CLOSED = (
    select(
        _case.c.key,
        _case.c.closed_at,
        tables.child.c.date_of_birth,
        _plan.c.key.is_not(None).label("has_plan"),
        _IS_HELD.label("on_hold"),
    )
    .join(tables.child, tables.child.c.key == _case.c.child_key)
    .outerjoin(_plan, _plan.c.case_key == _case.c.key)
    .where(
        _case.c.closed_at.is_not(None),
        _case.c.status != DESTROYED,
        or_(_plan.c.key.is_(None), _plan.c.status == "ceased"),
        ~_RUNS,
    )
    .order_by(_case.c.key)
)
