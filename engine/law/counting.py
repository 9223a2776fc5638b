"""From an anchor to a last day: every way of counting, as pure arithmetic on dates."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Callable
from datetime import date, timedelta

from engine.calendar import Calendar, nth_after, nth_before
from engine.law.rules import Counting, Length, Limb, Unit

_DAY = timedelta(days=1)

Reckon = Callable[[date, int, Calendar], date]
"""Counts a number of units from an anchor."""


def last_day(limb: Limb, anchored_on: date, calendar: Calendar, number: int | None = None) -> date:
    """The last compliant day by one limb, before any rolling.

    Args:
        limb: how to count; its length must be computable.
        anchored_on: the day of the event.
        calendar: says which days are working days.
        number: count this many units instead of the limb's own.
    """
    length = limb.length
    if length.unit == "date":
        return _fixed_date(length, anchored_on)
    if length.unit == "immediate":
        return anchored_on
    if number is None:
        number = length.number or 0
    return WAYS[length.unit, limb.counting](anchored_on, number, calendar)


def _fixed_date(length: Length, anchored_on: date) -> date:
    """The day before a date in the anchor's year; without a date, the anchor itself."""
    if length.month is None or length.day is None:
        return anchored_on
    return date(anchored_on.year, length.month, length.day) - _DAY


def add_months(day: date, number: int) -> date:
    """The corresponding date so many months on (or back); a month too short gives its last day."""
    year, month = divmod(day.year * 12 + day.month - 1 + number, 12)
    if day.day <= 28:  # every month has it
        return date(year, month + 1, day.day)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


WAYS: dict[tuple[Unit, Counting | None], Reckon] = {
    ("days", "EXCL"): lambda day, n, _: day + timedelta(days=n),
    ("days", "INCL"): lambda day, n, _: day + timedelta(days=n - 1),
    ("days", "BACK"): lambda day, n, _: day - timedelta(days=n),
    ("weeks", "EXCL"): lambda day, n, _: day + timedelta(weeks=n),
    ("weeks", "INCL"): lambda day, n, _: day + timedelta(weeks=n) - _DAY,
    ("weeks", "BACK"): lambda day, n, _: day - timedelta(weeks=n),
    ("months", "EXCL"): lambda day, n, _: add_months(day, n),
    ("months", "PERIOD_INCL"): lambda day, n, _: add_months(day, n) - _DAY,
    ("months", "BACK"): lambda day, n, _: add_months(day, -n),
    ("working_days", "EXCL"): lambda day, n, each: nth_after(day, n, each.is_working_day),
    ("working_days", "INCL"): lambda day, n, each: nth_after(day - _DAY, n, each.is_working_day),
    ("working_days", "BACK"): lambda day, n, each: nth_before(day, n, each.is_working_day),
    ("tribunal_working_days", "EXCL"): lambda day, n, each: nth_after(day, n, each.is_tribunal_working_day),
}
"""Which ways of counting go with which unit."""
