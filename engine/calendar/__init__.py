"""England's calendar: bank holidays as dated data, working days, and when settings are open."""

from engine.calendar.errors import CalendarRefused
from engine.calendar.hours import WorkingHours, read_hours
from engine.calendar.published import england, read_calendar, read_corrections
from engine.calendar.settings import Closure, SettingCalendar, Term
from engine.calendar.working_days import Calendar, Correction, in_tribunal_recess, nth_after, nth_before

__all__ = [
    "Calendar",
    "CalendarRefused",
    "Closure",
    "Correction",
    "SettingCalendar",
    "Term",
    "WorkingHours",
    "england",
    "in_tribunal_recess",
    "nth_after",
    "nth_before",
    "read_calendar",
    "read_corrections",
    "read_hours",
]
