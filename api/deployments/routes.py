"""`/deployments`: look at what files would change, deploy them, and see what was deployed."""

from __future__ import annotations

from typing import Any

from flask import Response

from api.answers import answer
from api.blueprint import API_ROOT, Blueprint, permission, problems
from api.context import current_engine, current_principal
from api.deployments.schemas import (
    CHECK,
    DEPLOYED,
    DEPLOYMENT_DETAIL,
    DEPLOYMENT_PAGE,
    NEW_CHECK,
    NEW_DEPLOYMENT,
    RESOURCE,
    Deployed,
    DeploymentCheck,
    DeploymentDetail,
    DeploymentPage,
    DeploymentQuery,
    NewCheck,
    NewDeployment,
)
from api.repeats import repeatable
from engine.services.processes import deployments as service

deployments = Blueprint(
    "deployments", f"{API_ROOT}/deployments", "Diagrams, decision tables and forms as they were deployed."
)
_ANY_FILE = "application/octet-stream"


@deployments.get("")
@permission("process:read")
@deployments.filters(DeploymentQuery)
@deployments.answers(200, DeploymentPage, DEPLOYMENT_PAGE)
def list_deployments(query: dict[str, Any]) -> Response:
    """List deployments, the newest first."""
    return answer(service.list_deployments(current_engine(), current_principal(), **query))


@deployments.post("/check")
@permission("process:deploy")
@repeatable
@deployments.takes(NewCheck, NEW_CHECK)
@deployments.answers(200, DeploymentCheck, CHECK)
def check_deployment(body: dict[str, Any]) -> Response:
    """Say what a deployment would do, and keep nothing.

    Findings with their remedies, what would be new, changed or unchanged, every change in words, how many
    instances run on earlier versions, and what would be lost: limits, event sub-processes, escalations.
    """
    return answer(service.check_deployment(current_engine(), current_principal(), body["files"]))


@deployments.post("")
@permission("process:deploy")
@repeatable
@problems("deployment-refused")
@deployments.takes(NewDeployment, NEW_DEPLOYMENT)
@deployments.answers(200, Deployed, DEPLOYED)
def deploy(body: dict[str, Any]) -> Response:
    """Deploy files: they become the newest versions.

    Refused with every finding if any is an error, or if anything would be lost that isn't accepted.
    What is deployed never changes; the same content again is the same deployment. Running instances stay on
    the version that they began with.
    """
    return answer(service.deploy(current_engine(), current_principal(), **body))


@deployments.get("/<key:deployment_key>")
@permission("process:read")
@problems("not-found")
@deployments.answers(200, DeploymentDetail, DEPLOYMENT_DETAIL)
def get_deployment(deployment_key: str) -> Response:
    """Read a deployment: its files, the versions it made, who deployed it when, and why."""
    return answer(service.get_deployment(current_engine(), current_principal(), deployment_key))


@deployments.get("/<key:deployment_key>/resources/<string:resource_name>")
@permission("process:read")
@problems("not-found")
@deployments.answers_text(RESOURCE, _ANY_FILE)
def get_deployment_resource(deployment_key: str, resource_name: str) -> Response:
    """Read a file of a deployment, byte for byte."""
    content = service.resource(current_engine(), current_principal(), deployment_key, resource_name)
    return Response(content, mimetype=_ANY_FILE)
