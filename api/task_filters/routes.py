"""`/task-filters`: conditions on tasks kept under a name, and run."""

from __future__ import annotations

from typing import Any

from flask import Response

from api.answers import answer, whole
from api.blueprint import API_ROOT, Blueprint, permission, problems
from api.context import current_engine, current_principal
from api.preconditions import conditional
from api.repeats import repeatable
from api.task_filters.schemas import (
    FILTER_TO_SAVE,
    SAVED_FILTER,
    SAVED_FILTER_PAGE,
    FilterToSave,
    RunCountQuery,
    RunQuery,
    SavedConditions,
    SavedFilter,
    SavedFilterPage,
)
from api.tasks.conditions import conditions
from api.tasks.schemas import TASK_COUNT, TASK_PAGE, TaskCount, TaskPage
from engine.services.tasks import task_filters as service
from engine.services.tasks import task_lists
from engine.services.tasks.task_conditions import Conditions
from engine.services.tasks.task_filters import Filter
from engine.services.tasks.task_order import order
from engine.services.tasks.views_of_work import SavedFilterView

task_filters = Blueprint(
    "task_filters", f"{API_ROOT}/task-filters", "Conditions on tasks that people keep under a name."
)


def _wanted(body: dict[str, Any]) -> Filter:
    kept = SavedConditions().dump(body["conditions"])
    return Filter(name=body["name"], conditions=kept, sharing=body["sharing"], roles=body["roles"])


def _asked(filter_key: str) -> Conditions:
    found = service.get_filter(current_engine(), current_principal(), filter_key)
    return conditions(SavedConditions().load(found.conditions))


def _answered(found: SavedFilterView, status: int = 200) -> Response:
    return answer(found, status, version=found.version)


@task_filters.get("")
@permission("task:read")
@task_filters.answers(200, SavedFilterPage, SAVED_FILTER_PAGE)
def list_task_filters() -> Response:
    """List the caller's own filters, and those that are shared with the caller."""
    return answer(whole(service.list_filters(current_engine(), current_principal())))


@task_filters.post("")
@permission("task:read")
@repeatable
@task_filters.takes(FilterToSave, FILTER_TO_SAVE)
@task_filters.answers(201, SavedFilter, SAVED_FILTER, "ETag")
def save_task_filter(body: dict[str, Any]) -> Response:
    """Keep conditions on tasks under a name."""
    return _answered(service.save_filter(current_engine(), current_principal(), _wanted(body)), 201)


@task_filters.get("/<key:filter_key>")
@permission("task:read")
@problems("not-found")
@task_filters.answers(200, SavedFilter, SAVED_FILTER, "ETag")
def get_task_filter(filter_key: str) -> Response:
    """Read a saved filter."""
    return _answered(service.get_filter(current_engine(), current_principal(), filter_key))


@task_filters.put("/<key:filter_key>")
@permission("task:read")
@conditional
@problems("not-found")
@task_filters.takes(FilterToSave, FILTER_TO_SAVE)
@task_filters.answers(200, SavedFilter, SAVED_FILTER, "ETag")
def change_task_filter(body: dict[str, Any], filter_key: str, version: int | None) -> Response:
    """Put something else in the place of one's own filter."""
    return _answered(
        service.change_filter(current_engine(), current_principal(), filter_key, _wanted(body), version)
    )


@task_filters.delete("/<key:filter_key>")
@permission("task:read")
@conditional
@problems("not-found")
@task_filters.answers(200, SavedFilter, SAVED_FILTER, "ETag")
def delete_task_filter(filter_key: str, version: int | None) -> Response:
    """Delete one's own filter; it is answered as it was."""
    return _answered(service.delete_filter(current_engine(), current_principal(), filter_key, version))


@task_filters.get("/<key:filter_key>/tasks")
@permission("task:read")
@problems("not-found")
@task_filters.filters(RunQuery)
@task_filters.answers(200, TaskPage, TASK_PAGE)
def run_task_filter(query: dict[str, Any], filter_key: str) -> Response:
    """List the tasks that a saved filter finds for the caller."""
    ordered = order(query.pop("sort_by"), query.pop("sort_order"))
    return answer(
        task_lists.list_tasks(
            current_engine(), current_principal(), _asked(filter_key), order=ordered, **query
        )
    )


@task_filters.get("/<key:filter_key>/count")
@permission("task:read")
@problems("not-found")
@task_filters.filters(RunCountQuery)
@task_filters.answers(200, TaskCount, TASK_COUNT)
def count_task_filter(query: dict[str, Any], filter_key: str) -> Response:
    """Count the tasks that a saved filter finds for the caller."""
    counted = task_lists.count_tasks(
        current_engine(), current_principal(), _asked(filter_key), group_by=query.get("group_by")
    )
    return answer(counted)
