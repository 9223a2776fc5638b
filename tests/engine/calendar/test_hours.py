"""Working hours: what comes by night or at a weekend waits for the next working morning in London."""

from __future__ import annotations

from datetime import UTC, date, datetime, time

import pytest

from engine.calendar import CalendarRefused, WorkingHours, england, read_hours

HOURS = WorkingHours()


def utc(year: int, month: int, day: int, hour: int = 0, minute: int = 0, second: int = 0) -> datetime:
    return datetime(year, month, day, hour, minute, second, tzinfo=UTC)


@pytest.mark.parametrize(
    ("told", "heard"),
    [
        (utc(2026, 11, 2, 0, 0), utc(2026, 11, 2, 8, 0)),  # Monday, midnight
        (utc(2026, 11, 2, 8, 0), utc(2026, 11, 2, 8, 0)),
        (utc(2026, 11, 2, 17, 59), utc(2026, 11, 2, 17, 59)),
        (utc(2026, 11, 2, 18, 0), utc(2026, 11, 3, 8, 0)),  # the end isn't included
        (utc(2026, 11, 6, 19, 0), utc(2026, 11, 9, 8, 0)),  # Friday evening
        (utc(2026, 11, 7, 11, 0), utc(2026, 11, 9, 8, 0)),  # Saturday
        (utc(2026, 12, 24, 20, 0), utc(2026, 12, 29, 8, 0)),  # over Christmas, the 28th in its stead
        (utc(2026, 3, 27, 22, 0), utc(2026, 3, 30, 7, 0)),  # the clocks go forward in between
        (utc(2026, 10, 23, 18, 0), utc(2026, 10, 26, 8, 0)),  # and back
        (utc(2026, 7, 1, 6, 30), utc(2026, 7, 1, 7, 0)),  # summer time
        (utc(2026, 6, 30, 23, 30), utc(2026, 7, 1, 7, 0)),  # it's the next day in London already
    ],
)
def test_what_comes_outside_hours_waits_for_the_next_working_morning(told: datetime, heard: datetime) -> None:
    assert HOURS.moment_from(told, england()) == heard


def test_the_morning_of_a_day_is_londons() -> None:
    assert HOURS.morning(date(2026, 7, 1)) == utc(2026, 7, 1, 7, 0)
    assert HOURS.morning(date(2026, 11, 2)) == utc(2026, 11, 2, 8, 0)


def test_hours_are_read() -> None:
    assert read_hours("07:30-16:00", "EHC_WORKING_HOURS") == WorkingHours(time(7, 30), time(16))


@pytest.mark.parametrize("text", ["8-18", "18:00-08:00", "08:00-08:00", "08:00-25:00", "", "08:00 - 18:00"])
def test_hours_that_are_none_are_refused(text: str) -> None:
    with pytest.raises(CalendarRefused, match=r"EHC_WORKING_HOURS.*08:00-18:00"):
        read_hours(text, "EHC_WORKING_HOURS")
