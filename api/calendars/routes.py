"""`/calendar`: bank holidays as the authority counts them, and their corrections."""

from __future__ import annotations

from typing import Any

from flask import Response

from api.answers import answer
from api.blueprint import API_ROOT, Blueprint, permission
from api.calendars.schemas import (
    CORRECTED,
    NEW_CORRECTION,
    YEAR,
    CalendarYear,
    CorrectedCalendar,
    NewCorrection,
    YearQuery,
)
from api.context import current_engine, current_principal
from api.repeats import repeatable
from engine.services.deadlines import calendar_desk as service

calendars = Blueprint("calendars", f"{API_ROOT}/calendar", "Bank holidays, and their corrections.")


@calendars.get("")
@permission("calendar:read")
@calendars.filters(YearQuery)
@calendars.answers(200, CalendarYear, YEAR)
def get_calendar(query: dict[str, Any]) -> Response:
    """Read a year's bank holidays and corrections."""
    return answer(service.year_of(current_engine(), current_principal(), query["year"]))


@calendars.post("/corrections")
@permission("calendar:correct")
@repeatable
@calendars.takes(NewCorrection, NEW_CORRECTION)
@calendars.answers(200, CorrectedCalendar, CORRECTED)
def correct_calendar(body: dict[str, Any]) -> Response:
    """Add or take away a bank holiday.

    Every running limit that hangs on it moves, and is listed. Correct it back to lift it.
    """
    corrected = service.correct(
        current_engine(), current_principal(), body["day"], body["reason"], is_holiday=body["is_holiday"]
    )
    return answer(corrected)
