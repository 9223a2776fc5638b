"""Plans as people find them: the list, and one of them."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, Select, select, tuple_

from engine.errors import BadInput, NotFound
from engine.plans.school_years import year_group_on
from engine.services import paging
from engine.services.audit.audit import Actor, Event, note
from engine.services.plans.plan_views import PlanView
from engine.services.principals import Principal
from engine.services.sight import sight
from engine.services.views import ChildView, Page, PageEnd
from engine.store import tables
from engine.store.types import AnyRow

if TYPE_CHECKING:
    from engine.application import Engine

STATUSES = ("live", "ceasing", "ceased")


def list_plans(
    engine: Engine,
    principal: Principal,
    *,
    status: str | None = None,
    setting: str | None = None,
    review_due_before: date | None = None,
    limit: int = 50,
    cursor: str | None = None,
) -> Page[PlanView]:
    """The plans that a principal finds, the newest first. A list isn't a read of a plan.

    Args:
        setting: the URN of the setting that a plan names.
        review_due_before: only plans whose next review is planned to be decided before this day, the
            earliest first.
    """
    principal.require("plan:read")
    query = _PLANS.where(sight.plans(principal, engine.clock.today()))
    if status is not None:
        query = query.where(_plan.c.status == _known_status(status))
    if setting is not None:
        query = query.where(_plan.c.setting_urn == setting)
    due = review_due_before is not None
    query = _by_due_day(query, review_due_before, cursor) if due else _by_key(query, cursor)
    with engine.database.read() as connection:
        rows = connection.execute(query.limit(paging.clamp(limit) + 1)).all()
    items = [_view(principal, row, engine.clock.today()) for row in rows[:limit]]
    end = _cursor(rows[limit - 1], due) if len(rows) > limit else None
    return Page(items=items, page=PageEnd(end_cursor=end))


def get_plan(engine: Engine, principal: Principal, key: str) -> PlanView:
    """One plan; that it was opened is written to the audit trail of its case.

    Raises:
        NotFound: there is none that this principal sees.
    """
    with engine.database.read() as connection:
        row = find_plan(engine, connection, principal, key)
    note_reading(engine, principal, row)
    return _view(principal, row, engine.clock.today())


def find_plan(engine: Engine, connection: Connection, principal: Principal, key: str) -> AnyRow:
    """The row of a plan that the principal sees, with its child.

    Raises:
        NotFound: there is none.
    """
    principal.require("plan:read")
    query = _PLANS.where(sight.plans(principal, engine.clock.today()), _plan.c.key == sight.key(key))
    row = connection.execute(query).one_or_none()
    if row is None:
        raise NotFound(f"There is no plan {key} for you.")
    return row


def note_reading(engine: Engine, principal: Principal, plan: AnyRow, **details: Any) -> None:
    """Write into the audit trail that somebody opened a plan."""
    actor = Actor(principal.membership_key, principal.organisation)
    note(engine, plan.case_key, actor, Event.PLAN_READ, plan=plan.key, **details)


def _view(principal: Principal, row: AnyRow, today: date) -> PlanView:
    whole = sight.sees_whole_cases(principal)
    known = row.curriculum_year is not None and row.year_from is not None
    return PlanView(
        key=str(row.key),
        case_key=str(row.case_key),
        status=row.status,
        child=ChildView(
            given_name=row.given_name,
            family_name=row.family_name,
            date_of_birth=row.date_of_birth,
            national_curriculum_year=row.national_curriculum_year,
            upn=row.upn,
            nhs_number=row.nhs_number,
        ),
        made_on=row.made_on,
        brought_in=row.brought_in,
        version=row.version,
        setting_urn=row.setting_urn,
        setting_type=row.setting_type,
        curriculum_year=year_group_on(today, row.curriculum_year, row.year_from) if known else None,
        looked_after=row.looked_after if whole else None,
        in_custody=row.in_custody if whole else None,
        next_review_by=row.next_review_by,
        ceased_on=row.ceased_on,
    )


def _known_status(status: str) -> str:
    if status not in STATUSES:
        raise BadInput.field("status", f"status is one of {', '.join(STATUSES)}.")
    return status


def _by_key(query: Select[Any], cursor: str | None) -> Select[Any]:
    if cursor is not None:
        query = query.where(_plan.c.key < paging.decode(cursor, int)[0])
    return query.order_by(_plan.c.key.desc())


def _by_due_day(query: Select[Any], before: date | None, cursor: str | None) -> Select[Any]:
    due = _plan.c.next_review_by
    query = query.where(due < before).order_by(due, _plan.c.key)
    if cursor is None:
        return query
    day, key = paging.decode(cursor, str, int)
    try:
        last = date.fromisoformat(day)
    except ValueError:
        raise BadInput.field("cursor", "This cursor isn't one of ours.") from None
    return query.where(tuple_(due, _plan.c.key) > tuple_(last, key))


def _cursor(row: AnyRow, by_due_day: bool) -> str:
    return paging.encode([row.next_review_by.isoformat(), row.key] if by_due_day else [row.key])


_plan, _child, _case = tables.plan, tables.child, tables.ehc_case
_PLANS = (
    select(
        _plan,
        _child.c.given_name,
        _child.c.family_name,
        _child.c.date_of_birth,
        _child.c.national_curriculum_year,
        _child.c.upn,
        _child.c.nhs_number,
    )
    .join(_case, _case.c.key == _plan.c.case_key)
    .join(_child, _child.c.key == _case.c.child_key)
)
