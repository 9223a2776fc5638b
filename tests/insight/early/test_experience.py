"""What the past says of a limit that runs: shares, drawn towards what is known of more, and nothing invented."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from insight.early.experience import EQUAL, HALF_LIFE, HORIZON, Experience, Past, spans

TODAY = date(2026, 11, 2)
RULE = "reg8_advice_6w"


def pasts(
    number: int, missed: int, organisation: str = "camhs", state: str = "claimed", days_ago: int = 1
) -> list[Past]:
    """Limits that ran in one state for all of their last 42 days."""
    due_on = TODAY - timedelta(days=days_ago)
    return [Past(RULE, organisation, due_on, nth < missed, ((state, 42, 0),)) for nth in range(number)]


def test_nothing_is_known_at_first() -> None:
    found = Experience([], TODAY).likelihood(RULE, "camhs", "claimed", 14)
    assert (found.value, found.comparable, found.basis) == (0.25, 0, "all")
    assert not Experience(pasts(EQUAL - 1, 0), TODAY).knows(RULE)
    assert Experience(pasts(EQUAL, 0), TODAY).knows(RULE)


def test_many_that_stood_alike_decide_by_themselves() -> None:
    found = Experience(pasts(400, 300), TODAY).likelihood(RULE, "camhs", "claimed", 14)
    assert found.value == pytest.approx(0.75, abs=0.02)
    assert (found.comparable, found.missed, found.basis) == (400, 300, "organisation_state")


def test_a_few_of_an_organisation_are_drawn_towards_its_rule() -> None:
    known = Experience([*pasts(200, 20, "social_care"), *pasts(4, 4)], TODAY)
    few, many = (known.likelihood(RULE, who, "claimed", 14) for who in ("camhs", "social_care"))
    assert many.value == pytest.approx(0.1, abs=0.03)
    assert 0.3 < few.value < 0.8
    assert (few.basis, few.comparable) == ("rule", 204)


def test_a_state_of_others_speaks_for_an_organisation_that_was_never_in_it() -> None:
    told = [*pasts(50, 45, "social_care", "said_late"), *pasts(50, 5, "social_care"), *pasts(50, 5)]
    known = Experience(told, TODAY)
    assert known.likelihood(RULE, "camhs", "said_late", 14).value > 0.5
    assert known.likelihood(RULE, "camhs", "claimed", 14).value < 0.2


def test_what_was_done_early_says_nothing_of_later_days() -> None:
    done = [Past(RULE, "camhs", TODAY - timedelta(days=1), False, (("claimed", 42, 20),)) for _ in range(60)]
    known = Experience([*done, *pasts(60, 60)], TODAY)
    assert known.likelihood(RULE, "camhs", "claimed", 30).value == pytest.approx(0.5, abs=0.05)
    assert known.likelihood(RULE, "camhs", "claimed", 10).value > 0.9


def test_what_is_long_ago_weighs_less() -> None:
    changed = [*pasts(50, 50, days_ago=2 * HALF_LIFE), *pasts(50, 0, days_ago=1)]
    assert Experience(changed, TODAY).likelihood(RULE, "camhs", "claimed", 14).value < 0.3


def test_days_beyond_the_horizon_are_as_its_first() -> None:
    long_ago = Past(RULE, "camhs", TODAY - timedelta(days=1), True, (("claimed", 140, 0),))
    known = Experience([long_ago] * 20, TODAY)
    assert known.likelihood(RULE, "camhs", "claimed", 90) == known.likelihood(
        RULE, "camhs", "claimed", HORIZON
    )


def test_a_trail_becomes_the_days_on_which_the_work_stood_so() -> None:
    due = date(2026, 6, 30)
    trail = [(date(2026, 6, 1), "unclaimed"), (date(2026, 6, 11), "claimed")]
    assert spans(trail, date(2026, 5, 29), date(2026, 6, 20), due) == (
        (None, 32, 30),
        ("unclaimed", 29, 20),
        ("claimed", 19, 10),
    )
    assert spans([], date(2026, 1, 1), date(2026, 7, 9), due) == ((None, HORIZON, 0),)
    assert spans(trail, date(2026, 7, 1), date(2026, 7, 9), due) == ()


_PASTS = st.builds(
    lambda org, state, ago, missed, first, length: Past(
        RULE, org, TODAY - timedelta(days=ago), missed, ((state, first, max(first - length, 0)),)
    ),
    st.sampled_from(["camhs", "social_care", "setting"]),
    st.sampled_from([None, "claimed", "unclaimed"]),
    st.integers(1, 700),
    st.booleans(),
    st.integers(0, 140),
    st.integers(0, 140),
)


@given(st.lists(_PASTS, max_size=60), st.integers(0, 140))
def test_a_likelihood_is_one_whatever_is_known(known: list[Past], days_left: int) -> None:
    found = Experience(known, TODAY).likelihood(RULE, "camhs", "claimed", days_left)
    assert 0 < found.value < 1
    assert 0 <= found.missed <= found.comparable <= len(known)
