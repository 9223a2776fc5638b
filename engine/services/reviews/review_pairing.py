"""One date for a plan's review and a looked-after child's: the one that keeps both, or why there is none."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from engine.errors import BadInput, Conflict
from engine.law import NoSuchLaw, due
from engine.plans.pairing import pair
from engine.services.plans.plans import find_plan
from engine.services.principals import Principal
from engine.services.reviews.review_views import HindranceView, PairingView

if TYPE_CHECKING:
    from engine.application import Engine

_MEETING = "review_meeting_4w"


def propose_pairing(
    engine: Engine, principal: Principal, plan_key: str, *, last_review_on: date | None, held: int = 2
) -> PairingView:
    """The latest working day that keeps both sets of limits.

    Args:
        last_review_on: the last looked-after review, or the day of coming into care where there was none.
        held: looked-after reviews held so far; from the second on each has six months.

    Raises:
        BadInput: no day, or one that lies ahead.
        Conflict: nobody knows by when the plan's review is due.
    """
    principal.require("review:read")
    today = engine.clock.today()
    with engine.database.read() as connection:
        plan = find_plan(engine, connection, principal, plan_key)
    if last_review_on is None:
        raise BadInput.field("lookedAfterReviewOn", "Send the day of the last looked-after review.")
    if last_review_on > today:
        raise BadInput.field("lookedAfterReviewOn", f"A review that was held can't lie after today, {today}.")
    if plan.next_review_by is None:
        raise Conflict(f"Plan {plan_key} has no review to come: it has ended, or its schedule doesn't run.")
    calendar = engine.calendar(principal.authority)
    meeting_by = due(engine.statute.rule(_MEETING), plan.next_review_by, calendar=calendar).last_day
    try:
        found = pair(
            engine.statute,
            calendar,
            today=today,
            meeting_by=meeting_by,
            last_review_on=last_review_on,
            held=held,
        )
    except NoSuchLaw as problem:
        raise BadInput.field("lookedAfterReviewOn", f"No limit is known for this day: {problem}") from None
    return PairingView(
        earliest_on=found.earliest_on,
        meeting_by=found.meeting_by,
        looked_after_by=found.looked_after_by,
        proposed_on=found.proposed_on,
        hindrances=[
            HindranceView(
                rule=each.rule, citation=each.citation, last_day=each.last_day, message=each.message
            )
            for each in found.hindrances
        ],
    )
