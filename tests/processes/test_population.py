"""150 plans over three years on a stepped clock: nothing fails, no review is lost, none is held twice."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, select

from benchmarks.long_population import LAST_DAY, Outcome, carried_out, written
from engine.store import tables

PLANS, YEARS = 150, 3
#: Every review is begun 16 weeks before its day: what is due so soon after the end may be decided already.
_BEGUN_BEFORE = timedelta(weeks=16)
_YEAR = timedelta(days=366)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("population")


@pytest.fixture(scope="module")
def outcome(folder: Path) -> Outcome:
    return carried_out(PLANS, YEARS, folder, lambda _line: None)


@pytest.fixture(scope="module")
def stored(outcome: Outcome, folder: Path) -> dict[str, list[Any]]:
    """Rows of the tables that are asked about."""
    engine = create_engine(f"sqlite:///{folder / 'population.db'}")
    with engine.connect() as connection:
        rows = {
            table.name: list(connection.execute(select(table).order_by(table.c.key)))
            for table in (tables.plan, tables.review, tables.deadline)
        }
    engine.dispose()
    return rows


def reviews_of(stored, plan):
    return [row for row in stored["review"] if row.plan_key == plan.key and row.kind != "light"]


def limits_of(stored, plan):
    """The limits of section 44 of a plan, the oldest first."""
    rules = ("s44_first_review", "s44_next_review")
    return [row for row in stored["deadline"] if row.case_key == plan.case_key and row.rule in rules]


def test_nothing_fails_and_everything_agrees(outcome):
    assert outcome.report.incidents == 0
    assert outcome.problems == []
    assert outcome.report.played.plans == PLANS
    assert sum(outcome.by_status.values()) == PLANS


def test_each_plan_in_force_has_a_review_in_each_year_or_a_limit_that_says_late(stored):
    for plan in stored["plan"]:
        limits = limits_of(stored, plan)
        met = [row for row in limits if row.met_on is not None]
        running = [row for row in limits if row.status == "running"]
        assert len(running) == (plan.status != "ceased")
        for row in met:
            assert row.status == ("on_time" if row.met_on <= row.due_on else "late")
        for row in running:
            counted_from = met[-1].met_on if met else row.anchored_on
            assert row.anchored_on == counted_from
            assert row.due_on <= counted_from + _YEAR


def test_each_limit_was_met_by_one_review(stored):
    for plan in stored["plan"]:
        decided = [row.closed_at.date() for row in reviews_of(stored, plan) if row.status == "closed"]
        assert decided == [row.met_on for row in limits_of(stored, plan) if row.met_on is not None]


def test_no_review_is_begun_while_another_is_under_way(stored):
    for plan in stored["plan"]:
        reviews = reviews_of(stored, plan)
        assert [row.number for row in reviews] == sorted(row.number for row in reviews)
        for before, after in pairwise(reviews):
            assert before.closed_at <= after.opened_at
        assert sum(row.closed_at is None for row in reviews) <= 1


def test_what_is_due_within_sixteen_weeks_is_under_way(stored):
    for plan in stored["plan"]:
        if plan.status != "ceased" and plan.next_review_by < LAST_DAY + _BEGUN_BEFORE:
            assert [row for row in reviews_of(stored, plan) if row.closed_at is None], plan


def test_there_is_a_bit_of_everything(outcome, stored):
    assert {row.kind for row in stored["review"]} >= {"annual", "phase_transfer", "light"}
    assert all(year.amended > 20 and year.maintained > 20 for year in outcome.years)
    assert outcome.by_status["ceased"] > 0


def test_about_half_of_the_decisions_come_late_as_in_the_nation(outcome):
    decisions = next(row for row in outcome.kept if row.rule == "reg20_10_decision_4w")
    assert 35 <= decisions.percent <= 60


def test_the_page_says_what_happened(outcome):
    page = written(outcome)
    assert f"{PLANS} invented plans" in page
    assert f"| {LAST_DAY - timedelta(days=364)} |" in page
    assert "| `reg20_10_decision_4w` |" in page
