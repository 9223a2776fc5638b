"""One clock: instants in UTC, days in London, never backwards."""

import sys
import threading
from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.clock import (
    LONDON,
    Clock,
    SteppedClock,
    SystemClock,
    as_utc,
    day_of,
    format_instant,
    parse_instant,
    start_of_day,
)

MORNING = datetime(2026, 11, 2, 9, 30, tzinfo=UTC)


def test_the_system_clock_tells_utc_and_moves_on():
    clock = SystemClock()
    first = clock.now()
    assert first.utcoffset() == timedelta(0)
    assert clock.now() >= first
    assert clock.today() in {day_of(first), day_of(clock.now())}


@pytest.mark.parametrize("clock", [SystemClock(), SteppedClock(MORNING)])
def test_both_clocks_fit_the_protocol(clock):
    assert isinstance(clock, Clock)


def test_a_stepped_clock_stands_still_until_advanced():
    clock = SteppedClock(MORNING)
    assert clock.now() == clock.now() == MORNING
    assert clock.advance(timedelta(weeks=6)) == datetime(2026, 12, 14, 9, 30, tzinfo=UTC)
    assert clock.advance_to(datetime(2027, 1, 1, tzinfo=UTC)) == clock.now()


def test_a_stepped_clock_keeps_utc_whatever_it_is_given():
    clock = SteppedClock(datetime(2026, 7, 1, 0, 30, tzinfo=LONDON))
    assert clock.now() == datetime(2026, 6, 30, 23, 30, tzinfo=UTC)
    assert clock.now().tzinfo is UTC
    assert clock.today() == date(2026, 7, 1)


def test_a_stepped_clock_never_goes_back():
    clock = SteppedClock(MORNING)
    with pytest.raises(ValueError, match="cannot go back to 2026-11-02T09:29:59Z"):
        clock.advance_to(MORNING - timedelta(seconds=1))
    with pytest.raises(ValueError, match="cannot go back by 0:00:01"):
        clock.advance(timedelta(seconds=-1))
    assert clock.advance_to(MORNING) == MORNING


def test_a_time_without_a_zone_is_refused():
    with pytest.raises(ValueError, match="no time zone"):
        SteppedClock(datetime(2026, 11, 2))  # noqa: DTZ001
    with pytest.raises(ValueError, match="not an instant"):
        parse_instant("2026-11-02T09:30:00")


class Interruptible(datetime):
    """An instant whose sums run in Python, so that another thread may come between."""

    def __add__(self, by):
        return super().__add__(by)


@pytest.fixture
def threads_that_switch_often():
    usual = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(usual)


@pytest.mark.usefixtures("threads_that_switch_often")
def test_steps_from_many_threads_all_count():
    clock = SteppedClock(Interruptible(2026, 11, 2, 9, 30, tzinfo=UTC))
    threads = [
        threading.Thread(target=lambda: [clock.advance(timedelta(seconds=1)) for _ in range(2000)])
        for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert clock.now() == MORNING + timedelta(seconds=8000)


@pytest.mark.parametrize(
    ("day", "instant"),
    [
        (date(2026, 12, 15), "2026-12-15T00:00:00Z"),
        (date(2026, 7, 1), "2026-06-30T23:00:00Z"),
        (date(2027, 3, 28), "2027-03-28T00:00:00Z"),  # clocks go forward at 01:00 on this day
        (date(2027, 3, 29), "2027-03-28T23:00:00Z"),
        (date(2026, 10, 25), "2026-10-24T23:00:00Z"),  # clocks go back at 02:00 on this day
        (date(2026, 10, 26), "2026-10-26T00:00:00Z"),
    ],
)
def test_a_day_starts_at_midnight_in_london(day, instant):
    assert format_instant(start_of_day(day)) == instant


@given(st.dates(date(1990, 1, 1), date(2100, 1, 1)))
def test_the_start_of_a_day_is_its_first_moment(day):
    start = start_of_day(day)
    assert day_of(start) == day
    assert day_of(start - timedelta(microseconds=1)) == day - timedelta(days=1)


@given(st.datetimes(datetime(1971, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC)))  # noqa: DTZ001
def test_text_and_back_is_the_same_instant(instant):
    assert parse_instant(format_instant(instant)) == instant


def test_offsets_are_read_and_written_as_utc():
    east = datetime(2026, 11, 2, 11, 30, tzinfo=timezone(timedelta(hours=2)))
    assert format_instant(east) == "2026-11-02T09:30:00Z"
    assert parse_instant("2026-11-02T11:30:00+02:00") == MORNING == as_utc(east)


@pytest.mark.parametrize("text", ["", "soon", "2026-13-01T00:00:00Z", "2026-11-02"])
def test_what_is_no_instant_is_refused_with_an_example(text):
    with pytest.raises(ValueError, match="for example 2026-11-02T09:30:00Z"):
        parse_instant(text)
