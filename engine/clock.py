"""The only module that reads the time.

An instant is an aware ``datetime`` in UTC; a day is a ``date`` in Europe/London. A day becomes an
instant at its first moment in London, and nowhere else.
"""

from __future__ import annotations

import threading
from datetime import UTC, date, datetime, time, timedelta
from typing import Protocol, runtime_checkable
from zoneinfo import ZoneInfo

LONDON = ZoneInfo("Europe/London")


@runtime_checkable
class Clock(Protocol):
    """Says what time it is. Whoever needs the time is given one of these."""

    def now(self) -> datetime:
        """The present instant, aware, in UTC."""
        ...

    def today(self) -> date:
        """The present day in Europe/London."""
        ...


class SystemClock:
    """The clock of the machine."""

    def now(self) -> datetime:
        """The machine's present instant, in UTC."""
        return datetime.now(UTC)

    def today(self) -> date:
        """The machine's present day in Europe/London."""
        return day_of(self.now())


class SteppedClock:
    """A clock that stands still until it is moved on. Safe to share between threads.

    Args:
        start: the first instant, aware; kept in UTC.

    Raises:
        ValueError: if ``start`` has no time zone.
    """

    def __init__(self, start: datetime) -> None:
        self._now = as_utc(start)
        self._lock = threading.Lock()

    def now(self) -> datetime:
        """The instant the clock stands at, in UTC."""
        with self._lock:
            return self._now

    def today(self) -> date:
        """The London day the clock stands in."""
        return day_of(self.now())

    def advance(self, by: timedelta) -> datetime:
        """Move the clock on by a length of time and return where it stands.

        Raises:
            ValueError: if the length is negative.
        """
        if by < timedelta(0):
            raise ValueError(f"The clock cannot go back by {-by}. Advance it by a positive length.")
        with self._lock:
            self._now += by
            return self._now

    def advance_to(self, instant: datetime) -> datetime:
        """Move the clock on to an instant and return it.

        Raises:
            ValueError: if the instant has no time zone or has already passed.
        """
        target = as_utc(instant)
        with self._lock:
            if target < self._now:
                raise ValueError(
                    f"The clock stands at {format_instant(self._now)} and cannot go back to "
                    f"{format_instant(target)}. Start a new clock for an earlier time."
                )
            self._now = target
            return self._now


def as_utc(instant: datetime) -> datetime:
    """The same instant in UTC.

    Raises:
        ValueError: if it has no time zone: such a time names no instant.
    """
    if instant.utcoffset() is None:
        raise ValueError(f"The time {instant.isoformat()} has no time zone. Add one, for example +00:00.")
    return instant.astimezone(UTC)


def day_of(instant: datetime) -> date:
    """The day in Europe/London that holds an instant."""
    return as_utc(instant).astimezone(LONDON).date()


def start_of_day(day: date) -> datetime:
    """00:00 Europe/London of a day, as an instant in UTC (23:00 the evening before, in summer)."""
    return datetime.combine(day, time.min, LONDON).astimezone(UTC)


def format_instant(instant: datetime) -> str:
    """An instant as ISO 8601 text in UTC ending in ``Z``; fractions only where there are any.

    Raises:
        ValueError: if it has no time zone.
    """
    return as_utc(instant).replace(tzinfo=None).isoformat() + "Z"


def parse_instant(text: str) -> datetime:
    """Read an instant written as ISO 8601 with an offset or ``Z``.

    Raises:
        ValueError: if the text is no such instant, or lacks its offset.
    """
    try:
        return as_utc(datetime.fromisoformat(text))
    except ValueError as error:
        raise ValueError(
            f"'{text}' is not an instant. Write date, time and offset, for example 2026-11-02T09:30:00Z."
        ) from error
