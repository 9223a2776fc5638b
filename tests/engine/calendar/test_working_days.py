"""Counting the days that count, forwards and backwards, ours and the tribunal's."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.calendar import (
    Calendar,
    CalendarRefused,
    Correction,
    england,
    in_tribunal_recess,
    nth_after,
    nth_before,
)

DAYS = st.dates(date(2014, 1, 1), date(2060, 12, 31))
FUNERAL = Correction(date(2031, 3, 12), True, "State funeral, proclaimed 3 March 2031")


@pytest.mark.parametrize(
    ("day", "ours", "tribunals"),
    [
        (date(2026, 11, 2), True, True),
        (date(2026, 11, 1), False, False),
        (date(2026, 12, 24), True, True),
        (date(2026, 12, 25), False, False),
        (date(2026, 12, 29), True, False),
        (date(2026, 12, 31), True, False),
        (date(2027, 1, 1), False, False),
        (date(2027, 1, 4), True, True),
        (date(2026, 7, 31), True, True),
        (date(2026, 8, 3), True, False),
        (date(2026, 9, 1), True, True),
    ],
)
def test_which_days_count(day, ours, tribunals):
    calendar = england()
    assert calendar.is_working_day(day) is ours
    assert calendar.is_tribunal_working_day(day) is tribunals


@pytest.mark.parametrize(
    ("start", "number", "after", "before"),
    [
        (date(2026, 12, 23), 3, date(2026, 12, 30), date(2026, 12, 18)),
        (date(2026, 12, 26), 1, date(2026, 12, 29), date(2026, 12, 24)),
        (date(2027, 3, 25), 1, date(2027, 3, 30), date(2027, 3, 24)),
    ],
)
def test_the_nth_working_day(start, number, after, before):
    assert england().working_day_after(start, number) == after
    assert england().working_day_before(start, number) == before


@given(DAYS, st.integers(1, 40))
def test_counting_forwards_and_then_counting_inverts(start, number):
    calendar = england()
    end = calendar.working_day_after(start, number)
    assert calendar.working_days_between(start, end) == number
    assert calendar.working_day_before(end + timedelta(days=1), number) > start


@given(DAYS, st.integers(1, 40))
def test_counting_backwards_from_a_working_day_inverts(start, number):
    calendar = england()
    start = calendar.next_working_day_from(start)
    assert calendar.working_day_before(calendar.working_day_after(start, number), number) == start


@given(DAYS)
def test_the_tribunal_counts_no_day_that_we_do_not(day):
    calendar = england()
    assert calendar.is_working_day(day) or not calendar.is_tribunal_working_day(day)
    assert calendar.is_tribunal_working_day(day) == (
        calendar.is_working_day(day) and not in_tribunal_recess(day)
    )


@pytest.mark.parametrize(
    ("month", "day", "recess"),
    [(12, 24, False), (12, 25, True), (12, 31, True), (1, 1, True), (1, 2, False), (7, 31, False), (8, 1, True),
     (8, 31, True), (9, 1, False)],
)  # fmt: skip
def test_the_tribunals_recess(month, day, recess):
    assert in_tribunal_recess(date(2026, month, day)) is recess


@given(DAYS)
def test_rolling_finds_the_nearest_working_day_on_each_side(day):
    calendar = england()
    earlier, later = calendar.last_working_day_by(day), calendar.next_working_day_from(day)
    assert earlier <= day <= later
    assert calendar.is_working_day(earlier)
    assert calendar.is_working_day(later)
    assert calendar.working_days_between(earlier, later) == (0 if earlier == later else 1)


@pytest.mark.parametrize("number", [0, -1])
@pytest.mark.parametrize("count", [nth_after, nth_before])
def test_counting_no_days_is_refused(number, count):
    with pytest.raises(ValueError, match="Count at least one"):
        count(date(2026, 11, 2), number, england().is_working_day)


def test_a_day_is_added_with_its_reason():
    calendar = england().corrected([FUNERAL])
    assert calendar.bank_holiday(FUNERAL.day) == FUNERAL.reason
    assert not calendar.is_working_day(FUNERAL.day)
    assert calendar.corrections == (FUNERAL,)
    assert england().is_working_day(FUNERAL.day), "the shipped calendar never changes"


def test_a_day_is_moved_and_moved_back():
    moved = [
        Correction(date(2027, 5, 3), False, "Moved to 7 May by proclamation"),
        Correction(date(2027, 5, 7), True, "Early May bank holiday, moved by proclamation"),
    ]
    calendar = england().corrected(moved)
    assert calendar.is_working_day(date(2027, 5, 3))
    assert not calendar.is_working_day(date(2027, 5, 7))
    undone = calendar.corrected(
        [
            Correction(date(2027, 5, 7), False, "Proclamation withdrawn"),
            Correction(date(2027, 5, 3), True, "Early May bank holiday after all"),
        ]
    )
    assert undone.is_working_day(date(2027, 5, 7))
    assert not undone.is_working_day(date(2027, 5, 3))


def test_a_computed_day_can_be_taken_away():
    calendar = england().corrected([Correction(date(2031, 4, 11), False, "Good Friday made movable")])
    assert calendar.is_working_day(date(2031, 4, 11))


@pytest.mark.parametrize(
    ("correction", "words"),
    [
        (Correction(date(2026, 12, 25), True, "Christmas"), "bank holiday already"),
        (Correction(date(2026, 12, 24), False, "No longer"), "no bank holiday"),
        (Correction(date(2026, 12, 24), True, " "), "no reason"),
    ],
)
def test_a_correction_that_cannot_be_right_is_refused(correction, words):
    with pytest.raises(CalendarRefused, match=words):
        england().check(correction)


def test_a_correction_that_can_be_meant_is_accepted():
    england().check(FUNERAL)
    england().check(Correction(date(2027, 5, 3), False, "Moved to 7 May by proclamation"))


def test_a_correction_that_a_release_ships_later_changes_nothing():
    calendar = Calendar.england([Correction(date(2023, 5, 8), True, "Coronation"), FUNERAL])
    assert calendar.bank_holiday(date(2023, 5, 8)) == england().bank_holiday(date(2023, 5, 8))
    assert calendar.bank_holiday(FUNERAL.day) == FUNERAL.reason
