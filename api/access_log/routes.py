"""`/cases/{caseKey}/access-log`: who has opened what of a case."""

from __future__ import annotations

from typing import Any

from flask import Response

from api.access_log.schemas import OPENING_PAGE, READER_PAGE, OpeningPage, ReaderPage
from api.answers import answer, whole
from api.blueprint import API_ROOT, Blueprint, permission, problems
from api.context import current_engine, current_principal
from api.lists import ListQuery
from engine.services.sight import access_log as service

access_log = Blueprint("access_log", f"{API_ROOT}/cases", "The log of who has opened what of a case.")


@access_log.get("/<key:case_key>/access-log")
@permission("access:read")
@problems("not-found")
@access_log.filters(ListQuery)
@access_log.answers(200, OpeningPage, OPENING_PAGE)
def list_accesses(query: dict[str, Any], case_key: str) -> Response:
    """List who opened what of a case.

    Newest first: the case itself, the family's record, a plan, a review, a letter, a document, a form.
    """
    return answer(service.list_accesses(current_engine(), current_principal(), case_key, **query))


@access_log.get("/<key:case_key>/access-log/readers")
@permission("access:read")
@problems("not-found")
@access_log.answers(200, ReaderPage, READER_PAGE)
def list_readers(case_key: str) -> Response:
    """List who has seen a case, for its family.

    By organisation and role, nobody by name, always in one page. Whether a name is given besides is for
    whoever answers the family to decide.
    """
    return answer(whole(service.readers(current_engine(), current_principal(), case_key)))
