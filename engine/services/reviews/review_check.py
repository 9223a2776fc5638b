"""Proves that no plan's review is lost and none is held twice (section 44 of the Act).

A plan in force always has one limit of section 44 that runs, and not more than one thing that leads to its
next review: a schedule that waits, or a review under way. Each limit that was met was met by one review.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from sqlalchemy import case, func, select

from engine.store import tables
from engine.store.plan_tables import LIVE_REVIEW
from engine.store.types import AnyRow

if TYPE_CHECKING:
    from engine.application import Engine

#: Either of them is the limit by which a plan's next review is due.
RULES = ("s44_first_review", "s44_next_review")
_SCHEDULE = "review_schedule"
_LIGHT = "light"


def review_problems(engine: Engine) -> Iterator[tuple[int, str]]:
    """The case and what is wrong, of every plan whose reviews don't add up."""
    with engine.database.read() as connection:
        limits = {row.case_key: row for row in connection.execute(_LIMITS)}
        schedules = {row.case_key: row.number for row in connection.execute(_SCHEDULES)}
        reviews = {row.plan_key: row for row in connection.execute(_REVIEWS)}
        plans = connection.execute(_PLANS).all()
    for plan in plans:
        review = reviews.get(plan.key)
        under_way = review.under_way if review else 0
        ahead = schedules.get(plan.case_key, 0) + under_way
        for problem in (*_ahead(plan, ahead), *_counted(plan, limits.get(plan.case_key), review)):
            yield plan.case_key, problem


def _ahead(plan: AnyRow, ahead: int) -> Iterator[str]:
    """No more than one thing leads to the next review of a plan; that there is one is a check of its own."""
    if plan.status == "ceased" and ahead:
        yield f"plan {plan.key} has ended, and a review of it is still ahead"
    elif ahead > 1:
        yield f"{ahead} schedules or reviews lead to the next review of plan {plan.key}: one is too many"


def _counted(plan: AnyRow, limit: AnyRow | None, review: AnyRow | None) -> Iterator[str]:
    """As many reviews were decided as limits of section 44 were met, and one limit runs."""
    running = limit.running if limit else 0
    met, decided = (limit.met if limit else 0), (review.decided if review else 0)
    if running != (plan.status != "ceased"):
        yield f"{running} limits of section 44 run for plan {plan.key}, which is {plan.status}"
    if met != decided:
        yield f"{decided} reviews of plan {plan.key} were decided, but {met} limits of section 44 were met"


_plan, _deadline, _review = tables.plan, tables.deadline, tables.review
_PLANS = select(_plan.c.key, _plan.c.case_key, _plan.c.status).order_by(_plan.c.key)
_LIMITS = (
    select(
        _deadline.c.case_key,
        func.sum(case((_deadline.c.status == "running", 1), else_=0)).label("running"),
        func.sum(case((_deadline.c.met_on.is_not(None), 1), else_=0)).label("met"),
    )
    .where(_deadline.c.rule.in_(RULES))
    .group_by(_deadline.c.case_key)
)
_SCHEDULES = (
    select(tables.instance.c.case_key, func.count().label("number"))
    .join(tables.process_definition, tables.process_definition.c.key == tables.instance.c.definition_key)
    .where(tables.process_definition.c.process_id == _SCHEDULE, tables.instance.c.status == "active")
    .group_by(tables.instance.c.case_key)
)
_REVIEWS = (
    select(
        _review.c.plan_key,
        func.sum(case((LIVE_REVIEW, 1), else_=0)).label("under_way"),
        func.sum(case((_review.c.status == "closed", 1), else_=0)).label("decided"),
    )
    .where(_review.c.kind != _LIGHT)
    .group_by(_review.c.plan_key)
)
