"""`/agreements`: which settings of other authorities work on this one's cases."""

from __future__ import annotations

from typing import Any

from flask import Response

from api.agreements.schemas import (
    AGREEMENT,
    AGREEMENT_END,
    AGREEMENT_PAGE,
    NEW_AGREEMENT,
    Agreement,
    AgreementEnd,
    AgreementPage,
    NewAgreement,
)
from api.answers import answer, whole
from api.blueprint import API_ROOT, Blueprint, permission, problems
from api.context import current_engine, current_principal
from api.repeats import repeatable
from engine.services.sight import agreements as service

agreements = Blueprint(
    "agreements", f"{API_ROOT}/agreements", "Settings of other authorities that work on this one's cases."
)


@agreements.get("")
@permission("agreement:read")
@agreements.answers(200, AgreementPage, AGREEMENT_PAGE)
def list_agreements() -> Response:
    """List what this authority has agreed to.

    Oldest first, always in one page; what is over, too.
    """
    return answer(whole(service.list_agreements(current_engine(), current_principal())))


@agreements.post("")
@permission("agreement:change")
@repeatable
@problems("conflict")
@agreements.takes(NewAgreement, NEW_AGREEMENT)
@agreements.answers(201, Agreement, AGREEMENT)
def make_agreement(body: dict[str, Any]) -> Response:
    """Let a setting's members work on this authority's cases.

    Another authority keeps the setting and its members. They then see their tasks of both in one list.
    """
    return answer(service.agree(current_engine(), current_principal(), **body), 201)


@agreements.put("/<key:agreement_key>/end")
@permission("agreement:change")
@problems("not-found")
@agreements.takes(AgreementEnd, AGREEMENT_END)
@agreements.answers(200, Agreement, AGREEMENT)
def end_agreement(body: dict[str, Any], agreement_key: str) -> Response:
    """Say which day is the last of an agreement.

    From the next day on it opens nothing.
    """
    found = service.end_agreement(current_engine(), current_principal(), agreement_key, body["ends_on"])
    return answer(found)
