"""Reviews as people see them."""

from __future__ import annotations

from datetime import date

from engine.services.views import View


class InviteeView(View):
    """Who was invited to a review: when, whether they gave advice, whether they came."""

    role: str
    organisation: str | None
    invited_on: date | None
    advice_on: date | None
    attendance: str | None


class ReviewView(View):
    """A plan's review under way; or the next one, `scheduled`, of which so far only the day is known."""

    key: str | None
    plan_key: str
    case_key: str
    number: int | None
    occurrence: str | None
    kind: str
    route: str | None
    status: str
    setting_urn: str | None
    due_on: date | None
    meeting_on: date | None
    held_on: date | None
    reported_on: date | None
    decision: str | None
    decided_on: date | None
    attendance_percent: int | None
    excluded_sessions: int | None
    destination: str | None


class ReviewDetail(ReviewView):
    """A review with everybody who was invited."""

    invitees: list[InviteeView]


class HindranceView(View):
    """A limit that no common date can keep."""

    rule: str
    citation: str
    last_day: date
    message: str


class PairingView(View):
    """A date for the annual review and the looked-after review together, or why there is none."""

    earliest_on: date
    meeting_by: date
    looked_after_by: date
    proposed_on: date | None
    hindrances: list[HindranceView]


class TermlyListView(View):
    """What was sent before a term: the settings that were told, and the reviews their lists name."""

    term_starts_on: date
    due_by: date
    settings: int
    reviews: int
