"""What services answer about processes that somebody set going on a plan."""

from __future__ import annotations

from datetime import date

from engine.services.views import View


class StartedView(View):
    """A process that somebody set going on a plan, and the name of its limits and notices."""

    case_key: str
    process_instance_key: str
    occurrence: str


class YearView(View):
    """The year group of a child in the school year that began on `year_from`, and the kind of school."""

    case_key: str
    year: int
    year_from: date | None
    setting_phase: str | None


class TransferView(View):
    """A move that was asked for: its kind, and the name of its limits."""

    case_key: str
    occurrence: str
    kind: str


class AppealView(View):
    """An appeal against a notice; `ended_on` is None while it is pending."""

    case_key: str
    occurrence: str
    lodged_on: date
    ended_on: date | None
