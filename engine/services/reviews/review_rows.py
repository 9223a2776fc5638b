"""The reviews of a plan within a step: what is open is read once, and every change is audited."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, func, insert, select, update

from engine.services.audit.audit import Event
from engine.services.plans.plan_rows import PlanRow, required_plan
from engine.store import tables

if TYPE_CHECKING:
    from engine.services.step import CaseStep

LIGHT = "light"


@dataclass(frozen=True)
class ReviewRow:
    """A review as its row stands; what each column means stands with the table."""

    key: int
    plan_key: int
    number: int
    kind: str
    route: str
    status: str
    setting_urn: str | None
    due_on: date
    meeting_on: date | None
    held_on: date | None
    reported_on: date | None
    decision: str | None
    decided_on: date | None
    closed_at: datetime | None

    @property
    def occurrence(self) -> str:
        """Which of a plan's reviews it is, as its limits and notices say it."""
        return f"{'light' if self.kind == LIGHT else 'review'}-{self.number}"


def open_reviews(step: CaseStep) -> list[ReviewRow]:
    """The reviews of the case that are under way, read once a step: one, and a lighter one beside it."""
    if _OPEN not in step.remembered:
        plan = required_plan(step)
        rows = step.connection.execute(_OPEN_OF_PLAN, {"plan": plan.key}).all()
        step.remembered[_OPEN] = [ReviewRow(**row._mapping) for row in rows]
    found: list[ReviewRow] = step.remembered[_OPEN]
    return found


def live_review(step: CaseStep) -> ReviewRow | None:
    """The review of section 44 that is under way, if any."""
    return next((row for row in open_reviews(step) if row.kind != LIGHT), None)


def review_of(step: CaseStep, occurrence: object) -> ReviewRow:
    """The review that an occurrence (`review-3`) names.

    Raises:
        LookupError: the case has no such review.
    """
    number = str(occurrence or "").rpartition("-")[2]
    if number.isdigit():
        known = next((row for row in open_reviews(step) if row.occurrence == occurrence), None)
        row = known or _closed(step, int(number))
        if row is not None and row.occurrence == occurrence:
            return row
    raise LookupError(f"Case {step.case_key} has no review {occurrence}. Open one first.")


def _closed(step: CaseStep, number: int) -> ReviewRow | None:
    plan = required_plan(step)
    row = step.connection.execute(_BY_NUMBER, {"plan": plan.key, "nth": number}).one_or_none()
    return None if row is None else ReviewRow(**row._mapping)


def make_review(step: CaseStep, plan: PlanRow, kind: str, due_on: date) -> ReviewRow:
    """Begin a review of a plan.

    Raises:
        ValueError: one is under way already: section 44 asks for one review at a time.
    """
    if any((row.kind == LIGHT) == (kind == LIGHT) for row in open_reviews(step)):
        raise ValueError(
            f"A review of the plan of case {step.case_key} is under way: there is one at a time (section 44)."
        )
    number = step.connection.execute(_NEWEST, {"plan": plan.key}).scalar_one() + 1
    values = {
        "authority": step.authority,
        "case_key": step.case_key,
        "plan_key": plan.key,
        "number": number,
        "kind": kind,
        "route": "authority",
        "status": "planned",
        "setting_urn": plan.setting_urn,
        "due_on": due_on,
        "opened_at": step.now,
    }
    step.connection.execute(_NEW, values)
    step.remembered.pop(_OPEN)
    step.audit.append(Event.REVIEW_OPENED, number=number, kind=kind, due=due_on.isoformat())
    return next(row for row in open_reviews(step) if row.number == number)


def change_review(step: CaseStep, review: ReviewRow, **values: Any) -> ReviewRow:
    """Write new values of a review's columns; what changes none leaves no trace."""
    changed = {name: value for name, value in values.items() if getattr(review, name, _ABSENT) != value}
    if not changed:
        return review
    step.connection.execute(update(_review).where(_review.c.key == review.key).values(changed))
    known = {name: value for name, value in changed.items() if name in _KNOWN}
    after = replace(review, **known)
    if _OPEN in step.remembered:
        rows = [after if row.key == review.key else row for row in step.remembered[_OPEN]]
        step.remembered[_OPEN] = [row for row in rows if row.closed_at is None]
    told = {name: _told(value) for name, value in changed.items() if name not in _PRIVATE}
    step.audit.append(Event.REVIEW_CHANGED, number=review.number, columns=sorted(changed), after=told)
    return after


def _told(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat(timespec="seconds")
    return value.isoformat() if isinstance(value, date) else value


_ABSENT = object()
#: What a step remembers the open reviews by.
_OPEN = "open_reviews"
#: Told to nobody by way of the audit trail: facts about a child.
_PRIVATE = frozenset({"attendance_percent", "excluded_sessions", "destination"})
_KNOWN = frozenset(field.name for field in fields(ReviewRow))
_review = tables.review
_COLUMNS = select(*(_review.c[field.name] for field in fields(ReviewRow)))
_OPEN_OF_PLAN = _COLUMNS.where(_review.c.plan_key == bindparam("plan"), _review.c.closed_at.is_(None))
_BY_NUMBER = _COLUMNS.where(_review.c.plan_key == bindparam("plan"), _review.c.number == bindparam("nth"))
_NEWEST = select(func.coalesce(func.max(_review.c.number), 0)).where(_review.c.plan_key == bindparam("plan"))
_NEW = insert(_review)
