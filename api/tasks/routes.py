"""`/tasks`: find and count them, see their forms, claim, unclaim and complete them."""

from __future__ import annotations

from typing import Any

from flask import Response

from api.answers import answer
from api.blueprint import API_ROOT, Blueprint, permission, problems
from api.context import current_engine, current_principal
from api.preconditions import conditional
from api.repeats import repeatable
from api.tasks.conditions import conditions
from api.tasks.schemas import (
    COMPLETED,
    COMPLETION,
    TASK,
    TASK_COUNT,
    TASK_FORM,
    TASK_PAGE,
    UNCLAIMED,
    Completion,
    Task,
    TaskCount,
    TaskCountQuery,
    TaskForm,
    TaskPage,
    TaskQuery,
)
from engine.services.tasks import task_lists
from engine.services.tasks import tasks as service
from engine.services.tasks.task_order import order

tasks = Blueprint("tasks", f"{API_ROOT}/tasks", "User tasks: what people and agencies have to do.")

#: What stands in the way of work on a task.
REFUSALS = ("not-found", "task-held", "task-closed", "case-closed", "incident")


@tasks.get("")
@permission("task:read")
@tasks.filters(TaskQuery)
@tasks.answers(200, TaskPage, TASK_PAGE)
def list_tasks(query: dict[str, Any]) -> Response:
    """List tasks.

    Those of the caller's organisation (the SEND team: of all), the one due first first unless another order
    is asked for. Several states are asked for by naming `state` several times.
    """
    page = {name: query.pop(name) for name in ("limit", "cursor") if name in query}
    ordered = order(query.pop("sort_by"), query.pop("sort_order"))
    listed = task_lists.list_tasks(
        current_engine(), current_principal(), conditions(query), order=ordered, **page
    )
    return answer(listed)


@tasks.get("/count")
@permission("task:read")
@tasks.filters(TaskCountQuery)
@tasks.answers(200, TaskCount, TASK_COUNT)
def count_tasks(query: dict[str, Any]) -> Response:
    """Count tasks.

    As many as a list with the same conditions would hold, on request in groups.
    """
    group_by = query.pop("group_by", None)
    return answer(
        task_lists.count_tasks(current_engine(), current_principal(), conditions(query), group_by=group_by)
    )


@tasks.get("/<key:task_key>")
@permission("task:read")
@problems("not-found")
@tasks.answers(200, Task, TASK, "ETag")
def get_task(task_key: str) -> Response:
    """Read a task."""
    found = service.get_task(current_engine(), current_principal(), task_key)
    return answer(found, version=found.version)


@tasks.get("/<key:task_key>/form")
@permission("task:read")
@problems("not-found")
@tasks.answers(200, TaskForm, TASK_FORM)
def get_task_form(task_key: str) -> Response:
    """Read the form of a task.

    The form as it is drawn, and as JSON Schema with one complete answer that `complete` accepts as it stands.
    """
    return answer(service.task_form(current_engine(), current_principal(), task_key))


@tasks.post("/<key:task_key>/claim")
@permission("task:work")
@repeatable
@conditional
@problems(*REFUSALS)
@tasks.answers(200, Task, TASK, "ETag")
def claim_task(task_key: str, version: int | None) -> Response:
    """Claim a task.

    A task that somebody holds is never taken over silently: 409 names the `holder`.
    """
    claimed = service.claim(current_engine(), current_principal(), task_key, version)
    return answer(claimed, version=claimed.version)


@tasks.post("/<key:task_key>/unclaim")
@permission("task:work")
@repeatable
@conditional
@problems(*REFUSALS, "conflict")
@tasks.answers(200, Task, UNCLAIMED, "ETag")
def unclaim_task(task_key: str, version: int | None) -> Response:
    """Give a claimed task back to its group."""
    returned = service.unclaim(current_engine(), current_principal(), task_key, version)
    return answer(returned, version=returned.version)


@tasks.post("/<key:task_key>/complete")
@permission("task:work")
@repeatable
@conditional
@problems(*REFUSALS, "suspended", "conflict")
@tasks.takes(Completion, COMPLETION)
@tasks.answers(200, Task, COMPLETED, "ETag")
def complete_task(body: dict[str, Any], task_key: str, version: int | None) -> Response:
    """Complete a task.

    A candidate who completes an unclaimed task claims it. An answer after a limit is late, but is taken.
    """
    completed = service.complete(
        current_engine(),
        current_principal(),
        task_key,
        body["answers"],
        version,
        without_contributions=body["without_contributions"],
    )
    return answer(completed, version=completed.version)
