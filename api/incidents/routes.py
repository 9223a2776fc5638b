"""`/incidents`: find what couldn't be carried out, take it in hand, retry it."""

from __future__ import annotations

from typing import Any

from flask import Response

from api.answers import answer
from api.blueprint import API_ROOT, Blueprint, permission, problems
from api.context import current_engine, current_principal
from api.incidents.schemas import (
    ANNOTATED,
    ANNOTATION,
    ASSIGNED,
    ASSIGNMENT,
    INCIDENT,
    INCIDENT_PAGE,
    RETRIED,
    RETRIES,
    Annotation,
    Incident,
    IncidentAssignment,
    IncidentPage,
    IncidentQuery,
    Retried,
    Retries,
)
from api.preconditions import conditional
from api.process_definitions.schemas import MANY_DONE, ManyDone
from api.repeats import repeatable
from engine.services.processes import incident_care as service

incidents = Blueprint("incidents", f"{API_ROOT}/incidents", "Steps that couldn't be carried out, and why.")


@incidents.get("")
@permission("process:read")
@incidents.filters(IncidentQuery)
@incidents.answers(200, IncidentPage, INCIDENT_PAGE)
def list_incidents(query: dict[str, Any]) -> Response:
    """List incidents, the newest first."""
    return answer(service.list_incidents(current_engine(), current_principal(), **query))


@incidents.post("/retries")
@permission("process:change")
@repeatable
@incidents.takes(Retries, RETRIES)
@incidents.answers(200, ManyDone, MANY_DONE)
def retry_incidents(body: dict[str, Any]) -> Response:
    """Retry several incidents.

    Each by itself; those that couldn't be retried, or failed again, are named with the reason.
    """
    return answer(service.retry_all(current_engine(), current_principal(), body["incident_keys"]))


@incidents.get("/<key:incident_key>")
@permission("process:read")
@problems("not-found")
@incidents.answers(200, Incident, INCIDENT, "ETag")
def get_incident(incident_key: str) -> Response:
    """Read an incident."""
    found = service.get_incident(current_engine(), current_principal(), incident_key)
    return answer(found, version=found.version)


@incidents.post("/<key:incident_key>/retry")
@permission("process:change")
@repeatable
@conditional
@problems("not-found", "conflict")
@incidents.answers(200, Retried, RETRIED, "ETag")
def retry_incident(incident_key: str, version: int | None) -> Response:
    """Retry an incident.

    It is resolved, the timers that it held are due again, and what is due is tried at once. If that fails
    again, there is a new incident: `nextIncidentKey`. A task that couldn't be completed is completed anew.
    """
    done = service.retry(current_engine(), current_principal(), incident_key, version)
    return answer(done, version=done.version)


@incidents.put("/<key:incident_key>/annotation")
@permission("process:change")
@problems("not-found")
@incidents.takes(Annotation, ANNOTATION)
@incidents.answers(200, Incident, ANNOTATED, "ETag")
def annotate_incident(body: dict[str, Any], incident_key: str) -> Response:
    """Write down what is known of an incident."""
    done = service.annotate(current_engine(), current_principal(), incident_key, body["annotation"])
    return answer(done, version=done.version)


@incidents.put("/<key:incident_key>/assignee")
@permission("process:change")
@problems("not-found")
@incidents.takes(IncidentAssignment, ASSIGNMENT)
@incidents.answers(200, Incident, ASSIGNED, "ETag")
def assign_incident(body: dict[str, Any], incident_key: str) -> Response:
    """Say who has an incident in hand."""
    done = service.assign(current_engine(), current_principal(), incident_key, body["membership_key"])
    return answer(done, version=done.version)
