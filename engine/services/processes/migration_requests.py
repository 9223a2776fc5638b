"""Plans for migrations as people ask for them: generated between two versions, and validated."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import bindparam, func, select

from engine.services.principals import Principal
from engine.services.processes.definitions import Definition
from engine.services.processes.migration_checks import PlanFinding, errors_in, findings_of
from engine.services.processes.migration_plans import Plan, Step, generate
from engine.services.processes.migrations import definitions_for
from engine.services.processes.views_of_moves import (
    FindingsView,
    PlanFindingView,
    PlanLineView,
    PlanView,
    ProcessPairView,
)
from engine.services.sight import sight
from engine.store import tables

if TYPE_CHECKING:
    from engine.application import Engine


def generate_plan(
    engine: Engine, principal: Principal, source_key: str, target_key: str, *, recalculate: bool = False
) -> PlanView:
    """The plan that suggests itself between two versions, of one process or of two.

    Raises:
        BadInput: one of them isn't there.
    """
    principal.require("instance:migrate")
    wanted = Plan(sight.key(source_key), sight.key(target_key), ())
    with engine.database.read() as connection:
        source, target = definitions_for(engine, connection, principal.authority, wanted)
        found = _RUNNING.where(sight.open_to(principal, tables.instance.c.case_key))
        running = int(connection.execute(found, {"definition": source.key}).scalar_one())
    plan = generate(source, target, recalculate=recalculate)
    return PlanView(
        source_definition_key=str(plan.source_key),
        target_definition_key=str(plan.target_key),
        processes=[ProcessPairView(source=one, target=other) for one, other in plan.processes.items()],
        elements=[_line(source, step) for step in plan.steps],
        recalculate_timers=recalculate,
        running_instances=running,
        findings=[_finding(each) for each in findings_of(plan, source, target)],
    )


def validate_plan(engine: Engine, principal: Principal, plan: Plan) -> FindingsView:
    """What is to be said about a plan that somebody has changed by hand.

    Raises:
        BadInput: one of its versions isn't there.
    """
    principal.require("instance:migrate")
    with engine.database.read() as connection:
        source, target = definitions_for(engine, connection, principal.authority, plan)
    found = findings_of(plan, source, target)
    return FindingsView(valid=not errors_in(found), findings=[_finding(each) for each in found])


def _line(source: Definition, step: Step) -> PlanLineView:
    info = source.bundle.elements[step.process_id][step.source]
    return PlanLineView(
        process_id=step.process_id,
        source=step.source,
        source_name=info.name or step.source,
        target=step.target,
        how=step.how if step.target else "none",
    )


def _finding(each: PlanFinding) -> PlanFindingView:
    return PlanFindingView(
        severity=each.severity,
        rule=each.rule,
        process_id=each.process_id,
        element_id=each.element_id,
        message=each.message,
        remedy=each.remedy,
    )


_RUNNING = (
    select(func.count())
    .select_from(tables.instance)
    .where(tables.instance.c.definition_key == bindparam("definition"), tables.instance.c.status == "active")
)
