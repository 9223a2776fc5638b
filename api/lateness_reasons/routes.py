"""`/lateness-reasons`: the coded reasons that escalations are answered with."""

from __future__ import annotations

from typing import Any

from flask import Response

from api.answers import answer, whole
from api.blueprint import API_ROOT, Blueprint, permission
from api.context import current_engine, current_principal
from api.escalations.schemas import (
    LATENESS_REASON_CHANGE,
    LATENESS_REASON_PAGE,
    LatenessReasonChange,
    LatenessReasonPage,
)
from engine.services.escalations import lateness_reasons as service

lateness_reasons = Blueprint(
    "lateness_reasons", f"{API_ROOT}/lateness-reasons", "Coded reasons for lateness, which figures count."
)


@lateness_reasons.get("")
@permission("lateness_reason:read")
@lateness_reasons.answers(200, LatenessReasonPage, LATENESS_REASON_PAGE)
def list_lateness_reasons() -> Response:
    """List the coded reasons for lateness.

    Those that every authority has, and those that its process owners have added or ended.
    """
    return answer(whole(service.list_reasons(current_engine(), current_principal())))


@lateness_reasons.put("")
@permission("lateness_reason:change")
@lateness_reasons.takes(LatenessReasonChange, LATENESS_REASON_CHANGE)
@lateness_reasons.answers(200, LatenessReasonPage, LATENESS_REASON_PAGE)
def set_lateness_reason(body: dict[str, Any]) -> Response:
    """Add a coded reason, say it in other words, or end it.

    What was answered with it stays.
    """
    listed = service.set_reason(
        current_engine(), current_principal(), body["code"], body["title"], body["ended_on"]
    )
    return answer(whole(listed))
