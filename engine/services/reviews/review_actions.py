"""What `ehc:review` does for a diagram: each action takes a review of the plan further within the step.

The facts of a review (its meeting, its decision) open and meet limits here, and not only in a diagram: nobody
can lose section 44 by editing one.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from engine.feel import to_json
from engine.plans.ages import age_on
from engine.services.days import as_day
from engine.services.plans.plan_actions import Action
from engine.services.plans.plan_rows import PlanRow, curriculum_year, required_plan
from engine.services.reviews import invitations
from engine.services.reviews.light_reviews import is_young
from engine.services.reviews.review_due import is_first, plan_next
from engine.services.reviews.review_rows import (
    LIGHT,
    ReviewRow,
    change_review,
    live_review,
    make_review,
    review_of,
)
from engine.spiff import ElementInfo

if TYPE_CHECKING:
    from engine.services.step import CaseStep

#: The limits that hang on a meeting's date, and on its having been held (regs 20 and 21).
FROM_THE_DATE = ("reg20_3_notice_2w", "reg20_4_circulate_2w", "cop_advice_request_lead")
FROM_THE_MEETING = ("reg20_report_2w", "reg20_10_decision_4w")
#: And on its leading to amendments: the notice goes with the decision (R (L, M and P) v Devon CC).
FROM_AMENDING = ("devon_amend_notice_4w", "devon_final_12w")
#: What is told of a meeting stays in its document: the process sees the day alone.
_MEETING_FORM = "hold_review_meeting"
_MEETING_BY = "review_meeting_4w"
_UNDER_FIVE = "cop_under5_3_6m"
_KINDS = ("annual", "early", "phase_transfer", "release")


def _due(step: CaseStep, element: ElementInfo, inputs: dict[str, Any]) -> dict[str, object]:
    """By when the next review is due, and whether it is the first."""
    return {"dueOn": plan_next(step), "first": is_first(step)}


def _open(step: CaseStep, element: ElementInfo, inputs: dict[str, Any]) -> dict[str, object]:
    """Begin a review; `kind` says why it is held now."""
    plan = required_plan(step)
    kind = str(inputs.get("kind") or "annual")
    if kind not in _KINDS:
        raise ValueError(f"{element.id} opens a review of the kind {kind}. Use: {', '.join(_KINDS)}.")
    review = make_review(step, plan, kind, plan_next(step))
    step.ledger.open(_MEETING_BY, review.occurrence)
    return _seen(step, plan, review)


def _seen(step: CaseStep, plan: PlanRow, review: ReviewRow) -> dict[str, object]:
    """What a diagram and its forms see of a review: codes and dates, nothing of the child's story."""
    meeting_by = step.ledger.due(_MEETING_BY, review.occurrence)
    return {
        "occurrence": review.occurrence,
        "kind": review.kind,
        "dueOn": review.due_on,
        "meetingBy": meeting_by and meeting_by.last_day,
        "settingUrn": plan.setting_urn,
        "settingType": plan.setting_type,
        "curriculumYear": curriculum_year(plan, step.today),
        "age": age_on(step.born_on(), step.today),
        "lookedAfter": plan.looked_after,
        "inCustody": plan.in_custody,
    }


def _invite(step: CaseStep, element: ElementInfo, inputs: dict[str, Any]) -> dict[str, object]:
    """Note who is to be invited, and who arranges the meeting: the setting's head where the route says so."""
    review = review_of(step, inputs.get("occurrence"))
    route = str(inputs.get("route") or "authority")
    review = change_review(step, review, route=route)
    invited = invitations.invite(step, review, to_json(inputs.get("invitees")) or [])
    plan = required_plan(step)
    by_setting = route == "school" and plan.setting_urn is not None
    return {
        **_seen(step, plan, review),
        "arranger": f"urn:{plan.setting_urn}" if by_setting else "send_team",
        "invitees": invited,
        "advisers": [each for each in invited if each["agency"]],
    }


def _date(step: CaseStep, element: ElementInfo, inputs: dict[str, Any]) -> dict[str, object]:
    """A date for the meeting; the limits counted back from it begin, or move with it."""
    review = review_of(step, inputs.get("occurrence"))
    meeting_on = _day(inputs, "meetingOn", element)
    step.moved_a_plan = review.meeting_on is not None and review.meeting_on != meeting_on
    change_review(step, review, meeting_on=meeting_on, status="dated")
    step.ledger.record("meeting_date", meeting_on, review.occurrence)
    for rule in FROM_THE_DATE:
        step.ledger.open(rule, review.occurrence)
    return {}


def _invited(step: CaseStep, element: ElementInfo, inputs: dict[str, Any]) -> dict[str, object]:
    """The invitations have gone out."""
    invitations.have_gone_out(step, review_of(step, inputs.get("occurrence")))
    return {}


def _papers(step: CaseStep, element: ElementInfo, inputs: dict[str, Any]) -> dict[str, object]:
    """Whose advice has come so far."""
    invitations.note_advice(step, review_of(step, inputs.get("occurrence")))
    return {}


def _held(step: CaseStep, element: ElementInfo, inputs: dict[str, Any]) -> dict[str, object]:
    """The meeting was held: report and decision have their time from now on (regs 20(7), 20(10))."""
    review = review_of(step, inputs.get("occurrence"))
    held_on = _day(inputs, "heldOn", element)
    told = step.just_filed(_MEETING_FORM) or {}
    change_review(
        step,
        review,
        held_on=held_on,
        status="held",
        attendance_percent=told.get("attendancePercent"),
        excluded_sessions=told.get("excludedSessions"),
        destination=told.get("destination"),
    )
    invitations.note_advice(step, review)
    invitations.attended(step, review, told.get("attendance") or [])
    if review.meeting_on is not None and held_on < review.meeting_on:
        # Everybody's two weeks end with the day on which it was held, not with the one they were told.
        step.ledger.record("meeting_date", held_on, review.occurrence, correcting=True)
    step.ledger.record("meeting_held_on", held_on, review.occurrence)
    step.ledger.meet(_MEETING_BY, review.occurrence, held_on)
    for rule in FROM_THE_MEETING:
        step.ledger.open(rule, review.occurrence)
    return {}


def _report(step: CaseStep, element: ElementInfo, inputs: dict[str, Any]) -> dict[str, object]:
    """The report of the meeting went to everybody; a decision doesn't wait for it."""
    review = review_of(step, inputs.get("occurrence"))
    status = "reported" if review.status == "held" else review.status
    change_review(step, review, reported_on=step.today, status=status)
    return {}


def _decide(step: CaseStep, element: ElementInfo, inputs: dict[str, Any]) -> dict[str, object]:
    """What was decided; the review ends once the family has been notified of it."""
    review = review_of(step, inputs.get("occurrence"))
    decision = str(inputs.get("decision") or "")
    if decision not in ("maintain", "amend", "cease", "reassess"):
        raise ValueError(f"{element.id} decides {decision!r}. Use: maintain, amend, cease or reassess.")
    change_review(step, review, decision=decision, decided_on=step.today, status="decided")
    for rule in FROM_AMENDING if decision == "amend" else ():
        step.ledger.open(rule, review.occurrence)
    return {}


def _take_over(step: CaseStep, element: ElementInfo, inputs: dict[str, Any]) -> dict[str, object]:
    """The review under way serves another purpose too: a move between phases, or somebody's early request."""
    review = live_review(step)
    kind = str(inputs.get("kind") or "early")
    if review is not None and review.kind == "annual" and kind in _KINDS:
        change_review(step, review, kind=kind)
    return {}


def _abandon(step: CaseStep, element: ElementInfo, inputs: dict[str, Any]) -> dict[str, object]:
    """The plan has ended, and its review with it."""
    review = review_of(step, inputs.get("occurrence"))
    if review.closed_at is None:
        change_review(step, review, status="abandoned", closed_at=step.now)
    for row in step.ledger.running():
        if row.occurrence == review.occurrence:
            step.ledger.supersede(row.rule, row.occurrence)
    return {}


def _light_due(step: CaseStep, element: ElementInfo, inputs: dict[str, Any]) -> dict[str, object]:
    """Whether the child is still under five when a lighter review could be held (Code 9.178)."""
    plan = required_plan(step)
    return {"underFive": plan.is_live and is_young(step)}


def _open_light(step: CaseStep, element: ElementInfo, inputs: dict[str, Any]) -> dict[str, object]:
    """Begin a lighter review beside the yearly one."""
    plan = required_plan(step)
    row = step.ledger.open(_UNDER_FIVE, LIGHT)
    review = make_review(step, plan, LIGHT, row.due_on or step.today)
    return {"occurrence": review.occurrence}


def _close_light(step: CaseStep, element: ElementInfo, inputs: dict[str, Any]) -> dict[str, object]:
    """The lighter review was held; the next counts from it."""
    review = review_of(step, inputs.get("occurrence"))
    held_on = _day(inputs, "heldOn", element)
    change_review(step, review, held_on=held_on, status="closed", closed_at=step.now)
    step.ledger.meet(_UNDER_FIVE, LIGHT, held_on)
    step.ledger.record("last_review_on", held_on, LIGHT)
    return {}


def _day(inputs: dict[str, Any], name: str, element: ElementInfo) -> date:
    day = as_day(inputs.get(name))
    if day is None:
        raise ValueError(f"{element.id} needs the input {name}: a FEEL date.")
    return day


#: Name -> action; the vocabulary lists the same names, with what they give back.
REVIEW_ACTIONS: dict[str, Action] = {
    "due": _due,
    "open": _open,
    "invite": _invite,
    "date": _date,
    "invited": _invited,
    "papers": _papers,
    "held": _held,
    "report": _report,
    "decide": _decide,
    "take_over": _take_over,
    "abandon": _abandon,
    "light_due": _light_due,
    "open_light": _open_light,
    "close_light": _close_light,
}
