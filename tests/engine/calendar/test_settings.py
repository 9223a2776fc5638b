"""When a setting is closed, and whether that closure excuses anybody."""

from datetime import date

import pytest

from engine.calendar import CalendarRefused, Closure, SettingCalendar, Term

SUMMER_TERM = Term(date(2026, 4, 20), date(2026, 7, 21), "Summer")
AUTUMN_TERM = Term(date(2026, 9, 2), date(2026, 12, 18), "Autumn")
SPRING_TERM = Term(date(2027, 1, 5), date(2027, 3, 25), "Spring")
SCHOOL = SettingCalendar("urn:100001", (AUTUMN_TERM, SUMMER_TERM, SPRING_TERM))
SUMMER = Closure(date(2026, 7, 22), date(2026, 9, 2))


@pytest.mark.parametrize(
    ("requested", "excused"),
    [
        (date(2026, 7, 10), False),
        (date(2026, 7, 14), False),
        (date(2026, 7, 15), True),
        (date(2026, 7, 22), True),
        (date(2026, 8, 26), True),
        (date(2026, 8, 27), False),
        (date(2026, 9, 1), False),
    ],
)
def test_the_window_opens_and_shuts_a_week_before_the_closure_does(requested, excused):
    """Test vector 19: closed from Wednesday 22 July 2026, open again Wednesday 2 September 2026."""
    assert SUMMER.covers_request(requested) is excused
    assert SCHOOL.closure_excusing(requested) == (SUMMER if excused else None)


@pytest.mark.parametrize(("reopens", "long"), [(date(2026, 8, 18), False), (date(2026, 8, 19), True)])
def test_only_four_weeks_or_more_count(reopens, long):
    closure = Closure(date(2026, 7, 22), reopens)
    assert closure.is_long is long
    assert closure.covers_request(date(2026, 7, 22)) is long


def test_christmas_excuses_nobody():
    assert SCHOOL.closure_excusing(date(2026, 12, 18)) is None


def test_holidays_lie_between_terms():
    assert SCHOOL.all_closures() == (SUMMER, Closure(date(2026, 12, 19), date(2027, 1, 5)))


def test_a_closure_that_adjoins_a_holiday_lengthens_it():
    flooded = SettingCalendar(
        SCHOOL.setting,
        SCHOOL.terms,
        (Closure(date(2026, 12, 5), date(2026, 12, 19)), Closure(date(2026, 5, 4), date(2026, 5, 5))),
    )
    assert flooded.all_closures()[0] == Closure(date(2026, 5, 4), date(2026, 5, 5))
    assert flooded.closure_excusing(date(2026, 12, 1)) == Closure(date(2026, 12, 5), date(2027, 1, 5))
    assert not flooded.is_open(date(2026, 12, 7))


def test_a_closure_within_a_holiday_shortens_nothing():
    painted = SettingCalendar(SCHOOL.setting, SCHOOL.terms, (Closure(date(2026, 7, 27), date(2026, 8, 3)),))
    assert painted.all_closures() == SCHOOL.all_closures()


@pytest.mark.parametrize(
    ("day", "is_open"),
    [
        (date(2026, 7, 21), True),
        (date(2026, 7, 22), False),
        (date(2026, 9, 2), True),
        (date(2026, 4, 19), False),
    ],
)
def test_open_in_term(day, is_open):
    assert SCHOOL.is_open(day) is is_open


def test_terms_that_meet_leave_no_closure():
    joined = SettingCalendar("urn:100001", (SUMMER_TERM, Term(date(2026, 7, 22), date(2026, 7, 24))))
    assert joined.all_closures() == ()


@pytest.mark.parametrize(
    ("terms", "closures", "words"),
    [
        ((Term(date(2026, 9, 2), date(2026, 9, 1)),), (), "term from 2026-09-02: it would end on 2026-09-01"),
        ((SUMMER_TERM, Term(date(2026, 7, 21), date(2026, 8, 1))), (), "it overlaps the term to 2026-07-21"),
        ((), (Closure(date(2026, 7, 22), date(2026, 7, 22)),), "closure from 2026-07-22"),
    ],
)
def test_a_calendar_that_cannot_be_right_is_refused(terms, closures, words):
    with pytest.raises(CalendarRefused, match=words):
        SettingCalendar("urn:100001", terms, closures)
