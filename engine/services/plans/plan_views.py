"""What services answer about plans, their versions and their differences."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from engine.services.views import ChildView, View


class PlanView(View):
    """A plan as it stands today. What tells something about the child is None for who may not know it."""

    key: str
    case_key: str
    status: str
    child: ChildView | None
    made_on: date
    brought_in: bool
    version: int
    setting_urn: str | None
    setting_type: str
    curriculum_year: int | None
    looked_after: bool | None
    in_custody: bool | None
    next_review_by: date | None
    ceased_on: date | None


class PlanUpdateView(View):
    """A piece of information that came in, and whether it was taken into a version."""

    document_key: str
    source: str
    received_on: date
    accepted: bool
    reason: str | None


class PlanVersionView(View):
    """One version of a plan. `sections` and `updates` are None in lists, and for who may not read them."""

    number: int
    state: str
    origin: str
    digest: str
    issued_on: date | None
    created_at: datetime
    sections: dict[str, Any] | None
    updates: list[PlanUpdateView] | None


class LineView(View):
    """A line of a section, and in which of two versions it stands."""

    mark: str
    text: str


class SectionChangeView(View):
    """How one section went from a version to another."""

    section: str
    title: str
    change: str
    lines: list[LineView]


class ComparisonView(View):
    """Two versions of a plan, section by section; `before` is None where there's no earlier one."""

    before: int | None
    after: int
    sections: list[SectionChangeView]


class BroughtInView(View):
    """The plan and the case that were made for a plan from elsewhere."""

    plan_key: str
    case_key: str
    #: Cases with a plan in force for the same UPN or NHS number.
    duplicates: list[str]
