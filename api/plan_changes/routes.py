"""`/plans/{planKey}/amendments` and its like; `/cases/{caseKey}/appeals`."""

from __future__ import annotations

from typing import Any

from flask import Response

from api.answers import answer
from api.blueprint import API_ROOT, Blueprint, permission, problems
from api.context import current_engine, current_principal
from api.plan_changes.schemas import (
    AMENDMENT,
    APPEAL,
    CESSATION,
    CURRICULUM_YEAR,
    LODGED,
    OUTCOME,
    PHASE_TRANSFER,
    STARTED,
    TRANSFER,
    YEAR_GROUP,
    Amendment,
    Appeal,
    AppealOutcome,
    Cessation,
    CurriculumYear,
    LodgedAppeal,
    PhaseTransfer,
    Started,
    Transfer,
    YearGroup,
)
from api.preconditions import conditional
from api.repeats import repeatable
from engine.services.cases import appeals
from engine.services.plans import amendments, cessations, phases

plan_changes = Blueprint("planChanges", API_ROOT, "What people set going on a plan, each time with a reason.")

_REFUSALS = ("not-found", "conflict", "case-closed", "incident")


@plan_changes.post("/plans/<key:plan_key>/amendments")
@permission("plan:change")
@repeatable
@conditional
@problems(*_REFUSALS)
@plan_changes.takes(Amendment, AMENDMENT)
@plan_changes.answers(201, Started, STARTED)
def amend_plan(body: dict[str, Any], plan_key: str, version: int | None) -> Response:
    """Begin to amend a plan without a review.

    One amendment runs at a time. The next review stays due when it was.
    """
    found = amendments.amend(current_engine(), current_principal(), plan_key, body["reason"], version=version)
    return answer(found, 201)


@plan_changes.post("/plans/<key:plan_key>/cessation")
@permission("plan:change")
@repeatable
@conditional
@problems(*_REFUSALS)
@plan_changes.takes(Cessation, CESSATION)
@plan_changes.answers(201, Started, STARTED)
def cease_plan(body: dict[str, Any], plan_key: str, version: int | None) -> Response:
    """Begin to consider ending a plan.

    The plan stays in force until the time to appeal is over, or the appeal.
    """
    found = cessations.cease(
        current_engine(), current_principal(), plan_key, body["ground"], body["reason"], version=version
    )
    return answer(found, 201)


@plan_changes.put("/plans/<key:plan_key>/curriculum-year")
@permission("plan:change")
@problems(*_REFUSALS)
@plan_changes.takes(CurriculumYear, CURRICULUM_YEAR)
@plan_changes.answers(200, YearGroup, YEAR_GROUP)
def set_curriculum_year(body: dict[str, Any], plan_key: str) -> Response:
    """Set the year group of a child or young person.

    What hangs on it, above all the next move between phases, is worked out again.
    """
    found = phases.correct_year(
        current_engine(),
        current_principal(),
        plan_key,
        body["year"],
        body["reason"],
        body.get("setting_phase"),
    )
    return answer(found)


@plan_changes.post("/plans/<key:plan_key>/phase-transfers")
@permission("plan:change")
@repeatable
@conditional
@problems(*_REFUSALS)
@plan_changes.takes(PhaseTransfer, PHASE_TRANSFER)
@plan_changes.answers(201, Transfer, TRANSFER)
def ask_for_phase_transfer(body: dict[str, Any], plan_key: str, version: int | None) -> Response:
    """Ask for a move that no year group tells of.

    For instance between post-16 institutions, for which the authority has five months.
    """
    found = phases.ask_for_transfer(
        current_engine(), current_principal(), plan_key, body["transfer_on"], body["reason"], version=version
    )
    return answer(found, 201)


@plan_changes.post("/cases/<key:case_key>/appeals")
@permission("plan:change")
@repeatable
@conditional
@problems(*_REFUSALS)
@plan_changes.takes(Appeal, APPEAL)
@plan_changes.answers(201, LodgedAppeal, LODGED)
def lodge_appeal(body: dict[str, Any], case_key: str, version: int | None) -> Response:
    """Record that an appeal was lodged.

    What waits for the end of the time to appeal, waits for the end of the appeal instead.
    """
    found = appeals.lodge(
        current_engine(),
        current_principal(),
        case_key,
        body["occurrence"] or "",
        body["lodged_on"],
        version=version,
    )
    return answer(found, 201)


@plan_changes.post("/cases/<key:case_key>/appeals/<string:occurrence>/outcome")
@permission("plan:change")
@repeatable
@conditional
@problems(*_REFUSALS)
@plan_changes.takes(AppealOutcome, OUTCOME)
@plan_changes.answers(200, LodgedAppeal, {**LODGED, "endedOn": "2027-05-20"})
def end_appeal(body: dict[str, Any], case_key: str, occurrence: str, version: int | None) -> Response:
    """Record how an appeal ended.

    A plan that was to end then ends, or is kept.
    """
    found = appeals.end(
        current_engine(),
        current_principal(),
        case_key,
        occurrence,
        body["ended_on"],
        cease_upheld=body["cease_upheld"],
        version=version,
    )
    return answer(found)
