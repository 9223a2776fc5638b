"""What the watch for a move between phases asks of the plan (regulation 18), and for its end at 25."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

from engine.errors import FieldProblem
from engine.law import due
from engine.plans.school_years import (
    FIRST_YEAR,
    OLDEST_KNOWN,
    impossible_year,
    school_year_of,
    usual_year_group,
)
from engine.services.audit.audit import Event
from engine.services.plans.plan_rows import PlanRow, change_plan, curriculum_year, required_plan
from engine.spiff import ElementInfo

if TYPE_CHECKING:
    from engine.services.deadlines.deadline_rows import Deadline
    from engine.services.step import CaseStep

BETWEEN_POST_16 = "post_16_to_post_16"
#: The rule of each kind of move; the decision table says which move a year group ends with.
RULES = {
    "other_phase": "reg18_1b_other_phase",
    "secondary_to_post_16": "reg18_1a_secondary_to_post16",
    BETWEEN_POST_16: "reg18_2_post16_to_post16",
}
MEETING = "phase_meeting_44w"
#: Kinds of schools by the year groups they take.
PHASES = ("early_years", "infant", "first", "primary", "junior", "middle", "secondary", "all_through")
#: The school year in which somebody whose plan ends at 25 can be at the latest.
_LAST_YEAR = 21


def phase(step: CaseStep, element: ElementInfo, inputs: dict[str, Any]) -> dict[str, object]:
    """The year group from which the next move is looked for, and the first day of its school year.

    A school year whose move is settled, or whose last day to settle it has passed, counts as over.
    Gives `curriculumYear` (null: nobody has said one), `settingPhase`, `begins`, and `usualYear`, that of
    the age today, which a form offers.
    """
    plan = required_plan(step)
    begins = school_year_of(step.today)
    year = curriculum_year(plan, begins)
    if year is not None and _is_over(step, begins, year):
        begins, year = date(begins.year + 1, begins.month, begins.day), year + 1
    usual = usual_year_group(step.born_on(), step.today)
    return {
        "curriculumYear": year,
        "settingPhase": _setting_phase(plan, year),
        "begins": begins,
        "usualYear": min(max(usual, FIRST_YEAR), OLDEST_KNOWN),
    }


def _setting_phase(plan: PlanRow, year: int | None) -> str | None:
    """The kind of school that the move is from, where it isn't the usual one of the year group."""
    before_school = year is not None and year < 0 and plan.setting_type == "early_years"
    return plan.setting_phase or ("early_years" if before_school else None)


def _is_over(step: CaseStep, begins: date, year: int) -> bool:
    transfer_on = date(begins.year + 1, begins.month, begins.day)
    occurrence = occurrence_of(transfer_on)
    rows = rows_of(step, occurrence)
    if rows:
        return any(row.met_on is not None for row in rows)
    rule = RULES["secondary_to_post_16" if year >= _LAST_OF_SECONDARY else "other_phase"]
    last: date | None = due(step.engine.statute.rule(rule), transfer_on, calendar=step.calendar).last_day
    return last is not None and last < step.today


_LAST_OF_SECONDARY = 11


def occurrence_of(transfer_on: date) -> str:
    """The name of a move's limits: the year in which it takes place."""
    return f"phase-{transfer_on.year}"


def rows_of(step: CaseStep, occurrence: str) -> list[Deadline]:
    """The limits of a move."""
    rows = (step.ledger.deadlines.get((rule, occurrence)) for rule in RULES.values())
    return [row for row in rows if row is not None]


def day_in(inputs: dict[str, Any], name: str) -> date | None:
    """An input that is a day, as FEEL's or as ISO text; None where it isn't given."""
    value = inputs.get(name)
    return None if value is None else date.fromisoformat(str(value))


def set_year(step: CaseStep, element: ElementInfo, inputs: dict[str, Any]) -> dict[str, object]:
    """Write down the year group that somebody supplied for this school year. Input: `year`, `settingPhase`.

    Raises:
        ValueError: it's no year group.
    """
    year = inputs.get("year")
    if year is None or not is_year(int(year)):
        raise ValueError(f"{year} is no year group. Give {FIRST_YEAR} (younger nursery) to {_LAST_YEAR}.")
    change_year(step, int(year), inputs.get("settingPhase") or required_plan(step).setting_phase)
    return phase(step, element, inputs)


def is_year(year: int) -> bool:
    """Whether this is a year group that a child or young person with a plan can be in."""
    return FIRST_YEAR <= year <= _LAST_YEAR


def change_year(step: CaseStep, year: int, setting_phase: str | None) -> None:
    """The year group of this school year, and the kind of school; limits of a move that it undoes end."""
    plan = required_plan(step)
    change_plan(step, curriculum_year=year, year_from=school_year_of(step.today), setting_phase=setting_phase)
    step.audit.append(Event.PLAN_YEAR, plan=plan.key, year=year)


def transfer(step: CaseStep, element: ElementInfo, inputs: dict[str, Any]) -> dict[str, object]:
    """A move is ahead: its limit runs. Inputs: `kind`, `transferOn`.

    Gives `occurrence`, `transferOn`, `decideBy` and `meetingBy` (ours: in time for the rest), `settingUrn`.
    """
    transfer_on = day_in(inputs, "transferOn")
    kind = str(inputs.get("kind"))
    if transfer_on is None or kind not in RULES:
        raise ValueError(f"{element.id} doesn't say which move is ahead, or when. Give kind and transferOn.")
    occurrence = occurrence_of(transfer_on)
    step.ledger.record("phase_transfer_on", transfer_on, occurrence)
    row = step.ledger.take_up(RULES[kind], occurrence)
    meeting = step.ledger.due(MEETING, occurrence)
    return {
        "occurrence": occurrence,
        "transferOn": transfer_on,
        "decideBy": row.due_on,
        "meetingBy": max(meeting.last_day, step.today) if meeting and meeting.last_day else row.due_on,
        "settingUrn": required_plan(step).setting_urn,
    }


def transferred(step: CaseStep, element: ElementInfo, inputs: dict[str, Any]) -> dict[str, object]:
    """The next setting is named today: the move's limit is met. Input: `occurrence`.

    What kind of school comes next is what the year groups say, except in an all-through school.
    """
    for row in rows_of(step, str(inputs.get("occurrence") or "")):
        step.ledger.meet(row.rule, row.occurrence, step.today)
    plan: PlanRow = required_plan(step)
    if plan.setting_phase not in (None, "all_through"):
        change_plan(step, setting_phase=None)
    return {"settingPhase": required_plan(step).setting_phase}


def drop_transfer(step: CaseStep, element: ElementInfo, inputs: dict[str, Any]) -> dict[str, object]:
    """No move is ahead any more, or another: the limits of moves that still run end."""
    for row in step.ledger.running():
        if row.rule in RULES.values():
            step.ledger.supersede(row.rule, row.occurrence)
    return {}


def year_possible(step: CaseStep, element: ElementInfo, answers: Mapping[str, Any]) -> list[FieldProblem]:
    """The requirement: the year group is one that somebody of this age can be in."""
    impossible = impossible_year(step.born_on(), answers["year"], step.today)
    return [FieldProblem("answers.year", impossible)] if impossible is not None else []


def setting_settled(step: CaseStep, element: ElementInfo, answers: Mapping[str, Any]) -> list[FieldProblem]:
    """The requirement: between post-16 institutions the next one is named, not a type alone (reg 18(2))."""
    moving = any(row.rule == RULES[BETWEEN_POST_16] for row in step.ledger.running())
    type_alone = answers.get("changeSetting") is True and not (
        answers.get("namedSettingUrn") or answers.get("ukprn")
    )
    if not moving or not type_alone:
        return []
    said = (
        "Name the post-16 institution: for a move between two of them a type alone isn't enough (reg 18(2))."
    )
    return [FieldProblem("answers.namedSettingUrn", said)]
