"""`/cases/{caseKey}/restriction`: cases that only those see who are named."""

from __future__ import annotations

from typing import Any

from flask import Response

from api.answers import answer
from api.blueprint import API_ROOT, Blueprint, permission, problems
from api.context import current_engine, current_principal
from api.preconditions import conditional
from api.repeats import repeatable
from api.restrictions.schemas import (
    LIFTING,
    NEW_RESTRICTION,
    RESTRICTION,
    Lifting,
    NewRestriction,
    Restriction,
)
from engine.services.sight import restrictions as service

restrictions = Blueprint(
    "restrictions", f"{API_ROOT}/cases", "Restricted cases: there only for those who are named."
)


@restrictions.get("/<key:case_key>/restriction")
@permission("case:restrict")
@problems("not-found")
@restrictions.answers(200, Restriction, RESTRICTION)
def get_restriction(case_key: str) -> Response:
    """Read whether a case is restricted.

    Why, and who still sees it.
    """
    return answer(service.get_restriction(current_engine(), current_principal(), case_key))


@restrictions.put("/<key:case_key>/restriction")
@permission("case:restrict")
@problems("not-found")
@restrictions.takes(NewRestriction, NEW_RESTRICTION)
@restrictions.answers(200, Restriction, RESTRICTION)
def restrict_case(body: dict[str, Any], case_key: str) -> Response:
    """Restrict a case to those who are named.

    For everybody else it isn't there from now on: not by its key, in no list, in no count. Of a case that is
    restricted already this says anew who sees it.
    """
    found = service.restrict(
        current_engine(), current_principal(), case_key, body["membership_keys"], body["reason"]
    )
    return answer(found)


@restrictions.post("/<key:case_key>/restriction/lifting")
@permission("case:restrict")
@repeatable
@conditional
@problems("not-found", "conflict")
@restrictions.takes(Lifting, LIFTING)
@restrictions.answers(200, Restriction, RESTRICTION)
def lift_restriction(body: dict[str, Any], case_key: str, version: int | None) -> Response:
    """Lift the restriction of a case.

    Whoever would see it without the restriction sees it again.
    """
    found = service.lift(current_engine(), current_principal(), case_key, body["reason"], version=version)
    return answer(found)
