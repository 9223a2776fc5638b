"""Times of timers: durations, repeating intervals and dates as text, worked out to absolute instants.

Years and months are counted on the London calendar and end at the month's last day where the day does not
exist (31 January plus a month is 28 or 29 February); weeks, days and shorter are exact lengths of time.
A date or time without an offset is Europe/London.
"""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from engine.clock import LONDON, start_of_day
from engine.spiff.cron import Cron, looks_like_cron, parse_cron

_DURATION = re.compile(
    r"P(?=\d|T\d)(?:(?P<years>\d{1,4})Y)?(?:(?P<months>\d{1,5})M)?(?:(?P<weeks>\d{1,5})W)?(?:(?P<days>\d{1,7})D)?"
    r"(?:T(?=\d)(?:(?P<hours>\d{1,9})H)?(?:(?P<minutes>\d{1,10})M)?(?:(?P<seconds>\d{1,12}(?:[.,]\d{1,6})?)S)?)?"
)
_REPEATING = re.compile(r"R(?P<count>\d{0,6})/(?:(?P<start>[^/P][^/]*)/)?(?P<period>P[^/]*)")
_INSTANT = re.compile(
    r"(?P<day>\d{4}-\d\d-\d\d)(?:T(?P<clock>\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?)"
    r"(?P<zone>Z|[+-]\d\d:\d\d)?(?:\[(?P<region>[A-Za-z_]+/[A-Za-z_/]+)\]|@(?P<named>[A-Za-z_]+/[A-Za-z_/]+))?)?"
)


@dataclass(frozen=True)
class Period:
    """A length of time: whole calendar months and an exact rest."""

    months: int
    rest: timedelta

    def after(self, start: datetime, times: int = 1) -> datetime:
        """The instant a number of periods after another one, in UTC.

        Counted in one go from ``start``: three months after 30 November is the end of February, and four
        are 30 March.

        Raises:
            OverflowError: if the answer lies beyond the year 9999.
        """
        moment = start
        if self.months:
            moment = _months_later(start.astimezone(LONDON), self.months * times)
        return moment.astimezone(UTC) + self.rest * times


@dataclass(frozen=True)
class Cycle:
    """A repeating time: how often (``None``: without end), and a period and its start, or a cron one."""

    count: int | None = None
    start: datetime | None = None
    period: Period | None = None
    cron: Cron | None = None

    def first(self, origin: datetime) -> datetime:
        """Its first instant, counted from ``origin`` if it has no start of its own."""
        return self.start or self.occurrence(1, origin, origin)

    def occurrence(self, number: int, origin: datetime, previous: datetime) -> datetime:
        """The instant of an occurrence, the first being 1.

        Periods count from the start, or from ``origin``, in one go; a cron expression from ``previous``.
        """
        if self.cron is not None:
            return self.cron.after(previous)
        assert self.period is not None
        return (
            self.period.after(origin, number)
            if self.start is None
            else self.period.after(self.start, number - 1)
        )


def parse_duration(text: str) -> Period:
    """Read a duration such as ``P6W``, ``P1M14D`` or ``PT36H``.

    Raises:
        ValueError: if the text is no ISO 8601 duration, or one of no length.
    """
    found = _DURATION.fullmatch(text.strip())
    if not found:
        raise ValueError(f"'{text}' is not a duration. Write for example P14D, P6W, P1M or PT36H.")
    part = {name: float(value.replace(",", ".")) for name, value in found.groupdict().items() if value}
    months = int(part.pop("years", 0) * 12 + part.pop("months", 0))
    period = Period(months, timedelta(**part))
    if not period.months and not period.rest:
        raise ValueError(f"'{text}' has no length. Write for example P14D.")
    return period


def parse_cycle(text: str) -> Cycle:
    """Read a repeating time such as ``R3/P7D``, ``R/PT1H``, ``R4/2026-09-01/P1M`` or ``0 0 6 * * MON-FRI``.

    Raises:
        ValueError: if the text is none, or repeats nothing.
    """
    if looks_like_cron(text):
        return Cycle(cron=parse_cron(text))
    found = _REPEATING.fullmatch(text.strip())
    if not found or (found["count"] and int(found["count"]) == 0):
        raise ValueError(f"'{text}' is not a repeating interval. Write for example R3/P7D or R/P7D.")
    count = int(found["count"]) if found["count"] else None
    start = parse_moment(found["start"]) if found["start"] else None
    return Cycle(count, start, parse_duration(found["period"]))


def parse_moment(text: str) -> datetime:
    """Read a date or a date and time as an instant in UTC; without an offset it is London's.

    Raises:
        ValueError: if the text is no date, or names a day or hour that does not exist.
    """
    found = _INSTANT.fullmatch(text.strip())
    if not found:
        raise ValueError(f"'{text}' is not a date or time. Write for example 2026-09-01 or 2026-09-01T09:00.")
    try:
        day = date.fromisoformat(found["day"])
        if not found["clock"]:
            return start_of_day(day)
        moment = datetime.fromisoformat(f"{found['day']}T{found['clock'][:15]}{found['zone'] or ''}")
    except ValueError as error:
        raise ValueError(f"'{text}' is no day or time that exists ({error}).") from error
    return _in_zone(moment, found["region"] or found["named"]).astimezone(UTC)


def looks_like_a_moment(text: str) -> bool:
    """Whether a text is written like a date or a date and time, be it a possible one or not."""
    return bool(_INSTANT.fullmatch(text.strip()))


def looks_like_a_duration(text: str) -> bool:
    """Whether a text is meant as an ISO 8601 duration or repeating interval."""
    return bool(re.fullmatch(r"(R\d*/.*|P[0-9T][0-9A-Z.,]*)", text.strip()))


def _in_zone(moment: datetime, region: str | None) -> datetime:
    if moment.tzinfo is not None:
        return moment
    return moment.replace(tzinfo=_zone(region) if region else LONDON)


def _zone(region: str) -> ZoneInfo:
    try:
        return ZoneInfo(region)
    except (ZoneInfoNotFoundError, ValueError) as problem:
        raise ValueError(f"There is no time zone {region}.") from problem


def _months_later(moment: datetime, months: int) -> datetime:
    year, month = divmod(moment.year * 12 + moment.month - 1 + months, 12)
    if not 1 <= year <= 9999:
        raise OverflowError(f"The year {year} is beyond the calendar.")
    day = min(moment.day, monthrange(year, month + 1)[1])
    return moment.replace(year=year, month=month + 1, day=day)
