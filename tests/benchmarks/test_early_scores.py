"""The sums by which warnings are judged."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from benchmarks.early_scores import (
    Foretold,
    Outcome,
    brier,
    calibration,
    early,
    plain,
    score,
    threshold_for,
)

DUE = date(2026, 6, 30)
#: One that was missed, one that was met on its last day, one that was met 20 days before it.
OUTCOMES = {
    1: Outcome("a_rule", "camhs", DUE, is_missed=True),
    2: Outcome("a_rule", "camhs", DUE, is_missed=False),
    3: Outcome("a_rule", "camhs", DUE, is_missed=False),
}


def told(key: int, days_left: int, value: float, *, is_grounded: bool = True) -> Foretold:
    return Foretold(key, DUE - timedelta(days=days_left), days_left, value, is_grounded)


SAID = [
    *(told(1, days, 0.3 if days > 20 else 0.7) for days in range(42, -1, -1)),
    *(told(2, days, 0.2) for days in range(42, -1, -1)),
    *(told(3, days, 0.6) for days in range(42, 19, -1)),
    told(9, 10, 0.99),
]


def test_the_plain_rule_warns_of_all_that_still_run() -> None:
    found = score(plain(SAID, 14), OUTCOMES)
    assert (found.warned, found.right, found.missed, found.median_notice) == (2, 1, 1, 14)
    assert (found.precision, found.recall) == (0.5, 1.0)
    assert score(plain(SAID, 28), OUTCOMES).warned == 3


def test_an_early_warning_is_given_once_and_in_time() -> None:
    found = score(early(SAID, 0.5, 3), OUTCOMES)
    assert (found.warned, found.right, found.median_notice) == (2, 1, 20)
    assert early([told(1, 2, 0.9)], 0.5, 3) == {}
    assert early([told(1, 9, 0.9, is_grounded=False)], 0.5, 3) == {}


def test_nothing_is_scored_where_nothing_was_said() -> None:
    found = score({}, OUTCOMES)
    assert (found.precision, found.recall, found.median_notice) == (None, 0.0, None)


def test_a_threshold_is_the_lowest_that_warns_of_no_more() -> None:
    assert threshold_for(1, SAID, OUTCOMES, 3) == 0.601
    assert threshold_for(2, SAID, OUTCOMES, 3) == 0.201


def test_likelihoods_are_held_against_what_came() -> None:
    assert brier(SAID, OUTCOMES, 7) == (pytest.approx((0.3**2 + 0.2**2) / 2), 0.25, 2)
    assert brier(SAID, OUTCOMES, 50) is None
    low, high = calibration(SAID, OUTCOMES, 7, (0.0, 0.5, 1.0))
    assert (low.number, low.foretold, low.came) == (1, 0.2, 0.0)
    assert (high.number, high.foretold, high.came) == (1, 0.7, 1.0)
