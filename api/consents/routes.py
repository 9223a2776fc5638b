"""`/cases/{caseKey}/consents`: what a family lets an agency see."""

from __future__ import annotations

from typing import Any

from flask import Response

from api.answers import answer, whole
from api.blueprint import API_ROOT, Blueprint, permission, problems
from api.consents.schemas import (
    CONSENT_PAGE,
    NEW_CONSENT,
    WITHDRAWN,
    ConsentPage,
    NewConsent,
    WithdrawnConsent,
)
from api.context import current_engine, current_principal
from api.preconditions import conditional
from api.repeats import repeatable
from engine.services.sight import consents as service

consents = Blueprint("consents", f"{API_ROOT}/cases", "Consents: what a family lets an agency see.")


@consents.get("/<key:case_key>/consents")
@permission("case:read")
@problems("not-found")
@consents.answers(200, ConsentPage, CONSENT_PAGE)
def list_consents(case_key: str) -> Response:
    """List what a family has said.

    Oldest first, always in one page: all for the SEND team, for an agency what is about itself.
    """
    return answer(whole(service.list_consents(current_engine(), current_principal(), case_key)))


@consents.post("/<key:case_key>/consents")
@permission("consent:record")
@repeatable
@conditional
@problems("not-found")
@consents.takes(NewConsent, NEW_CONSENT)
@consents.answers(201, ConsentPage, CONSENT_PAGE)
def record_consent(body: dict[str, Any], case_key: str, version: int | None) -> Response:
    """Record what a family agrees to or refuses.

    It counts at once: the newest that holds today opens the plan to the agency, or closes it. Whoever says it
    must hold the family's rights.
    """
    new = service.NewConsent(**body)
    found = service.record_consent(current_engine(), current_principal(), case_key, new, version=version)
    return answer(whole(found), 201)


@consents.post("/<key:case_key>/consents/<key:consent_key>/withdrawal")
@permission("consent:record")
@repeatable
@conditional
@problems("not-found", "conflict")
@consents.takes(WithdrawnConsent, WITHDRAWN)
@consents.answers(200, ConsentPage, CONSENT_PAGE)
def withdraw_consent(body: dict[str, Any], case_key: str, consent_key: str, version: int | None) -> Response:
    """Record that a family takes back what it said.

    From that day on it doesn't count, as if it had never been given.
    """
    found = service.withdraw_consent(
        current_engine(), current_principal(), case_key, consent_key, **body, version=version
    )
    return answer(whole(found))
