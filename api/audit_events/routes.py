"""`/audit-events`: what happened, found by who, what and when."""

from __future__ import annotations

from typing import Any

from flask import Response

from api.answers import answer
from api.audit_events.schemas import (
    AUDIT_EVENT_PAGE,
    AUTHORITY_EVENT_PAGE,
    VERIFICATION,
    VERIFIED,
    AuditEventPage,
    AuditEventQuery,
    AuthorityEventQuery,
    Verification,
    Verified,
)
from api.blueprint import API_ROOT, Blueprint, permission
from api.context import current_engine, current_principal
from api.repeats import repeatable
from engine.services.audit import audit_search as service

audit_events = Blueprint("audit-events", f"{API_ROOT}/audit-events", "The trail of what happened.")


@audit_events.get("")
@permission("audit:read")
@audit_events.filters(AuditEventQuery)
@audit_events.answers(200, AuditEventPage, AUDIT_EVENT_PAGE)
def search_audit_events(query: dict[str, Any]) -> Response:
    """Find events of cases.

    By case, each case's in their order. A page looks through 50,000 events: it may hold fewer than asked for,
    even none, while `endCursor` leads on.
    """
    limit, cursor = query.pop("limit"), query.pop("cursor", None)
    wanted = service.Wanted(**query)
    return answer(
        service.search_cases(current_engine(), current_principal(), wanted, limit=limit, cursor=cursor)
    )


@audit_events.get("/of-authority")
@permission("audit:read")
@audit_events.filters(AuthorityEventQuery)
@audit_events.answers(200, AuditEventPage, AUTHORITY_EVENT_PAGE)
def search_authority_events(query: dict[str, Any]) -> Response:
    """Find events that belong to no case.

    Organisations and members, accounts, deployments, exports and their like, in their order.
    """
    limit, cursor = query.pop("limit"), query.pop("cursor", None)
    wanted = service.Wanted(**query)
    return answer(
        service.search_authority(current_engine(), current_principal(), wanted, limit=limit, cursor=cursor)
    )


@audit_events.post("/verify")
@permission("audit:read")
@repeatable
@audit_events.takes(Verification, VERIFICATION)
@audit_events.answers(200, Verified, VERIFIED)
def verify_audit(body: dict[str, Any]) -> Response:
    """Prove that nobody changed the trail.

    Walks a case's chain; without a case the authority's own and those of 200 cases. Send `endCursor` as
    `cursor` for the next 200. A case that isn't there, or not for you, is none that was walked.
    """
    found = service.verify(
        current_engine(), current_principal(), case_key=body.get("case_key"), cursor=body.get("cursor")
    )
    return answer(found)
