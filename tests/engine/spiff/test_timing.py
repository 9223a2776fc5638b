"""Durations, repeating times, dates and cron expressions as text."""

from __future__ import annotations

import contextlib
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.spiff.cron import parse_cron
from engine.spiff.timing import parse_cycle, parse_duration, parse_moment

NOON = datetime(2026, 11, 2, 12, tzinfo=UTC)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("P6W", "2026-11-02T12:00", "2026-12-14T12:00"),
        ("P1M", "2027-01-31T12:00", "2027-02-28T12:00"),
        ("P1M", "2028-01-31T12:00", "2028-02-29T12:00"),
        ("P1Y", "2028-02-29T12:00", "2029-02-28T12:00"),
        ("P1M14D", "2026-12-31T12:00", "2027-02-14T12:00"),
        ("P1Y2M3W4DT5H6M7S", "2026-01-01T00:00", "2027-03-26T05:06:07"),
        ("PT36H", "2026-11-02T12:00", "2026-11-04T00:00"),
        ("PT0.5S", "2026-11-02T12:00", "2026-11-02T12:00:00.500000"),
        ("P1M", "2026-06-30T23:30", "2026-07-31T23:30"),
        ("P1M", "2026-10-10T09:00", "2026-11-10T10:00"),
        ("P7D", "2026-10-20T09:00", "2026-10-27T09:00"),
    ],
)
def test_durations(text: str, start: str, end: str) -> None:
    assert parse_duration(text).after(at(start)) == at(end)


@pytest.mark.parametrize(
    "text", ["", "P", "PT", "P1", "1D", "P1S", "PT1D", "-P1D", "P1.5M", "P0D", "PT0S", "P1DT", "p1d", "P1H"]
)
def test_what_is_no_duration(text: str) -> None:
    with pytest.raises(ValueError, match=r"not a duration|no length"):
        parse_duration(text)


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-07-01", "2026-06-30T23:00"),
        ("2026-12-01", "2026-12-01T00:00"),
        ("2026-07-01T12:00", "2026-07-01T11:00"),
        ("2026-07-01T12:00:00Z", "2026-07-01T12:00"),
        ("2026-07-01T12:00:00+02:00", "2026-07-01T10:00"),
        ("2026-07-01T12:00:00.250", "2026-07-01T11:00:00.250000"),
        ("2026-07-01T12:00:00@Europe/Paris", "2026-07-01T10:00"),
        ("2026-07-01T12:00:00[Europe/London]", "2026-07-01T11:00"),
    ],
)
def test_moments(text: str, moment: str) -> None:
    assert parse_moment(text) == at(moment)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "soon",
        "2026-04-31",
        "2026-13-01",
        "2026-01-01T25:00",
        "2026-01-01T12:00:00@No/Where",
        "01/02/2026",
    ],
)
def test_what_is_no_moment(text: str) -> None:
    with pytest.raises(ValueError, match=r"not a date|no day|no time zone"):
        parse_moment(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "R",
        "R0/P1D",
        "R3",
        "R-1/P1D",
        "P1D",
        "R3/P1D/2026-01-01",
        "R3/soon/P1D",
        "R3/P0D",
        "0 0 6 * *",
        "0 0 25 * * *",
        "x 0 6 * * *",
        "0 0 6 * * FOO",
        "0/0 0 6 * * *",
    ],
)
def test_what_is_no_repeating_time(text: str) -> None:
    with pytest.raises(ValueError, match=r"not|no |goes from"):
        parse_cycle(text)


@pytest.mark.parametrize(
    ("text", "following"),
    [
        ("0 0 6 * * *", ["2026-11-03T06:00", "2026-11-04T06:00"]),
        ("0 0 9-17/4 * * MON-FRI", ["2026-11-02T13:00", "2026-11-02T17:00", "2026-11-03T09:00"]),
        ("*/30 * * * * ?", ["2026-11-02T12:00:30", "2026-11-02T12:01"]),
        ("0 0 0 29 FEB *", ["2028-02-29T00:00", "2032-02-29T00:00"]),
        ("0 0 12 * * 0", ["2026-11-08T12:00"]),
        ("0 0 12 * * 7", ["2026-11-08T12:00"]),
        ("0 0 6 1 JUL *", ["2027-07-01T05:00"]),
        ("@monthly", ["2026-12-01T00:00"]),
        ("@hourly", ["2026-11-02T13:00"]),
    ],
)
def test_cron(text: str, following: list[str]) -> None:
    cron, moment = parse_cron(text), NOON
    for expected in following:
        moment = cron.after(moment)
        assert moment == at(expected)


def test_a_day_that_never_comes() -> None:
    with pytest.raises(OverflowError):
        parse_cron("0 0 0 31 6 *").after(NOON)


def test_a_time_beyond_the_calendar() -> None:
    with pytest.raises(OverflowError):
        parse_duration("P9000Y").after(NOON)


@given(st.integers(0, 40_000 * 24), st.integers(1, 60), st.integers(1, 30))
def test_periods_grow(hours: int, months: int, times: int) -> None:
    begin = at("1990-01-01T00:30") + timedelta(hours=hours)
    period = parse_duration(f"P{months}M")
    assert begin < period.after(begin, times) < period.after(begin, times + 1)


@given(st.text(alphabet="PTYMWDHS0123456789.,R/-: *", max_size=24))
def test_any_text_is_read_or_refused(text: str) -> None:
    for read in (parse_duration, parse_cycle, parse_moment):
        with contextlib.suppress(ValueError):
            assert read(text) is not None


def test_days_are_exact() -> None:
    before_the_change = datetime(2026, 10, 24, 12, tzinfo=UTC)
    assert parse_duration("P1D").after(before_the_change) - before_the_change == timedelta(days=1)
