"""What services answer about the calendar."""

from __future__ import annotations

from datetime import date

from engine.services.views import View


class HolidayView(View):
    """A bank holiday."""

    day: date
    name: str


class CorrectionView(View):
    """A bank holiday that the authority added or took away, and why."""

    day: date
    is_holiday: bool
    reason: str


class YearView(View):
    """A year as the authority counts it."""

    year: int
    holidays: list[HolidayView]
    corrections: list[CorrectionView]


class MovedView(View):
    """A limit that a correction moved."""

    case_key: str
    rule: str
    occurrence: str | None
    before: date | None
    after: date | None


class CorrectedView(View):
    """All that a correction moved."""

    moved: list[MovedView]
