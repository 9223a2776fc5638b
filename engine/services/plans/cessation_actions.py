"""What ending a plan asks of it: whether the law allows it yet, and the year of the 25th birthday."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from engine.plans.ages import age_on
from engine.services.occurrences import occurrence_now
from engine.services.plans.plan_rows import required_plan
from engine.spiff import ElementInfo

if TYPE_CHECKING:
    from engine.services.step import CaseStep

PROCESS = "cease_plan"
ADULT = 18
UNDER_18 = (
    "Under 18 a plan ends only because it is no longer necessary (reg 29). For a young person in"
    " no education or training, review and amend the plan instead."
)
_LAST_BIRTHDAY = 25
#: In further education the academic year ends with this day (section 46; the date is from memory).
_YEAR_ENDS = (7, 31)


def cessation(step: CaseStep, element: ElementInfo, inputs: dict[str, Any]) -> dict[str, object]:
    """What decides how a plan may be ended: under 18 regulation 29, from 18 on regulation 30.

    Input: `occurrence`, where it has one already. Gives it, `age` in completed years and `settingUrn`.
    """
    occurrence = str(inputs.get("occurrence") or occurrence_now(step, PROCESS, "cessation"))
    age = age_of(step)
    step.ledger.open("reg29_under18" if age < ADULT else "reg30_18plus_left", occurrence)
    step.ledger.open("reg31_2_notify_decision", occurrence)
    return {"occurrence": occurrence, "age": age, "settingUrn": required_plan(step).setting_urn}


def age_25(step: CaseStep, element: ElementInfo, inputs: dict[str, Any]) -> dict[str, object]:
    """Until when the plan can go on at the longest (section 46). Gives `endsOn`."""
    ends_on = last_day_at_25(step.born_on())
    step.ledger.record("academic_year_ends_on", ends_on)
    step.ledger.open("s46_age25")
    return {"endsOn": ends_on}


def may_cease(step: CaseStep, element: ElementInfo, inputs: dict[str, Any]) -> dict[str, object]:
    """Whether ending the plan is to be considered anew: not while that is under way. Gives `mayCease`."""
    under_way = any(live.definition.process_id == PROCESS for live in step.active_instances())
    return {"mayCease": required_plan(step).status == "live" and not under_way}


def last_day_at_25(born: date) -> date:
    """The end of the academic year in which somebody turns 25."""
    turns = born.year + _LAST_BIRTHDAY
    ends = date(turns, *_YEAR_ENDS)
    birthday = (born.month, born.day)
    return ends if birthday <= _YEAR_ENDS else date(turns + 1, *_YEAR_ENDS)


def age_of(step: CaseStep) -> int:
    """Completed years of age today."""
    return age_on(step.born_on(), step.today)
