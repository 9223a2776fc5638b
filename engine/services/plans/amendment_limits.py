"""The limits that a notice of amendments opens: the family's time to answer, and the eight weeks."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from engine.services.plans.plan_drafts import discard
from engine.services.plans.plan_rows import required_plan
from engine.spiff import ElementInfo

if TYPE_CHECKING:
    from engine.services.step import CaseStep

#: The origin of an amendment without a review: regulation 22 then applies by way of regulation 28.
ALONE = "amendment"
_ALONE = ("reg28_amend_15d", "reg28_final_8w")
_FINAL, _FROM_THE_MEETING = "reg22_3_final_8w", "devon_final_12w"
_AFTER_A_REVIEW = ("reg22_2_parent_15d", _FINAL)
_WITHOUT = dict(zip(_AFTER_A_REVIEW, _ALONE, strict=True))


def limit_of_amendment(step: CaseStep, rule: str, occurrence: str) -> str:
    """The rule whose row an element of an amendment means: regulation 28 counts as regulation 22 does.

    So one task shows the day of whichever of the two its amendment has; after a review the final plan is also
    due twelve weeks from the meeting, and the earlier day is the one to work towards.
    """
    alone = _WITHOUT.get(rule, "")
    if (alone, occurrence) in step.ledger.deadlines:
        return alone
    if rule == _FINAL and _is_due_before(step, _FROM_THE_MEETING, rule, occurrence):
        return _FROM_THE_MEETING
    return rule


def _is_due_before(step: CaseStep, one: str, other: str, occurrence: str) -> bool:
    """Whether both limits run and the one is due on an earlier day than the other."""
    first, second = (_running_until(step, rule, occurrence) for rule in (one, other))
    return first is not None and second is not None and first < second


def _running_until(step: CaseStep, rule: str, occurrence: str) -> date | None:
    row = step.ledger.deadlines.get((rule, occurrence))
    return row.due_on if row is not None and row.is_running else None


def served(step: CaseStep, element: ElementInfo, inputs: dict[str, Any]) -> dict[str, object]:
    """The amendments have been served: the family's time to answer and the eight weeks run.

    Inputs: `occurrence`, `origin` (`amendment` without a review). Gives `answerBy`, `finalBy`, `settingUrn`.

    Raises:
        LookupError: the case has no plan, or no notice was sent.
    """
    occurrence = str(inputs.get("occurrence") or "")
    rules = _ALONE if inputs.get("origin") == ALONE else _AFTER_A_REVIEW
    answer, final = (step.ledger.open(rule, occurrence) for rule in rules)
    if final.due_on is None:
        raise LookupError(f"{element.id} comes before the notice of amendments. Send it first.")
    return {
        "answerBy": answer.due_on,
        "finalBy": final.due_on,
        "settingUrn": required_plan(step).setting_urn,
    }


def not_amending(step: CaseStep, element: ElementInfo, inputs: dict[str, Any]) -> dict[str, object]:
    """The plan stays as it is: the draft is given up, and the family is told within its eight weeks.

    Regulation 22(4) counts from the notice of amendments, as regulation 22(3) does for the final plan.
    Input: `occurrence`.
    """
    step.ledger.open("reg22_4_no_amend_8w", str(inputs.get("occurrence") or ""))
    return discard(step, element, inputs)
