"""The two kinds of duration: days and time (an exact length), years and months (a calendar length)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from engine.feel.temporal.zones import DAY_NANOS, NANOS

LONGEST_NANOS = 10**28
LONGEST_MONTHS = 12 * 10**18


@dataclass(frozen=True, slots=True)
class DaysAndTime:
    """A length of time in nanoseconds; one day is always 24 hours."""

    nanos: int

    def __post_init__(self) -> None:
        if abs(self.nanos) > LONGEST_NANOS:
            raise ValueError("the duration is too long")

    @classmethod
    def from_python(cls, length: timedelta) -> DaysAndTime:
        """The same length as a Python ``timedelta``."""
        seconds = length.days * 86_400 + length.seconds
        return cls(seconds * NANOS + length.microseconds * 1_000)

    def to_python(self) -> timedelta:
        """The same length as a ``timedelta``, cut to microseconds.

        Raises:
            OverflowError: if it is longer than a ``timedelta`` can be.
        """
        return timedelta(microseconds=self.nanos // 1_000)

    def parts(self) -> tuple[int, int, int, int, int]:
        """Days, hours, minutes, seconds and nanoseconds, all with the sign of the whole."""
        sign = -1 if self.nanos < 0 else 1
        seconds, nanos = divmod(abs(self.nanos), NANOS)
        minutes, second = divmod(seconds, 60)
        hours, minute = divmod(minutes, 60)
        days, hour = divmod(hours, 24)
        return sign * days, sign * hour, sign * minute, sign * second, sign * nanos

    def __str__(self) -> str:
        days, hours, minutes, seconds, nanos = (abs(part) for part in self.parts())
        time = "".join(f"{n}{unit}" for n, unit in ((hours, "H"), (minutes, "M")) if n)
        if seconds or nanos:
            time += f"{seconds}{fraction(nanos)}S"
        day = f"{days}D" if days else ""
        if not day and not time:
            return "PT0S"
        return ("-" if self.nanos < 0 else "") + "P" + day + ("T" + time if time else "")


@dataclass(frozen=True, slots=True)
class YearsAndMonths:
    """A number of calendar months."""

    months: int

    def __post_init__(self) -> None:
        if abs(self.months) > LONGEST_MONTHS:
            raise ValueError("the duration is too long")

    def parts(self) -> tuple[int, int]:
        """Years and months, both with the sign of the whole."""
        sign = -1 if self.months < 0 else 1
        years, months = divmod(abs(self.months), 12)
        return sign * years, sign * months

    def __str__(self) -> str:
        years, months = (abs(part) for part in self.parts())
        text = (f"{years}Y" if years else "") + (f"{months}M" if months else "")
        return ("-" if self.months < 0 else "") + "P" + (text or "0M")


def fraction(nanos: int) -> str:
    """The decimal fraction of a second, with its point; empty for none."""
    return "." + f"{nanos:09d}".rstrip("0") if nanos else ""


def whole_days(days: int) -> DaysAndTime:
    """A duration of so many days."""
    return DaysAndTime(days * DAY_NANOS)
