"""The end of a review: the family has been notified of the decision (regulation 20(10), section 44).

Done by the engine when the notice goes out, whatever a diagram says: the next year's review hangs on it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.plans.ages import age_on
from engine.services.plans.plan_rows import plan_of
from engine.services.reviews.review_due import duty, plan_next
from engine.services.reviews.review_rows import LIGHT, ReviewRow, change_review, live_review

if TYPE_CHECKING:
    from engine.services.step import CaseStep

#: The message that tells a review that waits for the end of a plan to be notified.
MESSAGE = "review_notified"
#: The process that waits for the next review.
SCHEDULE = "review_schedule"
#: The notices by which a decision after a review is notified, and the decision that each tells of.
_TELLS = {"review_maintain": "maintain", "review_amend": "amend", "cessation_decision": "cease"}
_DECISION = "reg20_10_decision_4w"


def after_notice(step: CaseStep, notice: str) -> None:
    """Close the review whose decision this notice tells; a notice that tells of none changes nothing."""
    if notice not in _TELLS or plan_of(step) is None:
        return
    review = live_review(step)
    if review is not None and review.decision == _TELLS[notice]:
        _close(step, review)


def _close(step: CaseStep, review: ReviewRow) -> None:
    step.ledger.meet(_DECISION, review.occurrence, step.today)
    step.ledger.meet(duty(step), "", step.today)
    if review.held_on is not None:
        step.ledger.record("last_meeting_on", review.held_on)
    step.ledger.record("last_review_on", step.today)
    if age_on(step.born_on(), step.today) < 5:
        step.ledger.record("last_review_on", step.today, LIGHT)
    change_review(step, review, status="closed", closed_at=step.now)
    plan_next(step)
    step.tell(MESSAGE, {"closed": review.occurrence})
    step.start_later(SCHEDULE, {"caseKey": str(step.case_key)})
