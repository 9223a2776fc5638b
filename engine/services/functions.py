"""The FEEL functions that are ours: dates as the law and England's working days count them."""

from __future__ import annotations

from datetime import date

from engine.calendar import Calendar
from engine.feel import BUILTINS, Functions
from engine.law import due

_ENGLAND = Calendar.england()


def _deadline(rule: str, anchor: date) -> date | None:
    return due(rule, anchor, calendar=_ENGLAND).last_day


def _is_working_day(day: date) -> bool:
    return _ENGLAND.is_working_day(day)


def _add_working_days(day: date, number: int) -> date:
    return _ENGLAND.working_day_after(day, int(number))


def _working_day_on_or_before(day: date) -> date:
    return _ENGLAND.last_working_day_by(day)


#: Every function that diagrams, tables and forms may call.
FUNCTIONS: Functions = (
    BUILTINS.extended("deadline(rule: string, anchor: date)", _deadline)
    .extended("is working day(date: date)", _is_working_day)
    .extended("add working days(date: date, number: number)", _add_working_days)
    .extended("working day on or before(date: date)", _working_day_on_or_before)
)
