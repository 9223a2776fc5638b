"""`ehc check` sees a review that would be held twice, and limits of section 44 that don't fit the reviews."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import update

from engine.services.audit.audit import Actor
from engine.services.imports.plan_arrivals import LastReview
from engine.services.incidents import guarded
from engine.services.reviews.review_check import review_problems
from engine.services.step import CaseStep
from engine.store import tables
from tests.support.desk import MONDAY, CaseDesk, Desk

LAST = MONDAY - timedelta(days=30)


@pytest.fixture
def plan(desk: Desk) -> CaseDesk:
    """A plan whose next review is scheduled."""
    return desk.plan(made_on=MONDAY - timedelta(days=700), last_review=LastReview(LAST, LAST))


def found(case: CaseDesk) -> list[str]:
    told = list(review_problems(case.desk.engine))
    assert {key for key, _ in told} <= {int(case.key)}
    return [problem for _, problem in told]


def change(case: CaseDesk, table: Any, *where: Any, **values: Any) -> None:
    with case.desk.engine.database.write() as connection:
        connection.execute(update(table).where(table.c.case_key == int(case.key), *where).values(values))


def start(case: CaseDesk, process: str) -> None:
    def work(step: CaseStep) -> None:
        step.start(process, {"caseKey": case.key})

    guarded(case.desk.engine, int(case.key), "start", Actor.clock(), work)


def test_a_plan_with_one_review_ahead_or_under_way_is_in_order(desk: Desk, plan: CaseDesk):
    assert found(plan) == []
    desk.step_to(MONDAY + timedelta(days=300))
    assert "fix_review_date" in plan.waiting()
    assert found(plan) == []


def test_a_second_schedule_is_told(plan: CaseDesk):
    start(plan, "review_schedule")
    (told,) = found(plan)
    assert told.startswith("2 schedules or reviews lead to the next review")


def test_a_plan_that_ended_has_no_review_ahead_and_no_limit(plan: CaseDesk):
    change(plan, tables.plan, status="ceased")
    assert ["has ended" in told or "which is ceased" in told for told in found(plan)] == [True, True]


def test_a_plan_in_force_without_a_limit_of_section_44_is_told(plan: CaseDesk):
    change(plan, tables.deadline, tables.deadline.c.rule == "s44_next_review", status="superseded")
    (told,) = found(plan)
    assert told.startswith("0 limits of section 44 run")


def test_a_limit_that_no_review_has_met_is_told(plan: CaseDesk):
    of_law = tables.deadline.c.rule == "s44_next_review"
    change(plan, tables.deadline, of_law, met_on=MONDAY)
    (told,) = found(plan)
    assert told.startswith("0 reviews of plan")
    assert told.endswith("but 1 limits of section 44 were met")
