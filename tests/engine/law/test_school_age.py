"""Rights pass from the parents to the young person on one day of the calendar, and back to somebody who acts."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.law.school_age import RightsHolder, end_of_compulsory_school_age, rights_holder

births = st.dates(date(1990, 1, 1), date(2040, 12, 31))
DAY = timedelta(days=1)

#: Birthday -> the last Friday in June that ends compulsory school age, read off a calendar.
LEAVING = [
    (date(2010, 8, 31), date(2026, 6, 26)),  # the youngest of the school year
    (date(2010, 9, 1), date(2027, 6, 25)),  # the oldest of the next
    (date(2010, 6, 26), date(2026, 6, 26)),  # sixteen on the very day
    (date(2010, 7, 15), date(2026, 6, 26)),  # sixteen only after leaving
    (date(2009, 9, 1), date(2026, 6, 26)),
    (date(2008, 2, 29), date(2024, 6, 28)),  # a leap day, sixteen in a leap year
    (date(2008, 3, 1), date(2024, 6, 28)),
    (date(2007, 1, 1), date(2023, 6, 30)),  # the 30th itself is a Friday
    (date(2001, 12, 31), date(2018, 6, 29)),
    (date(2012, 5, 5), date(2028, 6, 30)),
    (date(2013, 5, 5), date(2029, 6, 29)),
    (date(2008, 8, 31), date(2024, 6, 28)),
    (date(2016, 2, 29), date(2032, 6, 25)),
]


@pytest.mark.parametrize(("born", "leaves"), LEAVING, ids=str)
def test_compulsory_school_age_ends_on_the_last_friday_in_june(born: date, leaves: date) -> None:
    assert end_of_compulsory_school_age(born) == leaves
    assert rights_holder(born, leaves) is RightsHolder.PARENT
    assert rights_holder(born, leaves + DAY) is RightsHolder.YOUNG_PERSON


@given(births)
def test_it_is_a_friday_of_the_last_week_in_june(born: date) -> None:
    leaves = end_of_compulsory_school_age(born)
    assert (leaves.month, leaves.weekday()) == (6, 4)
    assert (leaves + 7 * DAY).month == 7


@given(births)
def test_it_lies_in_the_school_year_of_the_sixteenth_birthday(born: date) -> None:
    leaves = end_of_compulsory_school_age(born)
    september = date(leaves.year - 1, 9, 1)
    turns_sixteen = date(born.year + 16, born.month, min(born.day, 28))
    assert september <= turns_sixteen < date(leaves.year, 9, 1)


@given(births, births)
def test_the_older_never_leaves_after_the_younger(one: date, other: date) -> None:
    first, second = sorted((one, other))
    assert end_of_compulsory_school_age(first) <= end_of_compulsory_school_age(second)


@given(births, st.dates(date(1991, 1, 1), date(2066, 12, 31)), st.none() | births)
def test_once_passed_rights_never_go_back_to_the_parents(born: date, on: date, since: date | None) -> None:
    if rights_holder(born, on, since) is not RightsHolder.PARENT:
        assert rights_holder(born, on + DAY, since) is not RightsHolder.PARENT


@pytest.mark.parametrize(
    ("since", "on", "holder"),
    [
        (date(2020, 1, 1), date(2026, 6, 26), RightsHolder.PARENT),
        (date(2020, 1, 1), date(2026, 6, 27), RightsHolder.ALTERNATIVE_PERSON),
        (date(2026, 9, 1), date(2026, 8, 31), RightsHolder.YOUNG_PERSON),
        (date(2026, 9, 1), date(2026, 9, 1), RightsHolder.ALTERNATIVE_PERSON),
    ],
    ids=str,
)
def test_somebody_acts_for_a_young_person_from_the_day_that_capacity_is_known_to_lack(
    since: date, on: date, holder: RightsHolder
) -> None:
    assert rights_holder(date(2010, 5, 14), on, since) is holder
