"""Working hours: when people are told of what can wait until they are at work."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from engine.calendar.errors import CalendarRefused
from engine.calendar.working_days import Calendar
from engine.clock import LONDON

_HOURS = re.compile(r"(\d{2}):(\d{2})-(\d{2}):(\d{2})")
_DAY = timedelta(days=1)


@dataclass(frozen=True)
class WorkingHours:
    """From when until when people work on a working day, in London's time; the end isn't included."""

    opens: time = time(8)
    closes: time = time(18)

    def morning(self, day: date) -> datetime:
        """The instant at which work begins on a day, in UTC."""
        return datetime.combine(day, self.opens, LONDON).astimezone(UTC)

    def moment_from(self, instant: datetime, calendar: Calendar) -> datetime:
        """The first instant in working hours on or after an instant: itself, or the next working morning."""
        here = instant.astimezone(LONDON)
        if calendar.is_working_day(here.date()) and here.time() < self.closes:
            return max(instant, self.morning(here.date()))
        return self.morning(calendar.next_working_day_from(here.date() + _DAY))


def read_hours(text: str, where: str) -> WorkingHours:
    """Read hours such as ``08:00-18:00``.

    Raises:
        CalendarRefused: they are written otherwise, or the end isn't after the beginning.
    """
    found = _HOURS.fullmatch(text.strip())
    try:
        first, last = (time(int(found[n]), int(found[n + 1])) for n in (1, 3)) if found else (None, None)
    except ValueError:
        first = last = None
    if first is None or last is None or not first < last:
        raise CalendarRefused(
            where, text[:40], "These aren't hours of a day.", "Write them as 08:00-18:00, the earlier first."
        )
    return WorkingHours(first, last)
