"""`/tasks`: who does them: assigned, delegated, resolved; put off, put first; many at once."""

from __future__ import annotations

from typing import Any

from flask import Response

from api.answers import answer
from api.blueprint import permission, problems
from api.context import current_engine, current_principal
from api.preconditions import conditional
from api.repeats import repeatable
from api.tasks.bulk import results
from api.tasks.routes import REFUSALS, tasks
from api.tasks.schemas import (
    ASSIGNMENT,
    BULK_ASSIGNMENT,
    BULK_CLAIM,
    BULK_RESULTS,
    CHANGED,
    DELEGATED,
    TASK,
    TASK_PATCH,
    Assignment,
    BulkAssignment,
    BulkClaim,
    BulkResults,
    Delegation,
    Task,
    TaskPatch,
)
from engine.services.tasks import task_assignment, task_bulk
from engine.services.tasks.task_assignment import Change
from engine.services.views import TaskView


def _answered(task: TaskView) -> Response:
    return answer(task, version=task.version)


@tasks.post("/<key:task_key>/assign")
@permission("task:assign")
@repeatable
@conditional
@problems(*REFUSALS)
@tasks.takes(Assignment, ASSIGNMENT)
@tasks.answers(200, Task, TASK, "ETag")
def assign_task(body: dict[str, Any], task_key: str, version: int | None) -> Response:
    """Give a task to a member.

    To one who may work on it, or back to its group. A manager may take it from its holder; a caseworker gives
    away what nobody holds, or what is their own.
    """
    return _answered(
        task_assignment.assign(
            current_engine(), current_principal(), task_key, body["membership_key"], version
        )
    )


@tasks.post("/<key:task_key>/delegate")
@permission("task:work")
@repeatable
@conditional
@problems(*REFUSALS, "conflict")
@tasks.takes(Delegation, ASSIGNMENT)
@tasks.answers(200, Task, DELEGATED, "ETag")
def delegate_task(body: dict[str, Any], task_key: str, version: int | None) -> Response:
    """Delegate a task.

    Somebody else does it and resolves it; then it comes back to the caller, who completes it.
    """
    return _answered(
        task_assignment.delegate(
            current_engine(), current_principal(), task_key, body["membership_key"], version
        )
    )


@tasks.post("/<key:task_key>/resolve")
@permission("task:work")
@repeatable
@conditional
@problems(*REFUSALS, "conflict")
@tasks.answers(200, Task, {**TASK, "owner": "Amina Farouk", "delegationState": "RESOLVED"}, "ETag")
def resolve_task(task_key: str, version: int | None) -> Response:
    """Give a delegated task back to who delegated it."""
    return _answered(task_assignment.resolve(current_engine(), current_principal(), task_key, version))


@tasks.patch("/<key:task_key>")
@permission("task:work")
@conditional
@problems(*REFUSALS)
@tasks.takes(TaskPatch, TASK_PATCH)
@tasks.answers(200, Task, CHANGED, "ETag")
def change_task(body: dict[str, Any], task_key: str, version: int | None) -> Response:
    """Set a task's priority or follow-up date."""
    wanted = Change(
        priority=body.get("priority"),
        follow_up="follow_up_date" in body,
        follow_up_on=body.get("follow_up_date"),
    )
    return _answered(task_assignment.change(current_engine(), current_principal(), task_key, wanted, version))


@tasks.post("/bulk-claim")
@permission("task:work")
@repeatable
@tasks.takes(BulkClaim, BULK_CLAIM)
@tasks.answers(200, BulkResults, BULK_RESULTS)
def claim_tasks(body: dict[str, Any]) -> Response:
    """Claim many tasks.

    Each has its own result, as if it were claimed alone: one that can't be claimed stops no other.
    """
    return answer(results(task_bulk.claim_all(current_engine(), current_principal(), body["task_keys"])))


@tasks.post("/bulk-assign")
@permission("task:assign")
@repeatable
@tasks.takes(BulkAssignment, BULK_ASSIGNMENT)
@tasks.answers(200, BulkResults, BULK_RESULTS)
def assign_tasks(body: dict[str, Any]) -> Response:
    """Give many tasks to a member.

    Each has its own result, as if it were assigned alone: one that can't be assigned stops no other.
    """
    outcomes = task_bulk.assign_all(
        current_engine(), current_principal(), body["task_keys"], body["membership_key"]
    )
    return answer(results(outcomes))
