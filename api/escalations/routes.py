"""`/escalations`: lateness that reached a manager."""

from __future__ import annotations

from typing import Any

from flask import Response

from api.answers import answer
from api.blueprint import API_ROOT, Blueprint, permission
from api.context import current_engine, current_principal
from api.escalations.schemas import ESCALATION_PAGE, EscalationPage, EscalationQuery
from engine.services import escalations as service

escalations = Blueprint("escalations", f"{API_ROOT}/escalations", "Lateness that reached a manager.")


@escalations.get("")
@permission("escalation:read")
@escalations.filters(EscalationQuery)
@escalations.answers(200, EscalationPage, ESCALATION_PAGE)
def list_escalations(query: dict[str, Any]) -> Response:
    """List escalations.

    Those that the caller answers for or watches, the newest first.
    """
    return answer(service.list_escalations(current_engine(), current_principal(), **query))
