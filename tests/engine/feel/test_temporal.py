"""Dates, times and durations: their text, their limits, and the nights the clocks change."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from engine.feel import Date, DateAndTime, DaysAndTime
from engine.feel.temporal import read_temporal
from engine.feel.temporal.civil import civil_from_days, days_from_civil
from tests.engine.feel.evaluating import table, value

NORMAL = table("""
    2020-02-29 ⇒ 2020-02-29
    -0044-03-15 ⇒ -0044-03-15
    0000-01-01 ⇒ 0000-01-01
    999999999-12-31 ⇒ 999999999-12-31
    10:00:00 ⇒ 10:00:00
    10:00:00.120 ⇒ 10:00:00.12
    10:00:00.123456789123 ⇒ 10:00:00.123456789
    10:00:00-00:00 ⇒ 10:00:00Z
    10:00:00+18:00 ⇒ 10:00:00+18:00
    10:00:00-01:30:15 ⇒ 10:00:00-01:30:15
    10:00:00@Etc/UTC ⇒ 10:00:00@Etc/UTC
    10:00:00@America/Argentina/Buenos_Aires ⇒ 10:00:00@America/Argentina/Buenos_Aires
    2020-01-01T24:00:00 ⇒ 2020-01-02T00:00:00
    2020-01-01T10:00:00@Europe/London ⇒ 2020-01-01T10:00:00@Europe/London
    P1Y14M ⇒ P2Y2M
    -P0M ⇒ P0M
    P1DT24H ⇒ P2D
    PT3661.5S ⇒ PT1H1M1.5S
    -P1DT1S ⇒ -P1DT1S
    P0D ⇒ PT0S
""")


@pytest.mark.parametrize(("text", "normal"), NORMAL)
def test_text_becomes_a_value_and_normal_text_again(text, normal):
    read = read_temporal(text)
    assert str(read) == normal
    assert read_temporal(normal) == read


REFUSED = """
    2020-1-01 2020-13-01 2020-04-31 2019-02-29 20200101 02020-01-01 1000000000-01-01 2020-01-01Z +2020-01-01
    10:00 1:00:00 24:00:00 25:00:00 10:60:00 10:00:60 10:00:00.  10:00:00+19:00 10:00:00+1:00 10:00:00+01:60
    10:00:00@Nowhere/City 10:00:00@../../etc/passwd 10:00:00Z@Europe/London 10:00:00@europe/london
    2020-01-01T24:00:01 2020-01-01T10:00 2020-01-01t10:00:00 999999999-12-31T24:00:00
    P PT P1 P1DT P1Y1D P1M1D P1W PT1D P1H PT1.S PT.5S P1.5D --P1D P-1D p1d P9999999999999999999D
    P999999999999999999D
"""


@pytest.mark.parametrize("text", REFUSED.split())
def test_any_other_text_is_none(text):
    assert read_temporal(text) is None


@pytest.mark.parametrize("days", [-719_529, -719_528, -1, 0, 59, 11_016, 10**9, -(10**9), 365 * 10**8])
def test_days_and_dates_agree(days):
    assert days_from_civil(*civil_from_days(days)) == days


def test_the_calendar_is_pythons_where_both_exist():
    for ordinal in range(1, date.max.toordinal(), 9_973):
        day = date.fromordinal(ordinal)
        assert Date.from_python(day).number == ordinal - date(1970, 1, 1).toordinal()
        assert Date.from_python(day).weekday == day.isoweekday()
        assert Date.from_python(day).to_python() == day


CLOCK_CHANGES = table("""
    @"2026-03-29T00:30:00@Europe/London" + @"PT1H" ⇒ @"2026-03-29T02:30:00@Europe/London"
    @"2026-03-28T12:00:00@Europe/London" + @"P1D" ⇒ @"2026-03-29T13:00:00@Europe/London"
    @"2026-03-29T03:00:00@Europe/London" - @"2026-03-29T00:00:00@Europe/London" ⇒ @"PT2H"
    @"2026-10-25T03:00:00@Europe/London" - @"2026-10-25T00:00:00@Europe/London" ⇒ @"PT4H"
    (@"2026-10-25T00:30:00@Europe/London" + @"PT2H") - @"2026-10-25T00:30:00@Europe/London" ⇒ @"PT2H"
    (@"2026-10-25T00:30:00@Europe/London" + @"PT2H").time offset ⇒ @"PT0S"
    (@"2026-10-25T00:30:00@Europe/London" + @"PT1H").time offset ⇒ @"PT1H"
    @"2026-03-01T12:00:00@Europe/London" + @"P1M" ⇒ @"2026-04-01T12:00:00@Europe/London"
    (@"2026-03-01T12:00:00@Europe/London" + @"P1M").time offset ⇒ @"PT1H"
    @"2026-03-28T12:00:00+00:00" + @"P1D" ⇒ @"2026-03-29T12:00:00Z"
    @"2026-03-28T12:00:00" + @"P1D" ⇒ @"2026-03-29T12:00:00"
    @"2026-03-28" + @"P1D" ⇒ @"2026-03-29"
    @"2026-07-01T12:00:00@Europe/London" < @"2026-07-01T11:30:00Z" ⇒ true
    date(@"2026-07-01T00:30:00@Europe/London") ⇒ @"2026-07-01"
    @"20260-07-01T12:00:00@Europe/London".time offset ⇒ @"PT1H"
    @"-2026-07-01T12:00:00@Europe/London".time offset ⇒ @"-PT1M15S"
    time("12:00:00@Europe/London").time offset ⇒ @"PT1H"
    @"12:00:00@Europe/London" = @"11:00:00Z" ⇒ true
""")


@pytest.mark.parametrize(("text", "expected"), CLOCK_CHANGES)
def test_the_nights_the_clocks_change(text, expected):
    assert value(text) == value(expected)


def test_pythons_values_come_in_and_go_out():
    instant = datetime(2026, 7, 1, 12, 30, 15, 250_000, tzinfo=UTC)
    assert value("a", {"a": instant}) == DateAndTime.from_python(instant)
    assert DateAndTime.from_python(instant).to_python() == instant
    local = instant.replace(tzinfo=None)
    assert value("a", {"a": local}).to_python() == local
    assert value("a.year", {"a": date(2026, 7, 1)}) == 2026
    length = timedelta(days=-1, seconds=5, microseconds=7)
    assert value("a", {"a": length}) == DaysAndTime.from_python(length)
    assert DaysAndTime.from_python(length).to_python() == length
    assert value("a", {"a": instant.time()}) == value('@"12:30:15.25"')


def test_a_date_beyond_python_cannot_go_out():
    with pytest.raises(ValueError, match="year"):
        Date(12_000, 1, 1).to_python()
