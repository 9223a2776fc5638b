"""What `ehc:plan` does for a diagram: each action changes the plan of the case within the step."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from engine.services.plans import (
    amendment_limits,
    cessation_actions,
    phase_actions,
    plan_drafts,
    plan_endings,
    plan_updates,
    plan_versions,
)
from engine.spiff import ElementInfo

if TYPE_CHECKING:
    from engine.services.step import CaseStep

#: An action: the step, the element that asks, its inputs -> what the diagram sees of it. It raises
#: `ValueError` or `LookupError`, in words, when it can't be done: the step then becomes an incident.
Action = Callable[["CaseStep", ElementInfo, dict[str, Any]], dict[str, object]]

#: Name -> action; the vocabulary lists the same names, with what they give back.
PLAN_ACTIONS: dict[str, Action] = {
    "issue": plan_versions.issue,
    "list_updates": plan_updates.list_updates,
    "draft": plan_drafts.draft,
    "amend": plan_drafts.amend,
    "served": amendment_limits.served,
    "not_amending": amendment_limits.not_amending,
    "discard": plan_drafts.discard,
    "cessation": cessation_actions.cessation,
    "ceasing": plan_endings.ceasing,
    "cease": plan_endings.cease,
    "keep": plan_endings.keep,
    "age_25": cessation_actions.age_25,
    "may_cease": cessation_actions.may_cease,
    "phase": phase_actions.phase,
    "set_year": phase_actions.set_year,
    "transfer": phase_actions.transfer,
    "transferred": phase_actions.transferred,
    "drop_transfer": phase_actions.drop_transfer,
}
