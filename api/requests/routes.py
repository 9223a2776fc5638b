"""`POST /requests`: raise a request for an assessment."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import Response

from api.answers import answer
from api.blueprint import API_ROOT, Blueprint, permission, problems
from api.context import current_engine, current_principal
from api.repeats import repeatable
from api.requests.schemas import NEW_REQUEST, RAISED_REQUEST, NewRequest, RaisedRequest
from engine.errors import BadInput
from engine.law import NoSuchLaw
from engine.services.cases import cases
from engine.services.cases.cases import ChildFacts, NewChild, RequestForAssessment
from engine.services.deadlines.deadlines import FROM_THE_REQUEST

requests = Blueprint("requests", f"{API_ROOT}/requests", "Requests for an EHC needs assessment.")


@requests.post("")
@permission("request:raise")
@repeatable
@problems("conflict")
@requests.takes(NewRequest, NEW_REQUEST)
@requests.answers(201, RaisedRequest, RAISED_REQUEST, "Location")
def raise_request(body: dict[str, Any]) -> Response:
    """Raise a request for an assessment.

    Opens a case, starts its limits and its process. All limits of 6, 16 and 20 weeks count from `receivedOn`.
    """
    _require_law(body["received_on"])
    raised = cases.raise_request(current_engine(), current_principal(), _request(body))
    return answer(raised, 201, location=f"{API_ROOT}/cases/{raised.case_key}")


def _require_law(received_on: date) -> None:
    """Refuse a request from before the law that its limits rest on."""
    for rule in FROM_THE_REQUEST:
        try:
            current_engine().statute.rule(rule).on(received_on)
        except NoSuchLaw as unknown:
            raise BadInput.field("receivedOn", f"No limit counts from this day: {unknown}") from None


def _request(body: dict[str, Any]) -> RequestForAssessment:
    return RequestForAssessment(
        child=NewChild(**body["child"]),
        requested_by_role=body["requested_by"]["role"],
        requested_by_name=body["requested_by"]["name"],
        received_on=body["received_on"],
        setting_urn=body.get("setting_urn"),
        facts=ChildFacts(**body.get("circumstances", {})),
    )
