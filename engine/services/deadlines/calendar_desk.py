"""The calendar as an administrator sees it: a year's bank holidays, corrections, and what a new one moves."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from engine.calendar import Correction
from engine.services.audit import audit_of_authority
from engine.services.audit.audit import Event
from engine.services.deadlines import calendars
from engine.services.deadlines.views_of_calendars import (
    CorrectedView,
    CorrectionView,
    HolidayView,
    MovedView,
    YearView,
)
from engine.services.principals import Principal

if TYPE_CHECKING:
    from engine.application import Engine


def year_of(engine: Engine, principal: Principal, year: int) -> YearView:
    """A year's bank holidays as the authority counts them, and its corrections of that year."""
    principal.require("calendar:read")
    counted = engine.calendar(principal.authority)
    first = date(year, 1, 1)
    days = (first + timedelta(days=number) for number in range((date(year + 1, 1, 1) - first).days))
    named = ((day, counted.bank_holiday(day)) for day in days)
    return YearView(
        year=year,
        holidays=[HolidayView(day=day, name=name) for day, name in named if name is not None],
        corrections=[
            CorrectionView(day=each.day, is_holiday=each.is_holiday, reason=each.reason)
            for each in calendars.corrections(engine, principal.authority)
            if each.day.year == year
        ],
    )


def correct(
    engine: Engine, principal: Principal, day: date, reason: str, *, is_holiday: bool
) -> CorrectedView:
    """Make a day a bank holiday, or take one away; every running limit that hangs on it moves.

    Raises:
        BadInput: it changes nothing, or has no reason.
    """
    principal.require("calendar:correct")
    moved = calendars.correct(engine, principal.authority, Correction(day, is_holiday, reason))
    with engine.database.write() as connection:
        facts = {"day": day.isoformat(), "before": not is_holiday, "after": is_holiday, "moved": len(moved)}
        audit_of_authority.record(connection, engine, principal, Event.CALENDAR_CORRECTED, **facts)
    return CorrectedView(
        moved=[
            MovedView(
                case_key=str(each.case_key),
                rule=each.rule,
                occurrence=each.occurrence or None,
                before=each.before,
                after=each.after,
            )
            for each in moved
        ]
    )
