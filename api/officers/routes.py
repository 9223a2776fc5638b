"""`/cases/{caseKey}/officer`, `/officers/absences`: who looks after a case, and who covers for them."""

from __future__ import annotations

from typing import Any

from flask import Response

from api.answers import answer, whole
from api.blueprint import API_ROOT, Blueprint, permission, problems
from api.context import current_engine, current_principal
from api.officers.schemas import (
    ABSENCE,
    ABSENCE_CHANGE,
    CHANGED_ABSENCE,
    COVER,
    COVER_PAGE,
    NEW_OFFICER,
    OFFICER,
    Absence,
    AbsenceChange,
    ChangedAbsence,
    Cover,
    CoverPage,
    NewOfficer,
    Officer,
)
from api.repeats import repeatable
from engine.services.cases import officers as service
from engine.services.people import absence_changes, absences

officers = Blueprint("officers", API_ROOT, "The named officers of cases, and who covers for them.")


@officers.get("/cases/<key:case_key>/officer")
@permission("case:read")
@problems("not-found")
@officers.answers(200, Officer, OFFICER)
def get_officer(case_key: str) -> Response:
    """Read who the officer of a case is.

    And who covers for them today, and all who were before.
    """
    return answer(service.officer_of(current_engine(), current_principal(), case_key))


@officers.put("/cases/<key:case_key>/officer")
@permission("officer:name")
@problems("not-found", "conflict")
@officers.takes(NewOfficer, NEW_OFFICER)
@officers.answers(200, Officer, OFFICER)
def name_officer(body: dict[str, Any], case_key: str) -> Response:
    """Name the officer of a case.

    New tasks of the case go to them, and open ones that nobody or the officer before them holds.
    """
    found = service.name_officer(
        current_engine(),
        current_principal(),
        case_key,
        body["reason"],
        membership_key=body.get("membership_key"),
        person=body.get("person"),
    )
    return answer(found)


@officers.get("/absences")
@permission("absence:record")
@officers.answers(200, CoverPage, COVER_PAGE)
def list_absences() -> Response:
    """List who is away today and later.

    Of the members whom the caller looks after, and who covers for them.
    """
    return answer(whole(absences.list_absences(current_engine(), current_principal())))


@officers.post("/absences")
@permission("absence:record")
@repeatable
@problems("conflict")
@officers.takes(Absence, ABSENCE)
@officers.answers(201, Cover, COVER)
def record_absence_of_member(body: dict[str, Any]) -> Response:
    """Record that a member is away and who covers for them.

    On these days whoever covers hears of lateness in their place; they must be able to do and see as much.
    """
    found = absences.record_absence(
        current_engine(),
        current_principal(),
        body["absent"],
        body["covered_by"],
        body["start"],
        body["end"],
    )
    return answer(found, 201)


@officers.patch("/absences/<key:absence_key>")
@permission("absence:record")
@problems("not-found", "conflict")
@officers.takes(AbsenceChange, ABSENCE_CHANGE)
@officers.answers(200, ChangedAbsence, CHANGED_ABSENCE)
def change_absence(body: dict[str, Any], absence_key: str) -> Response:
    """Let an absence end on another day.

    From the day after it everything goes to its own people again; what whoever covers holds stays with them.
    """
    found = absence_changes.change_absence(current_engine(), current_principal(), absence_key, body["end"])
    return answer(found)


@officers.delete("/absences/<key:absence_key>")
@permission("absence:record")
@problems("not-found", "conflict")
@officers.answers(200, ChangedAbsence, CHANGED_ABSENCE)
def withdraw_absence(absence_key: str) -> Response:
    """Withdraw an absence.

    One that has begun ends: yesterday was its last day. What whoever covers holds stays with them, and is
    named.
    """
    return answer(absence_changes.withdraw_absence(current_engine(), current_principal(), absence_key))


@officers.post("/officers/absences")
@permission("officer:name")
@repeatable
@problems("conflict")
@officers.takes(Absence, ABSENCE)
@officers.answers(201, Cover, COVER)
def record_absence(body: dict[str, Any]) -> Response:
    """Record an officer's absence and who covers for it.

    On these days new tasks of their cases go to whoever covers for them.
    """
    found = service.record_absence(
        current_engine(),
        current_principal(),
        body["absent"],
        body["covered_by"],
        body["start"],
        body["end"],
    )
    return answer(found, 201)
