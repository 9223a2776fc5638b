"""Amending a plan without a review, at any time (regulation 28)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.errors import Conflict
from engine.services.audit.audit import Event
from engine.services.occurrences import next_occurrence
from engine.services.plans.amendment_limits import ALONE
from engine.services.plans.plan_changes import changed, none_runs, reason_given, started
from engine.services.plans.plan_rows import PlanRow
from engine.services.plans.views_of_changes import StartedView
from engine.services.principals import Principal
from engine.services.step import CaseStep

if TYPE_CHECKING:
    from engine.application import Engine

#: The process that amends a plan.
PROCESS = "amend_plan"


def amend(
    engine: Engine, principal: Principal, plan_key: str, reason: str, *, version: int | None = None
) -> StartedView:
    """Begin to amend a plan without a review (regulation 28). The next review stays due when it was.

    Raises:
        BadInput: no reason.
        NotFound, CaseClosed: there is no such plan, or it has ended.
        Conflict: an amendment is under way, by itself or after a review, or the plan is to cease.
    """
    reason_given(reason, "Say why the plan is to be amended.")

    def work(step: CaseStep, plan: PlanRow) -> StartedView:
        none_runs(step, PROCESS, "An amendment of this plan")
        if plan.status == "ceasing":
            raise Conflict("The plan is to cease: it stays as it is until then (section 45(4)).")
        occurrence = next_occurrence(step, PROCESS, "amendment")
        step.note_reason(Event.AMENDMENT_PROPOSED, reason, plan=plan.key, occurrence=occurrence)
        return started(step, PROCESS, {"occurrence": occurrence, "origin": ALONE})

    return changed(engine, principal, plan_key, f"amend plan {plan_key}", work, version)
