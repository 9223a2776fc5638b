"""Dates, times of day, and dates with times.

A zone is kept as it was written: as an offset in seconds, or as a name with the offset it has at that
moment. Name and local time alone can't tell the two passes through the hour that a clock change repeats.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from engine.feel.temporal.civil import civil_from_days, days_from_civil, is_valid, month_length
from engine.feel.temporal.durations import DaysAndTime, YearsAndMonths, fraction
from engine.feel.temporal.zones import DAY_NANOS, NANOS, offset_at_instant, offset_at_local, time_zone

WIDEST_OFFSET = 18 * 3_600


@dataclass(frozen=True, slots=True)
class Date:
    """A day of the calendar, without time or zone.

    Raises:
        ValueError: if there is no such day.
    """

    year: int
    month: int
    day: int

    def __post_init__(self) -> None:
        if not is_valid(self.year, self.month, self.day):
            raise ValueError(f"there is no day {self.year}-{self.month}-{self.day}")

    @classmethod
    def from_python(cls, day: date) -> Date:
        """The same day as a ``datetime.date``."""
        return cls(day.year, day.month, day.day)

    @classmethod
    def from_number(cls, days: int) -> Date:
        """The day so many days after 1 January 1970."""
        return cls(*civil_from_days(days))

    def to_python(self) -> date:
        """The same day as a ``datetime.date``.

        Raises:
            ValueError: if the year isn't between 1 and 9999.
        """
        return date(self.year, self.month, self.day)

    @property
    def number(self) -> int:
        """Days since 1 January 1970."""
        return days_from_civil(self.year, self.month, self.day)

    @property
    def weekday(self) -> int:
        """1 for Monday to 7 for Sunday."""
        return (self.number + 3) % 7 + 1

    def plus_months(self, months: int) -> Date:
        """The same day of a later month, or that month's last day if it is shorter."""
        years, month = divmod(self.year * 12 + self.month - 1 + months, 12)
        day = min(self.day, month_length(years, month + 1))
        return Date(years, month + 1, day)

    def plus(self, length: DaysAndTime) -> Date:
        """The day that holds midnight of this one plus the length."""
        return Date.from_number(self.number + length.nanos // DAY_NANOS)

    def __str__(self) -> str:
        sign = "-" if self.year < 0 else ""
        return f"{sign}{abs(self.year):04d}-{self.month:02d}-{self.day:02d}"


@dataclass(frozen=True, slots=True)
class Time:
    """A time of day: nanoseconds from midnight, with offset, with a named zone, or local.

    A named zone has no offset until a day is given: ``offset`` is None before ``on`` has been asked.
    """

    nanos: int
    offset: int | None = None
    zone: str | None = None

    @classmethod
    def from_python(cls, moment: time) -> Time:
        """The same time as a ``datetime.time``."""
        seconds = moment.hour * 3_600 + moment.minute * 60 + moment.second
        offset = moment.utcoffset()
        seconds_east = None if offset is None else int(offset.total_seconds())
        return cls(seconds * NANOS + moment.microsecond * 1_000, seconds_east)

    def on(self, day: int) -> Time:
        """This time with the offset that its named zone has on a day (days since 1970)."""
        if self.zone is None or self.offset is not None:
            return self
        return Time(self.nanos, offset_at_local(self.zone, day, self.nanos), self.zone)

    @property
    def line(self) -> int:
        """Its place for comparison: nanoseconds of the day in UTC, or local ones without a zone."""
        return self.nanos - (self.offset or 0) * NANOS

    @property
    def is_zoned(self) -> bool:
        """Whether it has an offset or a named zone."""
        return self.offset is not None or self.zone is not None

    def plus(self, length: DaysAndTime) -> Time:
        """The time after a length, going round at midnight."""
        return Time((self.nanos + length.nanos) % DAY_NANOS, self.offset, self.zone)

    def __str__(self) -> str:
        return clock_text(self.nanos) + zone_text(self.offset, self.zone)


@dataclass(frozen=True, slots=True)
class DateAndTime:
    """A day and a time of day; an instant if it has an offset or a named zone."""

    date: Date
    nanos: int
    offset: int | None = None
    zone: str | None = None

    def __post_init__(self) -> None:
        if self.zone is not None and self.offset is None:
            object.__setattr__(self, "offset", offset_at_local(self.zone, self.date.number, self.nanos))

    @classmethod
    def from_python(cls, moment: datetime) -> DateAndTime:
        """The same moment as a ``datetime``; an aware one keeps its offset."""
        seconds = moment.hour * 3_600 + moment.minute * 60 + moment.second
        offset = moment.utcoffset()
        seconds_east = None if offset is None else int(offset.total_seconds())
        return cls(Date.from_python(moment), seconds * NANOS + moment.microsecond * 1_000, seconds_east)

    @classmethod
    def from_instant(cls, instant: int, zone: str | None, offset: int | None) -> DateAndTime:
        """The moment of an instant (nanoseconds since 1970, UTC) as shown in a zone or at an offset."""
        shown = offset_at_instant(zone, instant) if zone is not None else offset
        day, nanos = divmod(instant + (shown or 0) * NANOS, DAY_NANOS)
        return cls(Date.from_number(day), nanos, shown, zone)

    @classmethod
    def in_zone(cls, moment: datetime, zone: str) -> DateAndTime:
        """An aware ``datetime`` as shown by the clocks of a named zone."""
        shown = cls.from_python(moment.astimezone(time_zone(zone)))
        return cls(shown.date, shown.nanos, shown.offset, zone)

    def to_python(self) -> datetime:
        """The same moment as a ``datetime``: aware, in UTC, if it has a zone; naive if it has none.

        Raises:
            ValueError: if the year isn't between 1 and 9999.
        """
        since = timedelta(microseconds=self.line % DAY_NANOS // 1_000)
        midnight = Date.from_number(self.line // DAY_NANOS).to_python()
        zone = UTC if self.is_zoned else None
        return datetime.combine(midnight, time.min, zone) + since

    @property
    def line(self) -> int:
        """Its place for comparison: nanoseconds since 1970 in UTC, or local ones without a zone."""
        return self.date.number * DAY_NANOS + self.nanos - (self.offset or 0) * NANOS

    @property
    def is_zoned(self) -> bool:
        """Whether it has an offset or a named zone, and so is an instant."""
        return self.offset is not None

    @property
    def time(self) -> Time:
        """The time of day, with the same zone."""
        return Time(self.nanos, self.offset, self.zone)

    def plus(self, length: DaysAndTime) -> DateAndTime:
        """The moment after a length; in a named zone it is counted in UTC, across clock changes too."""
        return DateAndTime.from_instant(self.line + length.nanos, self.zone, self.offset)

    def plus_months(self, months: int) -> DateAndTime:
        """The same time of day on the same day of a later month, or on its last day."""
        offset = None if self.zone is not None else self.offset
        return DateAndTime(self.date.plus_months(months), self.nanos, offset, self.zone)

    def __str__(self) -> str:
        return f"{self.date}T{clock_text(self.nanos)}{zone_text(self.offset, self.zone)}"


Temporal = Date | Time | DateAndTime | DaysAndTime | YearsAndMonths
TEMPORAL_CLASSES = (Date, Time, DateAndTime, DaysAndTime, YearsAndMonths)


def clock_text(nanos: int) -> str:
    """``hh:mm:ss`` with the fraction of a second, if any."""
    seconds, rest = divmod(nanos, NANOS)
    return f"{seconds // 3_600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}{fraction(rest)}"


def zone_text(offset: int | None, zone: str | None) -> str:
    """``@Europe/London``, ``Z``, ``+01:00``, or nothing."""
    if zone is not None:
        return "@" + zone
    if offset is None:
        return ""
    if offset == 0:
        return "Z"
    size = abs(offset)
    seconds = f":{size % 60:02d}" if size % 60 else ""
    return f"{'-' if offset < 0 else '+'}{size // 3_600:02d}:{size // 60 % 60:02d}{seconds}"


def midnight_utc(day: Date) -> DateAndTime:
    """A date where a date and time is wanted: its midnight in UTC."""
    return DateAndTime(day, 0, 0)
