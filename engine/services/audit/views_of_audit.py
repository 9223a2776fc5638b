"""What services answer about the audit trail."""

from __future__ import annotations

from typing import Any

from engine.services.views import View


class AuditEventView(View):
    """One event of a chain. `before` and `after` are the old and the new value, where something changed."""

    case_key: str | None
    sequence: int
    at: str
    event: str
    membership_key: str | None
    organisation: str | None
    element: str | None
    before: str | None
    after: str | None
    result: str
    details: dict[str, Any]


class BreakView(View):
    """A place where a chain doesn't hold; without a case it is the authority's own."""

    case_key: str | None
    sequence: int
    problem: str


class VerificationView(View):
    """What was walked, what doesn't hold, and where to go on."""

    cases: int
    breaks: list[BreakView]
    end_cursor: str | None
