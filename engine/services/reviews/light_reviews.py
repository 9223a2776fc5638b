"""Lighter reviews for children under five, beside the yearly one (Code of Practice 9.178)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.plans.ages import birthday

if TYPE_CHECKING:
    from engine.services.step import CaseStep

PROCESS = "light_review"
#: Which of a plan's limits and facts are those of lighter reviews.
OCCURRENCE = "light"
_BEGINS = "light_review_3m"
_UNTIL_AGE = 5


def is_young(step: CaseStep) -> bool:
    """Whether the child is still under five when the next lighter review could begin."""
    begins = step.ledger.due(_BEGINS, OCCURRENCE)
    return begins is not None and begins.last_day < birthday(step.born_on(), _UNTIL_AGE)


def start_if_young(step: CaseStep) -> None:
    """Start the watch for lighter reviews of a plan that was just made, where there will be any."""
    if is_young(step):
        step.start_later(PROCESS, {"caseKey": str(step.case_key)})
