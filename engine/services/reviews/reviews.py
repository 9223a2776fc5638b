"""Reviews as people find them: what is due, one review, and asking for one before its time."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from sqlalchemy import Select, and_, exists, or_, select, tuple_
from sqlalchemy.sql import ColumnElement

from engine.errors import BadInput, Conflict, NotFound, VersionMismatch
from engine.services import paging
from engine.services.audit.audit import Actor, Event, note
from engine.services.incidents import guarded
from engine.services.plans.plans import find_plan
from engine.services.principals import Principal
from engine.services.reviews.review_rows import LIGHT, live_review
from engine.services.reviews.review_views import InviteeView, ReviewDetail, ReviewView
from engine.services.sight import sight
from engine.services.step import CaseStep
from engine.services.views import Page, PageEnd
from engine.store import tables
from engine.store.plan_tables import LIVE_REVIEW
from engine.store.types import AnyRow

if TYPE_CHECKING:
    from engine.application import Engine

#: Where a review can stand; `scheduled` is the one that hasn't begun.
STATUSES = ("scheduled", "planned", "dated", "held", "reported", "decided", "closed", "abandoned")
#: Why a review can be asked for before its time.
EARLY_KINDS = ("early", "release")
_WANTED = "review_brought_forward"
_NEVER = date(9999, 12, 31)


def list_reviews(
    engine: Engine,
    principal: Principal,
    *,
    due_before: date | None = None,
    setting: str | None = None,
    status: str | None = None,
    limit: int = 50,
    cursor: str | None = None,
) -> Page[ReviewView]:
    """The review of every plan in force, the one due first first: under way, or scheduled.

    Args:
        due_before: only reviews that are to be decided before this day.
        setting: the URN of the setting attended.
    """
    principal.require("review:read")
    query = _CURRENT.where(_plan.c.status != "ceased", sees(principal))
    if due_before is not None:
        query = query.where(_plan.c.next_review_by < due_before)
    if setting is not None:
        query = query.where(_plan.c.setting_urn == setting)
    if status is not None:
        query = query.where(_stands_at(status))
    if cursor is not None:
        query = query.where(_after(cursor))
    with engine.database.read() as connection:
        rows = connection.execute(query.limit(paging.clamp(limit) + 1)).all()
    items = [_view(principal, row) for row in rows[:limit]]
    end = _cursor(rows[limit - 1]) if len(rows) > limit else None
    return Page(items=items, page=PageEnd(end_cursor=end))


def plan_reviews(engine: Engine, principal: Principal, plan_key: str) -> list[ReviewView]:
    """Every review of a plan that has begun, the oldest first."""
    principal.require("review:read")
    with engine.database.read() as connection:
        plan = find_plan(engine, connection, principal, plan_key)
        rows = connection.execute(
            _ALL.where(_review.c.plan_key == plan.key, sees(principal)).order_by(_review.c.number)
        ).all()
    return [_view(principal, row) for row in rows]


def get_review(engine: Engine, principal: Principal, key: str) -> ReviewDetail:
    """One review with everybody who was invited; that it was opened is audited.

    Raises:
        NotFound: there is none that this principal sees.
    """
    principal.require("review:read")
    with engine.database.read() as connection:
        row = connection.execute(_ALL.where(_review.c.key == sight.key(key), sees(principal))).one_or_none()
        if row is None:
            raise NotFound(f"There is no review {key} for you.")
        invited = connection.execute(_INVITED.where(_invitee.c.review_key == row.key)).all()
    actor = Actor(principal.membership_key, principal.organisation)
    note(engine, row.case_key, actor, Event.REVIEW_READ, review=row.review_key, number=row.number)
    return _detail(principal, row, invited)


def ask_for_review(
    engine: Engine,
    principal: Principal,
    plan_key: str,
    kind: str,
    reason: str,
    *,
    version: int | None = None,
) -> ReviewDetail:
    """Begin a plan's review now, before its time.

    Raises:
        Conflict: a review is under way: there is one at a time (section 44).
        BadInput: no reason, or a kind that isn't one.
    """
    principal.require("review:ask")
    if kind not in EARLY_KINDS:
        raise BadInput.field("kind", f"kind is one of {', '.join(EARLY_KINDS)}.")
    if not reason.strip():
        raise BadInput.field("reason", "Say why the review is held before its time.")
    with engine.database.read() as connection:
        plan = find_plan(engine, connection, principal, plan_key)
    actor = Actor(principal.membership_key, principal.organisation)

    def work(step: CaseStep) -> ReviewDetail:
        if version is not None and version != step.case.version:
            raise VersionMismatch(
                f"Case {step.case_key} stands at version {step.case.version}, not {version}. Read it again."
            )
        step.fire_due()
        _refuse_unless_possible(step, plan)
        step.note_reason(Event.REVIEW_WANTED, reason, kind=kind)
        step.receive(_WANTED, str(step.case_key), {"reviewKind": kind})
        step.save()
        return _under_way(step, principal)

    return guarded(engine, plan.case_key, "begin a review early", actor, work)


def _refuse_unless_possible(step: CaseStep, plan: AnyRow) -> None:
    if plan.status == "ceased":
        raise Conflict(f"Plan {plan.key} has ended; there is nothing to review.")
    review = live_review(step)
    if review is not None:
        raise Conflict(
            f"Review {review.number} of plan {plan.key} is under way, due by {review.due_on}. There is one at"
            " a time (Children and Families Act 2014, s.44): hold that one sooner."
        )


def _under_way(step: CaseStep, principal: Principal) -> ReviewDetail:
    review = live_review(step)
    if review is None:
        raise Conflict(
            "Nothing waits to begin this plan's review: its schedule doesn't run. Look at its incidents, or"
            " ask the process owner; ehc check names such plans."
        )
    row = step.connection.execute(_ALL.where(_review.c.key == review.key)).one()
    invited = step.connection.execute(_INVITED.where(_invitee.c.review_key == review.key)).all()
    return _detail(principal, row, invited)


def sees(principal: Principal) -> ColumnElement[bool]:
    """The plans whose reviews a principal sees: all, its own setting's, or those it is invited to."""
    is_open = sight.open_to(principal, _plan.c.case_key)
    if sight.sees_whole_cases(principal):
        return and_(_plan.c.authority == principal.authority, is_open)
    invited_to = exists(
        select(_invitee.c.key).where(
            _invitee.c.case_key == _plan.c.case_key,
            _invitee.c.organisation.in_(sight.organisations(principal)),
        )
    )
    urn = principal.organisation.removeprefix("urn:")
    at_the_setting = _plan.c.setting_urn == urn if principal.organisation != urn else None
    theirs = invited_to if at_the_setting is None else or_(at_the_setting, invited_to)
    return and_(sight.near(principal, _plan.c.authority), theirs, is_open)


def _stands_at(status: str) -> ColumnElement[bool]:
    if status not in STATUSES:
        raise BadInput.field("status", f"status is one of {', '.join(STATUSES)}.")
    return _review.c.key.is_(None) if status == "scheduled" else _review.c.status == status


def _view(principal: Principal, row: AnyRow) -> ReviewView:
    return ReviewView(**_values(principal, row))


def _detail(principal: Principal, row: AnyRow, invited: Any) -> ReviewDetail:
    invitees = [
        InviteeView(
            role=each.role,
            organisation=each.organisation,
            invited_on=each.invited_on,
            advice_on=each.advice_on,
            attendance=each.attendance,
        )
        for each in invited
    ]
    return ReviewDetail(**_values(principal, row), invitees=invitees)


def _values(principal: Principal, row: AnyRow) -> dict[str, Any]:
    """The fields of a view; what was said of the child's year stays with the SEND team and the setting."""
    begun = row.review_key is not None
    told = sight.sees_whole_cases(principal) or principal.organisation == f"urn:{row.setting_urn}"
    prefix = "light" if row.kind == LIGHT else "review"
    return {
        "key": str(row.review_key) if begun else None,
        "plan_key": str(row.plan_key),
        "case_key": str(row.case_key),
        "number": row.number,
        "occurrence": f"{prefix}-{row.number}" if begun else None,
        "kind": row.kind if begun else "annual",
        "route": row.route,
        "status": row.status if begun else "scheduled",
        "setting_urn": row.setting_urn,
        "due_on": row.due_on if begun else row.next_review_by,
        "meeting_on": row.meeting_on,
        "held_on": row.held_on,
        "reported_on": row.reported_on,
        "decision": row.decision,
        "decided_on": row.decided_on,
        "attendance_percent": row.attendance_percent if told else None,
        "excluded_sessions": row.excluded_sessions if told else None,
        "destination": row.destination if told else None,
    }


_plan, _review, _invitee = tables.plan, tables.review, tables.invitee
_OF_PLAN = (
    _plan.c.key.label("plan_key"),
    _plan.c.case_key,
    _plan.c.setting_urn,
    _plan.c.next_review_by,
)
_OF_REVIEW = (
    _review.c.key.label("review_key"),
    _review.c.number,
    _review.c.kind,
    _review.c.route,
    _review.c.status,
    _review.c.due_on,
    _review.c.meeting_on,
    _review.c.held_on,
    _review.c.reported_on,
    _review.c.decision,
    _review.c.decided_on,
    _review.c.attendance_percent,
    _review.c.excluded_sessions,
    _review.c.destination,
)
_CURRENT: Select[Any] = (
    select(*_OF_PLAN, *_OF_REVIEW)
    .select_from(_plan)
    .outerjoin(_review, and_(_review.c.plan_key == _plan.c.key, LIVE_REVIEW))
    .order_by(_plan.c.next_review_by, _plan.c.key)
)
_ALL: Select[Any] = (
    select(*_OF_PLAN, *_OF_REVIEW, _review.c.key)
    .select_from(_plan)
    .join(_review, _review.c.plan_key == _plan.c.key)
)
_INVITED = select(_invitee).order_by(_invitee.c.key)


def _after(cursor: str) -> ColumnElement[bool]:
    day, key = paging.decode(cursor, str, int)
    try:
        last = date.fromisoformat(day)
    except ValueError:
        raise BadInput.field("cursor", "This cursor isn't one of ours.") from None
    return tuple_(_plan.c.next_review_by, _plan.c.key) > tuple_(last, key)


def _cursor(row: AnyRow) -> str:
    return paging.encode([(row.next_review_by or _NEVER).isoformat(), row.plan_key])
