"""England's bank holidays as they follow from the calendar alone, for years nobody has published yet.

Eight days recur by rule (Banking and Financial Dealings Act 1971, and proclamation since): this module
computes those. Days proclaimed once, for a jubilee or a funeral, can't be computed; they are in the data.
"""

from __future__ import annotations

from datetime import date, timedelta
from functools import cache

_MONDAY = 0
_SATURDAY = 5


def easter_sunday(year: int) -> date:
    """Easter Sunday of a Gregorian year, by counting the moon's age from its golden number."""
    century, in_century = divmod(year, 100)
    golden = year % 19
    moon_correction = (century - (century + 8) // 25 + 1) // 3
    epact = (19 * golden + century - century // 4 - moon_correction + 15) % 30
    to_sunday = (32 + 2 * (century % 4) + 2 * (in_century // 4) - epact - in_century % 4) % 7
    late = (golden + 11 * epact + 22 * to_sunday) // 451
    month, day = divmod(epact + to_sunday - 7 * late + 114, 31)
    return date(year, month, day + 1)


@cache
def computed_bank_holidays(year: int) -> dict[date, str]:
    """The eight regular bank holidays of a year, with substitute days, by date."""
    easter = easter_sunday(year)
    days = {
        _moved_to_monday(date(year, 1, 1)): "New Year's Day",
        easter - timedelta(days=2): "Good Friday",
        easter + timedelta(days=1): "Easter Monday",
        _monday_from(date(year, 5, 1)): "Early May bank holiday",
        _monday_from(date(year, 5, 25)): "Spring bank holiday",
        _monday_from(date(year, 8, 25)): "Summer bank holiday",
    }
    return days | _christmas(year)


def _christmas(year: int) -> dict[date, str]:
    """Christmas and Boxing Day: one that falls on a weekend gives way to the next free weekday."""
    christmas, boxing = date(year, 12, 25), date(year, 12, 26)
    if christmas.weekday() == _SATURDAY:
        christmas, boxing = date(year, 12, 27), date(year, 12, 28)
    elif boxing.weekday() == _SATURDAY:
        boxing = date(year, 12, 28)
    elif christmas.weekday() > _SATURDAY:
        christmas = date(year, 12, 27)
    return {christmas: "Christmas Day", boxing: "Boxing Day"}


def _moved_to_monday(day: date) -> date:
    return _monday_from(day) if day.weekday() >= _SATURDAY else day


def _monday_from(day: date) -> date:
    """The first Monday on or after a day."""
    return day + timedelta(days=(_MONDAY - day.weekday()) % 7)
