"""The end of a plan: it's in force until it has ceased, and what it asked for ends with it (section 45)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from engine.services.plans.plan_drafts import give_up_draft
from engine.services.plans.plan_rows import change_plan, required_plan
from engine.services.plans.plan_versions import seen_by_process
from engine.spiff import ElementInfo

if TYPE_CHECKING:
    from engine.services.step import CaseStep

#: Duties that end with the plan (sections 42 and 44).
_END_WITH_IT = ("s42_secure_provision", "s44_first_review", "s44_next_review")


def ceasing(step: CaseStep, element: ElementInfo, inputs: Mapping[str, Any]) -> dict[str, object]:
    """Note the decision to cease: until the time to appeal is over the plan is maintained (section 45(4)).

    Raises:
        ValueError: it has ceased already.
    """
    plan = required_plan(step)
    if not plan.is_live:
        raise ValueError(f"Plan {plan.key} has ceased already, on {plan.ceased_on}.")
    return seen_by_process(step, change_plan(step, status="ceasing"))


def cease(step: CaseStep, element: ElementInfo, inputs: Mapping[str, Any]) -> dict[str, object]:
    """End the plan today, with its reviews and whatever draft there is."""
    plan = required_plan(step)
    give_up_draft(step, plan)
    for rule in _END_WITH_IT:
        step.ledger.supersede(rule)
    plan = change_plan(step, status="ceased", ceased_on=step.today, next_review_by=None)
    return seen_by_process(step, plan)


def keep(step: CaseStep, element: ElementInfo, inputs: Mapping[str, Any]) -> dict[str, object]:
    """Keep a plan that was to cease: nothing of it has changed.

    Raises:
        ValueError: it has ceased: a new assessment is needed (section 36).
    """
    plan = required_plan(step)
    if not plan.is_live:
        raise ValueError(f"Plan {plan.key} ceased on {plan.ceased_on}; it can't be taken up again.")
    return seen_by_process(step, change_plan(step, status="live"))
