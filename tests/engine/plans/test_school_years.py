"""Year groups move on each 1 September, whoever is out of their year included."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.plans.school_years import school_year_of, usual_year_group, year_group_on

DAYS = st.dates(date(2014, 9, 1), date(2099, 8, 31))
GROUPS = st.integers(-2, 15)


@pytest.mark.parametrize(
    ("day", "begins"),
    [("2026-08-31", "2025-09-01"), ("2026-09-01", "2026-09-01"), ("2027-01-01", "2026-09-01")],
)
def test_a_school_year_begins_on_1_september(day, begins):
    assert school_year_of(date.fromisoformat(day)) == date.fromisoformat(begins)


@pytest.mark.parametrize(
    ("born", "day", "year"),
    [
        ("2021-08-31", "2025-09-01", 0),  # four already: reception
        ("2021-09-01", "2025-09-01", -1),  # four on the first day of the year: still nursery
        ("2017-05-14", "2026-11-02", 5),
        ("2010-09-01", "2026-09-01", 11),
        ("2010-08-31", "2026-09-01", 12),
    ],
)
def test_the_usual_year_group_follows_the_birthday(born, day, year):
    assert usual_year_group(date.fromisoformat(born), date.fromisoformat(day)) == year


@given(since=DAYS, group=GROUPS)
def test_within_its_school_year_a_year_group_stays(since, group):
    first = school_year_of(since)
    assert year_group_on(first, group, since) == group
    assert year_group_on(date(first.year + 1, 8, 31), group, since) == group


@given(since=DAYS, day=DAYS, group=GROUPS)
def test_a_year_later_it_is_the_next_one(since, day, group):
    later = date(day.year + 1, day.month, 28 if (day.month, day.day) == (2, 29) else day.day)
    assert year_group_on(later, group, since) == year_group_on(day, group, since) + 1


@given(since=DAYS, day=DAYS, group=GROUPS)
def test_counting_on_from_a_day_in_between_changes_nothing(since, day, group):
    between = year_group_on(day, group, since)
    end = day + timedelta(days=1_000)
    assert year_group_on(end, between, day) == year_group_on(end, group, since)
