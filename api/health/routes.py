"""`/health`: for whoever watches the service; without a token, and outside the versioned interface."""

from __future__ import annotations

from flask import Response
from marshmallow import fields

from api.answers import answer
from api.blueprint import Blueprint, permission, problems
from api.context import PUBLIC, current_engine, installation
from api.fields import choice
from api.problems import Refusal
from api.schema import AnswerSchema
from engine.services.health import Checks, readiness
from engine.services.views import View

health = Blueprint("health", "/health", "Whether the service lives and can work.")


class Health(AnswerSchema):
    """How the service is."""

    status = fields.String(required=True)


class HealthChecks(AnswerSchema):
    """What was looked at, in the order of importance."""

    database = choice("ok", "away", required=True)
    migrations = choice("ok", "behind", "unknown", required=True)
    row_security = choice(
        "ok",
        "bypassed",
        "none",
        "unknown",
        required=True,
        metadata={
            "description": "Whether PostgreSQL keeps authorities apart; `bypassed`: its role is a superuser."
        },
    )
    scheduler = choice(
        "ok",
        "still",
        "elsewhere",
        required=True,
        metadata={"description": "`elsewhere`: this process only answers requests."},
    )
    scheduler_heartbeat_seconds = fields.Float(required=True, allow_none=True)
    oldest_overdue_timer_seconds = fields.Float(required=True, allow_none=True)
    undelivered_messages = fields.Integer(
        required=True,
        allow_none=True,
        metadata={"description": "Failed messages of no case: an administrator should look at the outbox."},
    )
    pdf_maker = fields.String(
        required=True,
        allow_none=True,
        metadata={
            "description": "What makes PDFs of letters; null: nothing here does, letters are HTML alone."
        },
    )


class Ready(Health):
    """That the service can take work, and what that rests on."""

    checks = fields.Nested(HealthChecks, required=True)


class HealthView(View, frozen=True):
    """How the service is."""

    status: str


class ReadyView(View, frozen=True):
    """That the service can take work, and what that rests on."""

    status: str
    checks: Checks


READY = {
    "status": "ready",
    "checks": {
        "database": "ok",
        "migrations": "ok",
        "rowSecurity": "ok",
        "scheduler": "ok",
        "schedulerHeartbeatSeconds": 3.2,
        "oldestOverdueTimerSeconds": None,
        "undeliveredMessages": 0,
        "pdfMaker": "weasyprint 70.0",
    },
}


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
@health.answers(200, Ready, READY)
def check_readiness() -> Response:
    """Ask whether the service can take work.

    503 while the database doesn't answer, its schema isn't current, the scheduler stands still, a timer
    is long overdue, or the service is stopping.
    """
    if installation().stopping.is_set():
        raise _not_ready(["The service is stopping."])
    heartbeat = installation().heartbeat
    found = readiness(current_engine(), heartbeat() if heartbeat else None)
    if found.reasons:
        raise _not_ready(found.reasons)
    return answer(ReadyView(status="ready", checks=found.checks))


def _not_ready(reasons: list[str]) -> Refusal:
    return Refusal("not-ready", " ".join(reasons), headers={"Retry-After": "1"}, reasons=reasons)
