"""`/cases/{caseKey}/anchors`, `/exceptions`, `/withdrawal`: what changes a case's limits, with a reason."""

from __future__ import annotations

from typing import Any

from flask import Response

from api.answers import answer
from api.blueprint import API_ROOT, Blueprint, permission, problems
from api.context import current_engine, current_principal
from api.corrections.schemas import (
    CHANGE,
    CORRECTION,
    EXCEPTION,
    WITHDRAWAL,
    AnchorCorrection,
    Change,
    ExceptionRecord,
    Withdrawal,
)
from api.preconditions import conditional
from api.repeats import repeatable
from engine.services.cases import corrections as service
from engine.services.cases.corrections import NewException

corrections = Blueprint(
    "corrections", f"{API_ROOT}/cases", "What changes the limits of a case, each time with a reason."
)

_REFUSALS = ("not-found", "case-closed", "incident")


@corrections.post("/<key:case_key>/anchors")
@permission("case:correct")
@repeatable
@conditional
@problems(*_REFUSALS)
@corrections.takes(AnchorCorrection, CORRECTION)
@corrections.answers(200, Change, CHANGE)
def correct_anchor(body: dict[str, Any], case_key: str, version: int | None) -> Response:
    """Correct a date that limits count from.

    Every limit and timer that hangs on it moves. Only planned events may lie in the future.
    """
    change = service.correct_anchor(
        current_engine(),
        current_principal(),
        case_key,
        body["anchor"],
        body["on"],
        body["reason"],
        body.get("occurrence") or "",
        version=version,
    )
    return answer(change)


@corrections.post("/<key:case_key>/exceptions")
@permission("case:correct")
@repeatable
@conditional
@problems(*_REFUSALS)
@corrections.takes(ExceptionRecord, EXCEPTION)
@corrections.answers(200, Change, CHANGE)
def record_exception(body: dict[str, Any], case_key: str, version: int | None) -> Response:
    """Record an exception that the law allows.

    It lifts the limits it names, if it made keeping them impractical; the clock goes on and the duty stays.
    A limit that opens later, within the days of the circumstance, is lifted too.
    """
    new = NewException(
        code=body["code"],
        rules=body["rules"],
        start=body["start"],
        end=body.get("end"),
        evidence=body["evidence"],
        impractical_because=body["impractical_because"],
        family_told_on=body.get("family_told_on"),
        occurrence=body.get("occurrence") or "",
    )
    change = service.record_exception(current_engine(), current_principal(), case_key, new, version=version)
    return answer(change)


@corrections.post("/<key:case_key>/withdrawal")
@permission("case:correct")
@repeatable
@conditional
@problems(*_REFUSALS)
@corrections.takes(Withdrawal, WITHDRAWAL)
@corrections.answers(200, Change, CHANGE)
def withdraw_request(body: dict[str, Any], case_key: str, version: int | None) -> Response:
    """End a request that was withdrawn.

    Its tasks are cancelled and its running limits end as withdrawn.
    """
    change = service.withdraw(
        current_engine(),
        current_principal(),
        case_key,
        body["withdrawn_on"],
        body["reason"],
        version=version,
    )
    return answer(change)
