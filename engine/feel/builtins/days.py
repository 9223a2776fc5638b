"""Built-ins on the calendar and the clock."""

from __future__ import annotations

from datetime import date as python_date
from decimal import Decimal

from engine.feel.evaluation import Evaluation
from engine.feel.functions import family
from engine.feel.temporal import Date, DateAndTime

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)


def _day(moment: Date | DateAndTime) -> Date:
    return moment.date if isinstance(moment, DateAndTime) else moment


def _day_of_week(moment: Date | DateAndTime) -> str:
    return WEEKDAYS[_day(moment).weekday - 1]


def _day_of_year(moment: Date | DateAndTime) -> Decimal:
    day = _day(moment)
    return Decimal(day.number - Date(day.year, 1, 1).number + 1)


def _month_of_year(moment: Date | DateAndTime) -> str:
    return MONTHS[_day(moment).month - 1]


def _week_of_year(moment: Date | DateAndTime) -> Decimal:
    day = _day(moment)
    # The calendar repeats every 400 years, weekdays included.
    near = python_date(2_000 + day.year % 400, day.month, day.day)
    return Decimal(near.isocalendar().week)


def _now(*, evaluation: Evaluation) -> DateAndTime:
    return evaluation.now()


def _today(*, evaluation: Evaluation) -> Date:
    return evaluation.today()


DAYS = family(
    [
        ("day of week(date: date|date and time) -> string", _day_of_week),
        ("day of year(date: date|date and time) -> number", _day_of_year),
        ("month of year(date: date|date and time) -> string", _month_of_year),
        ("week of year(date: date|date and time) -> number", _week_of_year),
        ("now() -> date and time", _now),
        ("today() -> date", _today),
    ]
)
