"""A law that changes changes limits from its day on: a case keeps the version that was in force at its anchor."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

import pytest

from engine.law import Statute, statute
from engine.services.plans import amendments
from tests.processes.plans import plan_key, with_plan
from tests.support.desk import MONDAY, CaseDesk, Desk, opened_desk

DAY = timedelta(days=1)
#: The fictional amendment comes into force eight days after the tests begin.
IN_FORCE = MONDAY + 8 * DAY
QUICK = {"respond_to_amendments": {"nothingMore": True}}


def shorter(length: str, counting: str, anchor: str) -> dict[str, object]:
    """A version of a rule as statute.yaml would hold it."""
    return {
        "kind": "statutory",
        "nature": "deadline",
        "length": length,
        "counting": counting,
        "from": anchor,
        "cite": "Invented Amendment Regulations 2026, reg 2",
        "href": "https://www.legislation.gov.uk/uksi/2014/1530",
        "checked_on": date(2026, 11, 25),
        "confidence": "read",
        "start_confidence": "read",
    }


def amended_law() -> Statute:
    """Six weeks instead of eight for a final amended plan, and nine months instead of twelve for a review."""
    law = statute()
    for rule in ("reg28_final_8w", "reg22_3_final_8w"):
        law = law.amended(rule, IN_FORCE, shorter("6 weeks", "EXCL", "notice_sent_on"))
    return law.amended("s44_first_review", IN_FORCE, shorter("9 months", "PERIOD_INCL", "plan_made_on"))


@pytest.fixture
def desk(sqlite_url: str) -> Iterator[Desk]:
    with opened_desk(sqlite_url, law=amended_law()) as opened:
        yield opened


def amend(case: CaseDesk) -> str:
    """Send a notice of amendments today; gives its occurrence."""
    who = case.desk.member("caseworker")
    occurrence = amendments.amend(case.desk.engine, who, plan_key(case), "New advice.").occurrence
    case.complete("prepare_amendments")
    return occurrence


def settle(case: CaseDesk) -> None:
    case.until("sign_amended_plan", **QUICK, but=("fix_review_date", "plan_first_review"))
    case.complete("sign_amended_plan")


def test_a_notice_before_the_change_keeps_the_old_limit_and_one_after_it_has_the_new(desk: Desk) -> None:
    case = with_plan(desk)
    before = amend(case)
    desk.step_to(IN_FORCE + DAY)
    assert case.deadline("reg28_final_8w", before).due_on == MONDAY + timedelta(weeks=8)
    settle(case)
    after = amend(case)
    assert case.deadline("reg28_final_8w", after).due_on == IN_FORCE + DAY + timedelta(weeks=6)
    assert case.deadline("reg28_final_8w", before).due_on == MONDAY + timedelta(weeks=8)


@pytest.mark.parametrize(
    ("made", "by"),
    [(IN_FORCE - DAY, date(2027, 11, 8)), (IN_FORCE, date(2027, 8, 9))],
)
def test_a_plan_is_reviewed_by_the_law_of_the_day_on_which_it_was_made(
    desk: Desk, made: date, by: date
) -> None:
    desk.step_to(made)
    assert with_plan(desk).deadline("s44_first_review").due_on == by


def test_the_new_limit_cites_the_amendment(desk: Desk) -> None:
    desk.step_to(IN_FORCE)
    case = with_plan(desk)
    row = case.deadline("reg28_final_8w", amend(case))
    assert "Invented Amendment" in row.citation
    desk.step_to(IN_FORCE + timedelta(weeks=6) + DAY, 0, 1)
    assert [item.rule for item in case.escalations() if item.reason == "missed"] == ["reg28_final_8w"]
