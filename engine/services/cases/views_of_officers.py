"""What services answer about the officers of cases."""

from __future__ import annotations

from datetime import date

from engine.services.views import View


class TermView(View):
    """Who was the officer of a case, and when; `to_on` is None for the one who is."""

    membership_key: str
    person: str
    from_on: date
    to_on: date | None


class OfficerView(View):
    """The officer of a case, who covers for them today, and all there were."""

    case_key: str
    officer: TermView | None
    covered_by: str | None
    history: list[TermView]


class CoverView(View):
    """An absence and who covers for it, both by the keys of their memberships."""

    key: str
    absent: str
    covered_by: str
    from_on: date
    to_on: date
