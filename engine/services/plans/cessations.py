"""Ending a plan: proposed with a ground and a reason (sections 45 and 46; regulations 29 to 31)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.errors import BadInput, Conflict
from engine.services.audit.audit import Event
from engine.services.occurrences import next_occurrence
from engine.services.plans.cessation_actions import ADULT, PROCESS, UNDER_18, age_of
from engine.services.plans.plan_changes import changed, none_runs, reason_given, started
from engine.services.plans.plan_rows import PlanRow
from engine.services.plans.views_of_changes import StartedView
from engine.services.principals import Principal
from engine.services.step import CaseStep

if TYPE_CHECKING:
    from engine.application import Engine

#: Section 45(1)(a) and (b); the third is the first, in the year of the 25th birthday (section 46).
GROUNDS = ("not_responsible", "not_necessary", "age_25")


def cease(
    engine: Engine,
    principal: Principal,
    plan_key: str,
    ground: str,
    reason: str,
    *,
    version: int | None = None,
) -> StartedView:
    """Begin to consider ending a plan.

    Raises:
        BadInput: no reason, an unknown ground, or one that regulation 29 doesn't allow under 18.
        NotFound, CaseClosed: there is no such plan, or it has ended.
        Conflict: it is being considered already, or decided.
    """
    reason_given(reason, "Say why the plan may have to end.")
    if ground not in GROUNDS:
        raise BadInput.field("ground", f"ground is one of {', '.join(GROUNDS)}.")

    def work(step: CaseStep, plan: PlanRow) -> StartedView:
        _check(step, plan, ground)
        occurrence = next_occurrence(step, PROCESS, "cessation")
        step.note_reason(Event.CESSATION_PROPOSED, reason, plan=plan.key, ground=ground)
        return started(step, PROCESS, {"occurrence": occurrence, "ground": ground, "fromReview": None})

    return changed(engine, principal, plan_key, f"cease plan {plan_key}", work, version)


def _check(step: CaseStep, plan: PlanRow, ground: str) -> None:
    none_runs(step, PROCESS, "Ending this plan")
    if plan.status == "ceasing":
        raise Conflict("It is decided already that this plan ends.")
    if ground != "not_necessary" and age_of(step) < ADULT:
        raise BadInput.field("ground", UNDER_18)
