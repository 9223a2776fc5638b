"""`/retention` and `/destructions`: how long records are kept, what holds them, and proof of their end."""

from __future__ import annotations

from typing import Any

from flask import Response

from api.answers import answer, whole
from api.blueprint import API_ROOT, Blueprint, permission, problems
from api.context import current_engine, current_principal
from api.lists import ListQuery
from api.preconditions import conditional
from api.repeats import repeatable
from api.retention.schemas import (
    DESTRUCTION,
    DESTRUCTION_PAGE,
    DUE_PAGE,
    HOLD,
    HOLD_PAGE,
    NEW_HOLD,
    RULE_PAGE,
    Destruction,
    DestructionPage,
    DueQuery,
    DueRecordsPage,
    Hold,
    HoldPage,
    NewHold,
    RetentionRulePage,
)
from engine.services.records import destruction as destroying
from engine.services.records import retention as service

retention = Blueprint(
    "retention", API_ROOT, "How long records are kept, what holds them, and proof of their destruction."
)


@retention.get("/retention/rules")
@permission("retention:read")
@retention.answers(200, RetentionRulePage, RULE_PAGE)
def list_retention_rules() -> Response:
    """List how long records are kept.

    By class, each version with the day from which it holds; defaults are marked.
    """
    return answer(whole(service.list_rules(current_engine(), current_principal())))


@retention.get("/retention/due")
@permission("retention:read")
@retention.filters(DueQuery)
@retention.answers(200, DueRecordsPage, DUE_PAGE)
def list_due_records(query: dict[str, Any]) -> Response:
    """List what is due to be destroyed.

    Closed cases whose time is over, those on hold included. Nothing is destroyed by itself.
    """
    return answer(service.list_due(current_engine(), current_principal(), **query))


@retention.get("/retention/holds")
@permission("retention:read")
@retention.answers(200, HoldPage, HOLD_PAGE)
def list_holds() -> Response:
    """List holds.

    Those that were lifted too, always in one page.
    """
    return answer(whole(service.list_holds(current_engine(), current_principal())))


@retention.post("/retention/holds")
@permission("retention:hold")
@repeatable
@retention.takes(NewHold, NEW_HOLD)
@retention.answers(201, Hold, HOLD)
def place_hold(body: dict[str, Any]) -> Response:
    """Place a hold on records.

    Of a case, or of the whole authority: nothing of them is destroyed while it lasts.
    """
    held = service.place_hold(current_engine(), current_principal(), body.get("case_key"), body["reason"])
    return answer(held, 201)


@retention.delete("/retention/holds/<key:hold_key>")
@permission("retention:hold")
@problems("not-found", "conflict")
@retention.answers(200, Hold, HOLD)
def lift_hold(hold_key: str) -> Response:
    """Lift a hold.

    It stays listed, with when it was lifted.
    """
    return answer(service.lift_hold(current_engine(), current_principal(), hold_key))


@retention.post("/cases/<key:case_key>/destruction")
@permission("retention:destroy")
@repeatable
@conditional
@problems("not-found", "conflict")
@retention.answers(201, Destruction, DESTRUCTION)
def propose_destruction(case_key: str, version: int | None) -> Response:
    """Propose that the records of a case are destroyed.

    Only what is due, and on which no hold lies. Another person must confirm it.
    """
    found = destroying.propose(current_engine(), current_principal(), case_key, version=version)
    return answer(found, 201)


@retention.get("/destructions")
@permission("retention:read")
@retention.filters(ListQuery)
@retention.answers(200, DestructionPage, DESTRUCTION_PAGE)
def list_destructions(query: dict[str, Any]) -> Response:
    """List destructions.

    What was proposed, rejected and destroyed, newest first.
    """
    return answer(destroying.list_destructions(current_engine(), current_principal(), **query))


@retention.get("/destructions/<key:destruction_key>")
@permission("retention:read")
@problems("not-found")
@retention.answers(200, Destruction, DESTRUCTION)
def get_destruction(destruction_key: str) -> Response:
    """Read a destruction.

    With its certificate: counts and hashes of what is gone, and where the case's trail stood.
    """
    return answer(destroying.get_destruction(current_engine(), current_principal(), destruction_key))


@retention.post("/destructions/<key:destruction_key>/confirmation")
@permission("retention:destroy")
@repeatable
@conditional
@problems("not-found", "conflict")
@retention.answers(200, Destruction, DESTRUCTION)
def confirm_destruction(destruction_key: str, version: int | None) -> Response:
    """Destroy the records of a case.

    Never by whoever proposed it. It can't be undone: rows, files, and with the last case who the child was.
    The trail stays, and can be verified as before.
    """
    return answer(destroying.confirm(current_engine(), current_principal(), destruction_key))


@retention.post("/destructions/<key:destruction_key>/rejection")
@permission("retention:destroy")
@repeatable
@conditional
@problems("not-found", "conflict")
@retention.answers(200, Destruction, DESTRUCTION)
def reject_destruction(destruction_key: str, version: int | None) -> Response:
    """Keep records whose destruction was proposed.

    It may be proposed again.
    """
    return answer(destroying.reject(current_engine(), current_principal(), destruction_key))
