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


class ChangedAbsenceView(View):
    """An absence as it stands now, without a last day if it was withdrawn, and what went to its cover."""

    key: str
    absent: str
    covered_by: str
    from_on: date
    to_on: date | None
    #: Open tasks of the absent officer's cases that whoever covers holds.
    tasks_with_cover: list[str]
    #: How often whoever covers heard of lateness in the absent member's place.
    told_to_cover: int
