"""What services answer about how long records are kept, and what was destroyed."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from engine.services.views import View


class RuleView(View):
    """How long records of a class are kept, from a day on."""

    record_class: str
    title: str
    since: date
    counts_from: str
    years: int
    default: bool
    source: str


class DueView(View):
    """A closed case, and the first day on which its records need no longer be kept."""

    case_key: str
    record_class: str
    due_on: date
    closed_on: date
    default: bool
    on_hold: bool


class HoldView(View):
    """What keeps the records of a case, or without one of the whole authority."""

    key: str
    case_key: str | None
    reason: str
    placed_at: datetime
    lifted_at: datetime | None


class DestructionView(View):
    """A destruction, from its proposal to its certificate."""

    key: str
    case_key: str
    state: str
    record_class: str
    due_on: date
    proposed_at: datetime
    proposed_by: str
    decided_at: datetime | None
    decided_by: str | None
    certificate: dict[str, Any] | None
