"""`/health`: for whoever watches the service; without a token, and outside the versioned interface."""

from __future__ import annotations

from flask import Response
from marshmallow import fields

from api.answers import answer
from api.blueprint import Blueprint, permission, problems
from api.context import PUBLIC, current_engine, installation
from api.problems import Refusal
from api.schema import AnswerSchema
from engine.services.health import readiness
from engine.services.views import View

health = Blueprint("health", "/health", "Whether the service lives and can work.")


class Health(AnswerSchema):
    """How the service is."""

    status = fields.String(required=True)


class HealthView(View, frozen=True):
    """How the service is."""

    status: str


@health.get("/live")
@permission(PUBLIC)
@health.answers(200, Health, {"status": "live"})
def check_liveness() -> Response:
    """Ask whether the process lives.

    Asks nothing of the database.
    """
    return answer(HealthView(status="live"))


@health.get("/ready")
@permission(PUBLIC)
@problems("not-ready")
@health.answers(200, Health, {"status": "ready"})
def check_readiness() -> Response:
    """Ask whether the service can take work.

    503 while the database doesn't answer, its schema isn't current, or the service is stopping.
    """
    if installation().stopping.is_set():
        raise _not_ready(["The service is stopping."])
    reasons = readiness(current_engine())
    if reasons:
        raise _not_ready(reasons)
    return answer(HealthView(status="ready"))


def _not_ready(reasons: list[str]) -> Refusal:
    return Refusal("not-ready", " ".join(reasons), headers={"Retry-After": "1"}, reasons=reasons)
