"""By when the next review of a plan is due: section 44, or the last meeting where that comes earlier.

Section 44 counts from the day on which the last decision was notified. Planning goes by twelve months from
the last meeting where that is earlier, so that a late decision doesn't push next year's review out.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from engine.services.plans.plan_rows import change_plan, plan_of
from engine.services.reviews.review_rows import change_review, live_review, review_of

if TYPE_CHECKING:
    from engine.services.step import CaseStep

FIRST, NEXT = "s44_first_review", "s44_next_review"
_FROM_MEETING = "review_from_meeting_12m"
#: The days of a review's meeting -> the column that shows each.
_DAYS_OF_A_MEETING = {"meeting_date": "meeting_on", "meeting_held_on": "held_on"}
#: The facts that the next review counts from.
COUNTED_FROM = frozenset({"plan_made_on", "last_review_on", "last_meeting_on"})


def is_first(step: CaseStep) -> bool:
    """Whether the plan has not been reviewed yet, as far as anybody knows."""
    return ("last_review_on", "") not in step.ledger.anchors


def duty(step: CaseStep) -> str:
    """The rule of section 44 that now runs."""
    return FIRST if is_first(step) else NEXT


def plan_next(step: CaseStep) -> date:
    """Open section 44's limit, record by when the next review is due, and give that day.

    Raises:
        LookupError: nobody has said when the plan was made.
    """
    row = step.ledger.open(duty(step))
    if row.due_on is None:
        raise LookupError(
            f"Case {step.case_key} has no plan_made_on. Record it: its first review counts from it."
        )
    planned = step.ledger.due(_FROM_MEETING, "")
    due_on = row.due_on if planned is None else min(row.due_on, planned.last_day)
    step.ledger.record("review_due_on", due_on)
    change_plan(step, next_review_by=due_on)
    return due_on


def follow(step: CaseStep, anchor: str, on: date, occurrence: str) -> None:
    """A fact was corrected: the review it belongs to shows it, and what is planned from it moves."""
    if plan_of(step) is None:
        return
    moved = anchor in _DAYS_OF_A_MEETING and _correct_meeting(step, anchor, on, occurrence)
    if anchor in COUNTED_FROM or moved:
        _plan_again(step)


def _correct_meeting(step: CaseStep, anchor: str, on: date, occurrence: str) -> bool:
    """Whether the meeting is the one that the next review counts from."""
    try:
        review = review_of(step, occurrence)
    except LookupError:
        return False
    change_review(step, review, **{_DAYS_OF_A_MEETING[anchor]: on})
    last = step.ledger.anchors.get(("last_meeting_on", ""))
    if anchor != "meeting_held_on" or last is None or last != review.held_on:
        return False
    step.ledger.record("last_meeting_on", on, correcting=True)
    return True


def _plan_again(step: CaseStep) -> None:
    due_on = plan_next(step)
    review = live_review(step)
    if review is not None and review.decided_on is None:
        change_review(step, review, due_on=due_on)
