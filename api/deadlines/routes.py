"""`/deadlines`: which limits are likely to be missed."""

from __future__ import annotations

from typing import Any

from flask import Response

from api.answers import answer
from api.blueprint import API_ROOT, Blueprint, permission
from api.context import current_engine, current_principal
from api.deadlines.schemas import DEADLINES_AT_RISK, DeadlineAtRiskPage, RiskQuery
from insight.early.at_risk import Asked, at_risk

deadlines = Blueprint("deadlines", f"{API_ROOT}/deadlines", "Limits across cases.")


@deadlines.get("/at-risk")
@permission("escalation:read")
@deadlines.filters(RiskQuery)
@deadlines.answers(200, DeadlineAtRiskPage, DEADLINES_AT_RISK)
def list_deadlines_at_risk(query: dict[str, Any]) -> Response:
    """List running limits by how likely they are to be missed.

    Those that the caller answers for, the likeliest first, with what each forecast rests on and what would
    help. They are made anew each morning. Boards see none: nothing has happened yet.
    """
    page = {name: query.pop(name) for name in ("limit", "cursor") if name in query}
    return answer(at_risk(current_engine(), current_principal(), Asked(**query), **page))
