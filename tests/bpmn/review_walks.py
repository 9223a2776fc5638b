"""The walks through the reviews of a plan: scheduled, held, postponed, late, and the lighter ones under five."""

from __future__ import annotations

from datetime import date, timedelta

from engine.definitions.vocabulary import vocabulary

STARTED = date(2026, 9, 1)
CASE = {"caseKey": "1"}
ENDED = ("plan_ceased", {})
EARLIER = ("review_brought_forward", {"reviewKind": "phase_transfer"})
NOTIFIED = ("review_notified", {"closed": "review-1"})
KEPT_AFTER_ALL = ("plan_kept", {})
CEASE = {"decision": "cease", "ceaseGround": "not_necessary"}
POSTPONE = {"complete": False, "missing": "Health.", "goAhead": "postpone"}
NOT_HELD = {"outcome": "not_held", "notHeldReason": "The school was closed by snow."}


def schedule(**more: object) -> dict[str, object]:
    facts = {"review_due_on": date(2027, 6, 30)}
    return {"process": "review_schedule", "variables": CASE, "facts": facts} | more


def review(**more: object) -> dict[str, object]:
    variables = {**CASE, "review": dict(vocabulary().review_actions["open"].gives)}
    facts = {"review_due_on": date(2026, 12, 20)}
    return {"process": "annual_review", "variables": variables, "facts": facts} | more


def lighter(**more: object) -> dict[str, object]:
    facts = {"plan_made_on": STARTED}
    young = {"light_due": {"underFive": True}}
    return {"process": "light_review", "variables": CASE, "facts": facts, "gives": young} | more


REVIEW_WALKS: dict[str, dict[str, object]] = {
    "review due": schedule(),
    "review wanted earlier": schedule(told=(EARLIER,)),
    "no review of a plan that ended": schedule(told=(ENDED,)),
    "plan kept": review(),
    "review for a move between phases": review(silent=frozenset({"hold_review_meeting"}), told=(EARLIER,)),
    "plan amended": review(answers={"decide_review": {"decision": "amend"}}),
    "plan to end": review(
        answers={"hold_review_meeting": {"ceasingConsidered": True}, "decide_review": CEASE}, told=(NOTIFIED,)
    ),
    "plan kept after all": review(
        answers={"decide_review": lambda times: CEASE if times == 0 else {}}, told=(KEPT_AFTER_ALL,)
    ),
    "review postponed": review(
        answers={
            "circulate_papers": lambda times: POSTPONE if times == 0 else {},
            "hold_review_meeting": lambda times: NOT_HELD if times == 0 else {},
        }
    ),
    "review without anybody's advice": review(
        silent=frozenset({"review_family_views", "give_review_advice"})
    ),
    "no review meeting": review(silent=frozenset({"hold_review_meeting"})),
    "review undecided": review(silent=frozenset({"write_review_report", "decide_review"})),
    "review of a plan that ended": review(silent=frozenset({"hold_review_meeting"}), told=(ENDED,)),
    "lighter review": lighter(),
    "lighter review that brings the yearly one forward": lighter(
        answers={"review_lightly": {"earlyReview": True}}
    ),
    "no lighter review from five on": lighter(gives={"light_due": {"underFive": False}}),
    "lighter review of a plan that ended": lighter(
        silent=frozenset({"review_lightly"}), told=(ENDED,), lasts=timedelta(days=120)
    ),
}
