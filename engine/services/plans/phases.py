"""Year groups and moves between phases of education, as people correct and ask for them (regulation 18)."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from engine.errors import BadInput, Conflict
from engine.plans.school_years import FIRST_YEAR, impossible_year
from engine.services.audit.audit import Event
from engine.services.plans.cessation_actions import last_day_at_25
from engine.services.plans.phase_actions import (
    BETWEEN_POST_16,
    PHASES,
    change_year,
    is_year,
    occurrence_of,
    rows_of,
)
from engine.services.plans.plan_changes import changed, reason_given
from engine.services.plans.plan_rows import PlanRow, curriculum_year, required_plan
from engine.services.plans.views_of_changes import TransferView, YearView
from engine.services.principals import Principal
from engine.services.step import CaseStep

if TYPE_CHECKING:
    from engine.application import Engine

_LAST_OF_SECONDARY = 11


def correct_year(
    engine: Engine,
    principal: Principal,
    plan_key: str,
    year: int,
    reason: str,
    setting_phase: str | None = None,
) -> YearView:
    """Say which year group a child is in this school year, also out of the usual one; the watch looks again.

    Args:
        setting_phase: the kind of school by the year groups it takes, where it isn't the usual one.

    Raises:
        BadInput: no reason, a year group that there isn't or that is impossible at this age, or an unknown
            kind of school.
        NotFound, CaseClosed: there is no such plan, or it has ended.
    """
    reason_given(reason, "Say why the year group is another.")
    if not is_year(year):
        raise BadInput.field("year", f"A year group is a number from {FIRST_YEAR} (younger nursery) on.")
    if setting_phase is not None and setting_phase not in PHASES:
        raise BadInput.field("settingPhase", f"settingPhase is one of {', '.join(PHASES)}.")

    def work(step: CaseStep, plan: PlanRow) -> YearView:
        impossible = impossible_year(step.born_on(), year, step.today)
        if impossible is not None:
            raise BadInput.field("year", impossible)
        change_year(step, year, setting_phase or plan.setting_phase)
        step.note_reason(Event.PLAN_YEAR, reason, plan=plan.key, year=year)
        step.receive("curriculum_year_changed", str(step.case_key), {})
        step.fire_due()
        after = required_plan(step)
        return YearView(
            case_key=str(step.case_key),
            year=year,
            year_from=after.year_from,
            setting_phase=after.setting_phase,
        )

    return changed(engine, principal, plan_key, f"correct the year group of plan {plan_key}", work)


def ask_for_transfer(
    engine: Engine,
    principal: Principal,
    plan_key: str,
    transfer_on: date,
    reason: str,
    *,
    version: int | None = None,
) -> TransferView:
    """Say that a move to another phase or post-16 institution is coming which no year group tells of.

    Raises:
        BadInput: no reason, a day that isn't ahead or lies after every plan has ended, or nobody knows
            the year group.
        NotFound, CaseClosed: there is no such plan, or it has ended.
        Conflict: a move in that year is being worked on.
    """
    reason_given(reason, "Say why a move is coming.")
    if transfer_on <= engine.clock.today():
        raise BadInput.field("transferOn", "A move is planned before it takes place. Give a later day.")

    def work(step: CaseStep, plan: PlanRow) -> TransferView:
        last = last_day_at_25(step.born_on())
        if transfer_on > last:
            raise BadInput.field(
                "transferOn", f"A plan ends at the latest on {last} (section 46): nobody moves with it after."
            )
        kind = _kind(plan, transfer_on)
        occurrence = occurrence_of(transfer_on)
        if any(row.is_running for row in rows_of(step, occurrence)):
            raise Conflict(f"The move in {transfer_on.year} is under way already.")
        step.note_reason(Event.PLAN_TRANSFER, reason, plan=plan.key, on=transfer_on.isoformat())
        told = {"askedKind": kind, "askedFor": transfer_on}
        if not step.receive("phase_transfer_asked", str(step.case_key), told):
            raise Conflict("Another move of this plan is being worked on. Ask again once it is settled.")
        return TransferView(case_key=str(step.case_key), occurrence=occurrence, kind=kind)

    return changed(engine, principal, plan_key, f"plan a move of plan {plan_key}", work, version)


def _kind(plan: PlanRow, transfer_on: date) -> str:
    """Which limit of regulation 18 a move has: by the year group from which it is made."""
    year = curriculum_year(plan, date(transfer_on.year, 8, 31))
    if year is None:
        raise BadInput.field(
            "transferOn",
            "Whether this is a phase transfer, and by when the setting must be named, hangs on the year group"
            " (reg 18 with reg 2), and nobody has recorded one. Record it first: PUT"
            " /plans/{key}/curriculum-year.",
        )
    if year > _LAST_OF_SECONDARY:
        return BETWEEN_POST_16
    return "secondary_to_post_16" if year == _LAST_OF_SECONDARY else "other_phase"
