"""`/plans`: bring them in, find them, read their versions and what changed."""

from __future__ import annotations

from typing import Any

from flask import Response

from api.answers import answer, whole
from api.blueprint import API_ROOT, Blueprint, permission, problems
from api.context import current_engine, current_principal
from api.plans.schemas import (
    BROUGHT_IN,
    COMPARISON,
    DRAFT,
    NEW_PLAN,
    PLAN,
    PLAN_PAGE,
    VERSION,
    VERSION_PAGE,
    BroughtIn,
    CompareQuery,
    Comparison,
    DraftSections,
    NewPlan,
    Plan,
    PlanPage,
    PlanQuery,
    PlanVersion,
    PlanVersionPage,
)
from api.repeats import repeatable
from engine.services.cases.cases import NewChild
from engine.services.families.families import NewMember
from engine.services.imports import plan_arrivals
from engine.services.imports.plan_arrivals import LastReview, PlanFromElsewhere
from engine.services.plans import plan_editing, plan_history
from engine.services.plans import plans as service

plans = Blueprint("plans", f"{API_ROOT}/plans", "Plans: their versions, and what they say.")


@plans.post("")
@permission("plan:bring_in")
@repeatable
@problems("conflict", "duplicate-case")
@plans.takes(NewPlan, NEW_PLAN)
@plans.answers(201, BroughtIn, BROUGHT_IN, "Location")
def bring_in_plan(body: dict[str, Any]) -> Response:
    """Bring in a plan that was made elsewhere.

    Opens a case for it, and starts its reviews and the watch for a phase transfer at once. The next review
    is counted from the last one, or from the day on which the plan was made. Other plans in force
    for the same UPN or NHS number are named in the answer, or refuse it (`refuseDuplicates`).
    """
    review = body.get("last_review")
    arriving = PlanFromElsewhere(
        child=NewChild(**body["child"]),
        finalised_on=body["finalised_on"],
        setting_urn=body.get("setting_urn"),
        setting_type=body.get("setting_type"),
        last_review=LastReview(**review) if review else None,
        looked_after=body["looked_after"],
        in_custody=body["in_custody"],
        sections=body.get("sections", {}),
        family=tuple(NewMember(**member) for member in body.get("family", ())),
        refuse_duplicates=body["refuse_duplicates"],
    )
    brought = plan_arrivals.bring_in(current_engine(), current_principal(), arriving)
    return answer(brought, 201, location=f"{API_ROOT}/plans/{brought.plan_key}")


@plans.get("")
@permission("plan:read")
@plans.filters(PlanQuery)
@plans.answers(200, PlanPage, PLAN_PAGE)
def list_plans(query: dict[str, Any]) -> Response:
    """List plans.

    Those of cases on which the caller's organisation works, and those that name its setting (the SEND team:
    all), the newest first.
    """
    return answer(service.list_plans(current_engine(), current_principal(), **query))


@plans.get("/<key:plan_key>")
@permission("plan:read")
@problems("not-found")
@plans.answers(200, Plan, PLAN)
def get_plan(plan_key: str) -> Response:
    """Read a plan.

    That it was read stands in the history of its case.
    """
    return answer(service.get_plan(current_engine(), current_principal(), plan_key))


@plans.get("/<key:plan_key>/versions")
@permission("plan:read")
@problems("not-found")
@plans.answers(200, PlanVersionPage, VERSION_PAGE)
def list_plan_versions(plan_key: str) -> Response:
    """List the versions of a plan.

    Oldest first, without their content, always in one page. Drafts are shown to the SEND team alone.
    """
    return answer(whole(plan_history.list_versions(current_engine(), current_principal(), plan_key)))


@plans.get("/<key:plan_key>/versions/<key:version_number>")
@permission("plan:read")
@problems("not-found")
@plans.answers(200, PlanVersion, VERSION)
def get_plan_version(plan_key: str, version_number: str) -> Response:
    """Read a version of a plan.

    Its content is for the SEND team and for the setting that the plan names; other agencies see what there
    is, and not what it says.
    """
    return answer(plan_history.get_version(current_engine(), current_principal(), plan_key, version_number))


@plans.put("/<key:plan_key>/versions/<key:version_number>")
@permission("plan:draft")
@problems("not-found", "conflict", "plan-version-issued")
@plans.takes(DraftSections, DRAFT)
@plans.answers(200, PlanVersion, VERSION)
def edit_plan_version(body: dict[str, Any], plan_key: str, version_number: str) -> Response:
    """Edit a draft version of a plan.

    Each section that is sent replaces the one of its letter. A version that was issued never changes.
    """
    edited = plan_editing.edit_draft(
        current_engine(), current_principal(), plan_key, version_number, body["sections"]
    )
    return answer(edited)


@plans.get("/<key:plan_key>/versions/<key:version_number>/compare")
@permission("plan:read")
@problems("not-found")
@plans.filters(CompareQuery)
@plans.answers(200, Comparison, COMPARISON)
def compare_plan_versions(query: dict[str, Any], plan_key: str, version_number: str) -> Response:
    """Compare a version of a plan with another.

    Section by section, with the lines that differ; without `with`, it's the last version issued before.
    """
    return answer(
        plan_history.compare_versions(
            current_engine(), current_principal(), plan_key, version_number, **query
        )
    )
