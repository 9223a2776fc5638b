"""What must be so before a task can be completed, named by `ehc:requires` in the diagram.

A form checks its own answers; a requirement looks at the rest of the case. What is missing is told to the
person who completes, field by field, and nothing is kept.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from engine.errors import BadInput, FieldProblem
from engine.services.plans.phase_actions import setting_settled, year_possible
from engine.services.plans.plan_drafts import plan_complete
from engine.services.plans.plan_updates import updates_answered
from engine.services.reviews.review_requirements import ending_allowed, held_by_today, meeting_in_order
from engine.spiff import ElementInfo

if TYPE_CHECKING:
    from engine.services.step import CaseStep

#: A requirement: the step, the element, the accepted answers -> what is missing, in words.
Requirement = Callable[["CaseStep", ElementInfo, Mapping[str, Any]], list[FieldProblem]]

#: Name -> requirement; the vocabulary lists the same names.
REQUIREMENTS: dict[str, Requirement] = {
    "held_by_today": held_by_today,
    "meeting_in_order": meeting_in_order,
    "ending_allowed": ending_allowed,
    "plan_complete": plan_complete,
    "updates_answered": updates_answered,
    "setting_settled": setting_settled,
    "year_possible": year_possible,
}


def require_all(step: CaseStep, element: ElementInfo, answers: Mapping[str, Any]) -> None:
    """See to it that everything that an element requires is so.

    Raises:
        BadInput: names all that is missing.
    """
    problems = [
        problem
        for name in element.properties.get("ehc:requires", "").split()
        for problem in REQUIREMENTS[name](step, element, answers)
    ]
    if problems:
        raise BadInput(f"\u201c{element.name}\u201d can't be completed yet.", problems)
