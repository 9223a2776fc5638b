"""Temporal values from text: the ISO forms, strictly. Every reader answers None for any other text."""

from __future__ import annotations

import re

from engine.feel.temporal.durations import DaysAndTime, YearsAndMonths
from engine.feel.temporal.moments import WIDEST_OFFSET, Date, DateAndTime, Temporal, Time
from engine.feel.temporal.zones import DAY_NANOS, NANOS, is_zone

_DATE = r"(-?(?:[0-9]{4}|[1-9][0-9]{4,8}))-([0-9]{2})-([0-9]{2})"
_CLOCK = r"([0-9]{2}):([0-9]{2}):([0-9]{2})(?:\.([0-9]{1,100}))?"
_ZONE = r"(?:([Zz])|([+-])([0-9]{2}):([0-9]{2})(?::([0-9]{2}))?|@([A-Za-z0-9_+/-]{1,60}))?"
_PART = r"[0-9]{1,18}"
_DATE_TEXT = re.compile(_DATE)
_TIME_TEXT = re.compile("T?" + _CLOCK + _ZONE)
_DATE_TIME_TEXT = re.compile(_DATE + "T" + _CLOCK + _ZONE)
_MONTHS_TEXT = re.compile(rf"(-?)P(?:({_PART})Y)?(?:({_PART})M)?(?<!P)")
_DAYS_TEXT = re.compile(
    rf"(-?)P(?:({_PART})D)?"
    rf"(?:T(?:({_PART})H)?(?:({_PART})M)?(?:({_PART})(?:\.([0-9]{{1,100}}))?S)?(?<!T))?(?<!P)"
)


def read_date(text: str) -> Date | None:
    """``2026-11-02``; years of up to nine digits, negative ones too."""
    found = _DATE_TEXT.fullmatch(text)
    return _date(found.groups()) if found else None


def read_time(text: str) -> Time | None:
    """``10:30:00``, with a fraction, an offset, ``Z`` or ``@Zone/Name`` if wanted."""
    found = _TIME_TEXT.fullmatch(text)
    if found is None:
        return None
    nanos = _nanos(found.groups()[:4])
    zone = _zone(found.groups()[4:])
    return None if nanos is None or nanos == DAY_NANOS or zone is None else Time(nanos, *zone)


def read_date_and_time(text: str) -> DateAndTime | None:
    """``2026-11-02T10:30:00`` with the same endings as a time; ``24:00:00`` is the next day's midnight."""
    found = _DATE_TIME_TEXT.fullmatch(text)
    if found is None:
        return None
    day, nanos, zone = _date(found.groups()[:3]), _nanos(found.groups()[3:7]), _zone(found.groups()[7:])
    if day is None or nanos is None or zone is None:
        return None
    return _at(day, nanos, zone)


def _at(day: Date, nanos: int, zone: tuple[int | None, str | None]) -> DateAndTime | None:
    try:
        if nanos == DAY_NANOS:
            return DateAndTime(Date.from_number(day.number + 1), 0, *zone)
        return DateAndTime(day, nanos, *zone)
    except ValueError:
        return None


def read_duration(text: str) -> DaysAndTime | YearsAndMonths | None:
    """``P1Y2M`` or ``P1DT2H3M4.5S``; years and months don't mix with days and times."""
    found = _MONTHS_TEXT.fullmatch(text)
    if found:
        sign, years, months = found.groups()
        total = int(years or 0) * 12 + int(months or 0)
        return YearsAndMonths(-total if sign else total)
    found = _DAYS_TEXT.fullmatch(text)
    return _length(found.groups()) if found else None


def read_temporal(text: str) -> Temporal | None:
    """The value of ``@"..."``: what the text looks like decides which of the five types it is."""
    if text[:1] == "P" or text[:2] == "-P":
        return read_duration(text)
    if "T" in text.lstrip("T"):
        # A zone's name may hold a T as well: a time has no hyphen before its first colon.
        return read_date_and_time(text) or read_time(text)
    return read_time(text) if ":" in text else read_date(text)


def _date(groups: tuple[str | None, ...]) -> Date | None:
    year, month, day = (int(part or 0) for part in groups)
    try:
        return Date(year, month, day)
    except ValueError:
        return None


def _nanos(groups: tuple[str | None, ...]) -> int | None:
    hour, minute, second = (int(part or 0) for part in groups[:3])
    rest = int((groups[3] or "")[:9].ljust(9, "0"))
    if hour == 24 and minute == second == rest == 0:
        return DAY_NANOS
    if hour > 23 or minute > 59 or second > 59:
        return None
    return (hour * 3_600 + minute * 60 + second) * NANOS + rest


def _zone(groups: tuple[str | None, ...]) -> tuple[int | None, str | None] | None:
    """Offset and name, either or both absent; None if there is no such zone."""
    utc, sign, hours, minutes, seconds, name = groups
    if utc:
        return 0, None
    if name:
        return (None, name) if is_zone(name) else None
    if not sign:
        return None, None
    size = int(hours or 0) * 3_600 + int(minutes or 0) * 60 + int(seconds or 0)
    if size > WIDEST_OFFSET or int(minutes or 0) > 59 or int(seconds or 0) > 59:
        return None
    return (-size if sign == "-" else size), None


def _length(groups: tuple[str | None, ...]) -> DaysAndTime | None:
    sign, *parts, decimals = groups
    days, hours, minutes, seconds = (int(part or 0) for part in parts)
    nanos = ((days * 24 + hours) * 3_600 + minutes * 60 + seconds) * NANOS
    nanos += int((decimals or "")[:9].ljust(9, "0"))
    try:
        return DaysAndTime(-nanos if sign else nanos)
    except ValueError:
        return None
