"""What people set going on a plan: found by its key, one of a kind at a time, each with a reason."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

from sqlalchemy import Connection, bindparam, select

from engine.errors import BadInput, CaseClosed, Conflict, NotFound, VersionMismatch
from engine.services.audit.audit import Actor
from engine.services.incidents import guarded
from engine.services.plans.plan_rows import PlanRow, plan_of
from engine.services.plans.views_of_changes import StartedView
from engine.services.principals import Principal
from engine.services.sight import sight
from engine.services.step import CaseStep
from engine.store import tables

if TYPE_CHECKING:
    from engine.application import Engine

Outcome = TypeVar("Outcome")


def changed(
    engine: Engine,
    principal: Principal,
    plan_key: str,
    attempted: str,
    work: Callable[[CaseStep, PlanRow], Outcome],
    version: int | None = None,
) -> Outcome:
    """Do something to a live plan, under its case's lock, once all that is due has fired.

    Args:
        version: that of the case, as the caller has seen it; None where that doesn't matter.

    Raises:
        VersionMismatch: the case has changed since.
        NotFound: there is no such plan for this principal.
        CaseClosed: the plan has ended.
    """
    principal.require("plan:change")
    actor = Actor(principal.membership_key, principal.organisation)

    def case_of(connection: Connection) -> int:
        query = _PLACE.where(sight.cases(principal))
        case_key: int | None = connection.execute(query, {"plan": sight.key(plan_key)}).scalar()
        if case_key is None:
            raise NotFound(f"There is no plan {plan_key} for you.")
        return case_key

    def on_the_plan(step: CaseStep) -> Outcome:
        as_seen(step, version)
        step.fire_due()
        plan = plan_of(step)
        if plan is None or not plan.is_live:
            raise CaseClosed(f"Plan {plan_key} has ended: nothing can be changed on it any more.")
        return work(step, plan)

    return guarded(engine, case_of, attempted, actor, on_the_plan)


def as_seen(step: CaseStep, version: int | None) -> None:
    """See to it that the case is as the caller has seen it.

    Raises:
        VersionMismatch: it has changed since.
    """
    if version not in (None, step.case.version):
        raise VersionMismatch(
            f"Case {step.case_key} stands at version {step.case.version}, not {version}. Read it again."
        )


def reason_given(reason: str, why: str) -> None:
    """See to it that a reason is there.

    Raises:
        BadInput: it's empty.
    """
    if not reason.strip():
        raise BadInput.field("reason", why)


def none_runs(step: CaseStep, process_id: str, what: str) -> None:
    """See to it that no instance of a process works on this case, by itself or called by another.

    Raises:
        Conflict: one does.
    """
    for live in step.active_instances():
        called = {task.element.process_id for task in live.workflow.open_tasks()}
        if live.definition.process_id == process_id or process_id in called:
            raise Conflict(f"{what} is under way already (process instance {live.key}). End it first.")


def started(step: CaseStep, process_id: str, variables: dict[str, object]) -> StartedView:
    """Start a process of the case and let it run to its first wait."""
    live = step.start(process_id, {"caseKey": str(step.case_key), **variables})
    step.settle()
    step.fire_due()
    return StartedView(
        case_key=str(step.case_key),
        process_instance_key=str(live.key),
        occurrence=str(variables["occurrence"]),
    )


_PLACE = (
    select(tables.plan.c.case_key)
    .join(tables.ehc_case, tables.ehc_case.c.key == tables.plan.c.case_key)
    .where(tables.plan.c.key == bindparam("plan"))
)
