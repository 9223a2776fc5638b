"""`/process-instances`: find them, see what is open in them and what happened."""

from __future__ import annotations

from typing import Any

from flask import Response

from api.answers import answer
from api.blueprint import API_ROOT, Blueprint, permission, problems
from api.context import current_engine, current_principal
from api.preconditions import conditional
from api.process_definitions.schemas import PICTURE
from api.process_instances.moves import MODIFICATION, MOVED, Modification, Moved, moves_of
from api.process_instances.schemas import (
    CALL_HIERARCHY,
    CANCELED,
    CANCELLATION,
    HISTORY_PAGE,
    INSTANCE_DETAIL,
    INSTANCE_PAGE,
    REASON,
    SUSPENDED,
    VARIABLES,
    CallHierarchy,
    Cancellation,
    HistoryPage,
    HistoryQuery,
    InstanceDetail,
    InstancePage,
    InstancePictureQuery,
    InstanceQuery,
    Reason,
    Variables,
)
from api.repeats import repeatable
from engine.services.processes import process_control, process_history, process_pictures, process_structure
from engine.services.processes import process_instances as service
from engine.services.processes.modification import modify

process_instances = Blueprint(
    "process-instances",
    f"{API_ROOT}/process-instances",
    "Running and ended processes: their state, their history, and what is done to them.",
)


@process_instances.get("")
@permission("process:read")
@process_instances.filters(InstanceQuery)
@process_instances.answers(200, InstancePage, INSTANCE_PAGE)
def list_process_instances(query: dict[str, Any]) -> Response:
    """List process instances, the newest first."""
    return answer(service.list_instances(current_engine(), current_principal(), **query))


@process_instances.get("/<key:process_instance_key>")
@permission("process:read")
@problems("not-found")
@process_instances.answers(200, InstanceDetail, INSTANCE_DETAIL, "ETag")
def get_process_instance(process_instance_key: str) -> Response:
    """Read a process instance and everything that is open in it."""
    found = service.get_instance(current_engine(), current_principal(), process_instance_key)
    return answer(found, version=found.version)


@process_instances.get("/<key:process_instance_key>/history")
@permission("process:read")
@problems("not-found")
@process_instances.filters(HistoryQuery)
@process_instances.answers(200, HistoryPage, HISTORY_PAGE)
def list_process_instance_history(query: dict[str, Any], process_instance_key: str) -> Response:
    """List what happened in a process instance.

    Every element that was entered, completed, cancelled or triggered, in the order in which it happened.
    """
    return answer(
        process_history.instance_history(current_engine(), current_principal(), process_instance_key, **query)
    )


@process_instances.get("/<key:process_instance_key>/variables")
@permission("process:read")
@problems("not-found", "conflict")
@process_instances.answers(200, Variables, VARIABLES)
def get_process_instance_variables(process_instance_key: str) -> Response:
    """Read the variables of a process instance.

    Names and types of all; the values of those that the caller may see. A process owner sees none of a case.
    """
    return answer(
        process_structure.instance_variables(current_engine(), current_principal(), process_instance_key)
    )


@process_instances.get("/<key:process_instance_key>/call-hierarchy")
@permission("process:read")
@problems("not-found", "conflict")
@process_instances.answers(200, CallHierarchy, CALL_HIERARCHY)
def get_process_instance_call_hierarchy(process_instance_key: str) -> Response:
    """Read where a process instance stands among those of its case.

    A called process runs inside its caller; one that another process started is an instance of its own.
    """
    return answer(
        process_structure.call_hierarchy(current_engine(), current_principal(), process_instance_key)
    )


@process_instances.get("/<key:process_instance_key>/picture")
@permission("process:read")
@problems("not-found", "conflict")
@process_instances.filters(InstancePictureQuery)
@process_instances.answers_text(PICTURE, "image/svg+xml")
def get_process_instance_picture(query: dict[str, Any], process_instance_key: str) -> Response:
    """Read the picture of a process instance.

    SVG of its process, or of one that it calls, with what is open, late and broken.
    """
    drawn = process_pictures.instance_picture(
        current_engine(), current_principal(), process_instance_key, **query
    )
    return Response(drawn, mimetype="image/svg+xml")


@process_instances.post("/<key:process_instance_key>/suspend")
@permission("process:change")
@repeatable
@conditional
@problems("not-found", "conflict")
@process_instances.takes(Reason, REASON)
@process_instances.answers(200, InstanceDetail, SUSPENDED, "ETag")
def suspend_process_instance(
    body: dict[str, Any], process_instance_key: str, version: int | None
) -> Response:
    """Suspend a process instance.

    Until it is resumed its tasks can't be completed, its timers don't fire, and messages for it are held.
    Limits of law run on, and their lateness is raised as ever.
    """
    done = process_control.suspend(
        current_engine(), current_principal(), process_instance_key, body["reason"], version
    )
    return answer(done, version=done.version)


@process_instances.post("/<key:process_instance_key>/resume")
@permission("process:change")
@repeatable
@conditional
@problems("not-found", "conflict")
@process_instances.takes(Reason, REASON)
@process_instances.answers(200, InstanceDetail, INSTANCE_DETAIL, "ETag")
def resume_process_instance(body: dict[str, Any], process_instance_key: str, version: int | None) -> Response:
    """Resume a suspended process instance.

    It gets the messages that came meanwhile, in order; then what is due fires once. If it can't go on, it is
    resumed all the same and has an open incident.
    """
    done = process_control.resume(
        current_engine(), current_principal(), process_instance_key, body["reason"], version
    )
    return answer(done, version=done.version)


@process_instances.post("/<key:process_instance_key>/cancel")
@permission("process:change")
@repeatable
@conditional
@problems("not-found", "conflict", "deadline-orphaned", "incident")
@process_instances.takes(Cancellation, CANCELLATION)
@process_instances.answers(200, InstanceDetail, CANCELED, "ETag")
def cancel_process_instance(body: dict[str, Any], process_instance_key: str, version: int | None) -> Response:
    """End a process instance where it stands.

    Refused while it is drawn to keep running limits of law, unless `force` insists: they run on and escalate.
    The case and everything written in it stay.
    """
    done = process_control.cancel(
        current_engine(), current_principal(), process_instance_key, **body, version=version
    )
    return answer(done, version=done.version)


@process_instances.post("/<key:process_instance_key>/modification")
@permission("instance:modify")
@repeatable
@conditional
@problems("not-found", "conflict", "suspended")
@process_instances.takes(Modification, MODIFICATION)
@process_instances.answers(200, Moved, MOVED, "ETag")
def modify_process_instance(body: dict[str, Any], process_instance_key: str, version: int | None) -> Response:
    """Move the tokens of a process instance.

    Take a token away, or start one before or after an element. `dryRun` shows which tasks, timers and limits
    it would touch. Refused where it can't be right: a variable is missing, a join could never fill, nothing
    would be left. No limit of law is lost by it.
    """
    moved = modify(
        current_engine(),
        current_principal(),
        process_instance_key,
        moves_of(body["instructions"]),
        body["reason"],
        version=version,
        dry_run=body["dry_run"],
    )
    return answer(moved, version=moved.version)
