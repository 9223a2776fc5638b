"""`/migrations`: running cases go over to another version of their process."""

from __future__ import annotations

from typing import Any

from flask import Response

from api.answers import answer
from api.batches.schemas import BATCH, Batch
from api.blueprint import API_ROOT, Blueprint, permission
from api.context import current_engine, current_principal
from api.migrations.schemas import (
    EXECUTION,
    FINDINGS,
    PLAN,
    PLAN_REQUEST,
    PLAN_SENT,
    REHEARSAL,
    VERDICT_PAGE,
    ExecutionSent,
    Findings,
    MigrationPlan,
    PlanRequest,
    PlanSent,
    RehearsalSent,
    VerdictPage,
)
from api.repeats import repeatable
from engine.services.batches.batch_requests import request_migration
from engine.services.processes import migration_requests
from engine.services.processes.migration_plans import Plan, Step
from engine.services.processes.migration_rehearsals import rehearse
from engine.services.processes.migrations import Migration
from engine.services.sight import sight
from engine.spiff import Restart

migrations = Blueprint(
    "migrations", f"{API_ROOT}/migrations", "Carry running cases over to another version of their process."
)


@migrations.post("/generate")
@permission("instance:migrate")
@repeatable
@migrations.takes(PlanRequest, PLAN_REQUEST)
@migrations.answers(200, MigrationPlan, PLAN)
def generate_migration(body: dict[str, Any]) -> Response:
    """Generate a plan between two versions.

    Elements are mapped by id, then by name with the same kind and rule. Nothing is kept: change the answer
    as needed, and send its versions, processes and elements as the plan. Its findings are those of
    `validate`.
    """
    return answer(
        migration_requests.generate_plan(
            current_engine(),
            current_principal(),
            body["source_definition_key"],
            body["target_definition_key"],
            recalculate=body["recalculate_timers"],
        )
    )


@migrations.post("/validate")
@permission("instance:migrate")
@repeatable
@migrations.takes(PlanSent, PLAN_SENT)
@migrations.answers(200, Findings, FINDINGS)
def validate_migration(body: dict[str, Any]) -> Response:
    """Say whether a plan can be right, whatever case it is for.

    Kinds and sub-processes agree, each element is mapped once, events stay with their activities, and
    called processes have a plan of their own in it.
    """
    return answer(migration_requests.validate_plan(current_engine(), current_principal(), _plan(body)))


@migrations.post("/dry-run")
@permission("instance:migrate")
@repeatable
@migrations.takes(RehearsalSent, REHEARSAL)
@migrations.answers(200, VerdictPage, VERDICT_PAGE)
def rehearse_migration(body: dict[str, Any]) -> Response:
    """Say of each running instance what a migration would make of it.

    `safe`; `needs_choice`, with what is offered; or `cannot`, and why. It is done as it would be, and
    nothing of it is kept. A page at a time: send `page.endCursor` as `cursor` for the next.
    """
    return answer(
        rehearse(
            current_engine(),
            current_principal(),
            _migration(body),
            instance_keys=body.get("process_instance_keys"),
            limit=body["limit"],
            cursor=body.get("cursor"),
        )
    )


@migrations.post("/execute")
@permission("instance:migrate")
@repeatable
@migrations.takes(ExecutionSent, EXECUTION)
@migrations.answers(201, Batch, BATCH, "Location", "ETag")
def execute_migration(body: dict[str, Any]) -> Response:
    """Carry instances over to the other version.

    A batch is made; each instance goes over in its own transaction, and one that can't is noted with its
    reason. Tasks keep their keys, holders, drafts and days, timers their times, and limits of law stay as
    they are. A batch of one is done before it is answered. To take it back, make a batch of the kind
    `undo_migration`: it undoes what hasn't moved since.
    """
    made = request_migration(
        current_engine(),
        current_principal(),
        _migration(body),
        body["reason"],
        instance_keys=body.get("process_instance_keys"),
    )
    return answer(made, 201, version=made.version, location=f"{API_ROOT}/batches/{made.key}")


def _migration(body: dict[str, Any]) -> Migration:
    restarts = (
        Restart(each["process_id"], each["element_id"], each["start_before"]) for each in body["restarts"]
    )
    return Migration(_plan(body["plan"]), tuple(restarts))


def _plan(sent: dict[str, Any]) -> Plan:
    return Plan(
        source_key=sight.key(sent["source_definition_key"]),
        target_key=sight.key(sent["target_definition_key"]),
        steps=tuple(Step(each["process_id"], each["source"], each["target"]) for each in sent["elements"]),
        processes={each["source"]: each["target"] for each in sent["processes"]},
        recalculate=sent["recalculate_timers"],
    )
