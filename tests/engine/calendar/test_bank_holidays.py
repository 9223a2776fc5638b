"""The shipped bank holidays against an independent source, and against the rules they follow."""

from datetime import date

import holidays
import pytest

from engine.calendar import england
from engine.calendar.feasts import computed_bank_holidays, easter_sunday

MOVED_OR_PROCLAIMED = {
    date(2020, 5, 4),
    date(2020, 5, 8),
    date(2022, 5, 30),
    date(2022, 6, 2),
    date(2022, 6, 3),
    date(2022, 9, 19),
    date(2023, 5, 8),
}


def weekdays_off(year):
    """The `holidays` package also lists the weekend day that a substitute replaces; we don't."""
    elsewhere = holidays.country_holidays("GB", subdiv="ENG", years=year)
    return {day for day in elsewhere if day.weekday() < 5}


@pytest.mark.parametrize("year", range(2014, 2029))
def test_each_published_year_agrees_with_another_source(year):
    ours = {day for day in england().published if day.year == year}
    assert ours == weekdays_off(year)


@pytest.mark.parametrize("year", range(2029, 2101))
def test_each_computed_year_agrees_with_another_source(year):
    assert set(computed_bank_holidays(year)) == weekdays_off(year)


def test_published_and_computed_differ_only_where_a_proclamation_says_so():
    published = set(england().published)
    computed = {day for year in range(2014, 2029) for day in computed_bank_holidays(year)}
    assert published ^ computed == MOVED_OR_PROCLAIMED


def test_the_published_years_say_when_they_were_checked():
    calendar = england()
    assert (calendar.published_from, calendar.published_to) == (date(2014, 1, 1), date(2028, 12, 31))
    assert calendar.checked_on >= date(2026, 11, 23)


@pytest.mark.parametrize(
    ("year", "easter"),
    [
        (1818, date(1818, 3, 22)),  # the earliest Easter can be
        (1943, date(1943, 4, 25)),  # the latest
        (2024, date(2024, 3, 31)),
        (2026, date(2026, 4, 5)),
        (2027, date(2027, 3, 28)),
        (2049, date(2049, 4, 18)),
    ],
)
def test_easter(year, easter):
    assert easter_sunday(year) == easter


@pytest.mark.parametrize(
    ("day", "name"),
    [
        (date(2026, 12, 28), "Boxing Day (substitute day)"),
        (date(2022, 9, 19), "Bank holiday for the State Funeral of Queen Elizabeth II"),
        (date(2020, 5, 4), None),
        (date(2031, 4, 11), "Good Friday"),
        (date(2031, 4, 12), None),
    ],
)
def test_a_day_is_named(day, name):
    assert england().bank_holiday(day) == name


@pytest.mark.parametrize(
    ("day", "computed"), [(date(2028, 12, 31), False), (date(2029, 1, 1), True), (date(2013, 12, 31), True)]
)
def test_past_the_published_years_it_says_so(day, computed):
    assert england().rests_on_computed(day) is computed
