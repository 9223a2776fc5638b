"""What the rows of a SEN2 return mean as cases: a request under way, a plan in force, or nothing to bring in.

A return says how far a case has come by its outcomes: A not yet decided, Y yes, N no, W withdrawn, H decided
before the year of the return.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from engine.services.cases.cases import NewChild
from engine.services.imports.blade_files import Row, RowProblem
from engine.services.imports.plan_arrivals import LastReview, PlanFromElsewhere
from engine.services.imports.request_arrivals import RequestUnderWay, Stage

Kind = Literal["request", "plan", "nothing"]
_UPN = re.compile("[A-HJ-NP-RT-Z][0-9]{11}[0-9A-HJ-NP-RT-Z]")
_SOURCES = {"1": "parent", "2": "school"}
#: Where a plan names no setting with a number: the code of the return -> our kind of setting.
_SETTINGS = {
    "OLA": "otherwise_than_in_school",
    "OPA": "own_arrangements",
    "EHE": "own_arrangements",
    "EYP": "early_years",
}
_URN = re.compile("[0-9]{6}")


@dataclass
class Found:
    """What became of one row of `requests`.

    Attributes:
        why: why nothing is brought in, or what to know of what is.
    """

    row: Row
    kind: Kind = "nothing"
    request: RequestUnderWay | None = None
    plan: PlanFromElsewhere | None = None
    why: list[str] = field(default_factory=list)
    problems: list[RowProblem] = field(default_factory=list)
    identity: str = ""


def cases_in(persons: list[Row]) -> Iterator[Found]:
    """Every request of every person, as a case."""
    for person in persons:
        for request in person.children.get("requests", ()):
            found = Found(request)
            try:
                _read(found, person, request)
            except _Wrong as wrong:
                found.kind, found.problems = "nothing", [*found.problems, wrong.problem]
            yield found


class _Wrong(Exception):
    def __init__(self, problem: RowProblem) -> None:
        super().__init__(problem.message)
        self.problem = problem


def _day(row: Row, column: str) -> date | None:
    try:
        return row.day(column)
    except ValueError as problem:
        message = f"“{row.text(column)[:30]}” is no day."
        raise _Wrong(
            row.problem(column, message, "Write it as 2026-09-28 or 2026-Sep-28 00:00:00.")
        ) from problem


def _needed(row: Row, column: str, why: str) -> date:
    day = _day(row, column)
    if day is None:
        raise _Wrong(
            row.problem(column, f"The day is missing: {why}.", "Fill it in, then send the files again.")
        )
    return day


def _read(found: Found, person: Row, request: Row) -> None:
    child = _child(found, person)
    assessment = request.only("assessment")
    outcome = request.text("requestoutcome").upper()
    decided = assessment.text("assessmentoutcome").upper() if assessment else ""
    if request.text("exported"):
        found.why.append("It moved to another authority before it was decided.")
    elif outcome == "A":
        _request(found, child, request, "considering", None)
    elif outcome in ("N", "W"):
        _ended(found, request, outcome)
    elif outcome == "H" or (outcome == "Y" and decided in ("Y", "H")):
        _plan_or_draft(found, child, request, assessment, outcome)
    elif outcome == "Y" and decided in ("", "A"):
        why = "it is the day on which the decision to assess was notified"
        _request(found, child, request, "assessing", _needed(request, "requestoutcomedate", why))
    elif outcome == "Y" and decided in ("N", "W"):
        found.why.append("It ended without a plan: it stays in the former system.")
    else:
        raise _Wrong(
            request.problem(
                "requestoutcome",
                f"The outcomes “{outcome}” and “{decided}” say nothing together.",
                "The request's is one of Y, N, A, W, H, the assessment's one of Y, N, A, W, H or none.",
            )
        )


def _ended(found: Found, request: Row, outcome: str) -> None:
    found.why.append("It ended before an assessment: it stays in the former system.")
    if outcome == "N" and "1" in (request.text("requestmediation"), request.text("requesttribunal")):
        found.why.append("Mediation or an appeal is recorded. If that is under way, open a case by hand.")


def _child(found: Found, person: Row) -> NewChild:
    for column in ("surname", "forename"):
        if not person.text(column):
            raise _Wrong(person.problem(column, "The name is missing.", "Fill it in."))
    upn: str | None = person.text("upn").upper() or None
    if upn is not None and _UPN.fullmatch(upn) is None:
        problem = person.problem("upn", "This is no UPN.", "Correct it, or leave it empty.")
        raise _Wrong(problem)
    return NewChild(
        person.text("forename"),
        person.text("surname"),
        _needed(person, "personbirthdate", "every child has a birthday"),
        None,
        upn=upn,
    )


def _request(found: Found, child: NewChild, row: Row, stage: Stage, decided_on: date | None) -> None:
    received = _needed(row, "receiveddate", "the 20 weeks count from it")
    source = row.text("requestsource")
    role = _SOURCES.get(source, "other")
    if not source:
        role = "parent"
        found.why.append("Who asked isn't said: it is taken for the parent's request.")
    found.kind = "request"
    found.request = RequestUnderWay(child, role, received, stage, decided_on)
    found.identity = _identity(child, "request", received)


def _plan_or_draft(found: Found, child: NewChild, request: Row, assessment: Row | None, outcome: str) -> None:
    named = assessment.only("namedplan") if assessment else None
    active = request.only("activeplans")
    issued = _day(assessment, "assessmentoutcomedate") if assessment else None
    if named is not None and _day(named, "ceasedate") is not None:
        found.why.append("The plan has ended: it stays in the former system.")
    elif named is None and issued is None and outcome == "Y":
        why = "it is the day on which the decision to assess was notified"
        _request(found, child, request, "drafting", _needed(request, "requestoutcomedate", why))
    elif named is None and active is None and issued is None:
        found.why.append("It names no plan: there is nothing under way.")
    else:
        _plan(found, child, named, active, issued, request)


def _plan(
    found: Found,
    child: NewChild,
    named: Row | None,
    active: Row | None,
    issued: date | None,
    request: Row,
) -> None:
    made = (named and _day(named, "startdate")) or issued
    if made is None:
        raise _Wrong((named or request).problem("startdate", "The plan's day is missing.", "Fill it in."))
    urn, kind = _setting(named)
    found.kind = "plan"
    found.plan = PlanFromElsewhere(
        child=child,
        finalised_on=made,
        setting_urn=urn,
        setting_type=kind,
        last_review=_last_review(found, active, made),
    )
    found.identity = _identity(child, "plan", made)
    found.why.append("A return holds none of the plan's text: add it, or its document, to the case.")


def _setting(named: Row | None) -> tuple[str | None, str | None]:
    details = sorted(
        named.children.get("plandetail", ()) if named else (),
        key=lambda row: row.text("placementrank") or "9",
    )
    if named is None or not details:
        return None, "own_arrangements"
    first = details[0]
    urn, code = first.text("urn"), first.text("sensetting").upper()
    if _URN.fullmatch(urn):
        return urn, None
    if code in _SETTINGS:
        return None, _SETTINGS[code]
    raise _Wrong(
        first.problem(
            "urn",
            "The setting that the plan names has no URN of six digits, and no code that says its kind.",
            "Fill in urn, or one of OLA, OPA, EHE, EYP in sensetting.",
        )
    )


def _last_review(found: Found, active: Row | None, made: date) -> LastReview | None:
    meeting = _day(active, "reviewmeeting") if active else None
    decided = _day(active, "lastreview") if active else None
    if decided is None or decided < made:
        if meeting is not None:
            found.why.append(
                "Its last review isn't decided, or before this plan: the next counts from the plan."
            )
        return None
    if meeting is None or meeting > decided:
        found.why.append(
            "The meeting of the review that was decided last isn't said: its day of decision is taken."
        )
        meeting = decided
    return LastReview(max(meeting, made), decided)


def _identity(child: NewChild, kind: str, on: date) -> str:
    """The same for the same request or plan of the same child, in whatever file it comes."""
    who = child.upn or [
        child.given_name.casefold(),
        child.family_name.casefold(),
        child.date_of_birth.isoformat(),
    ]
    return hashlib.sha256(json.dumps([who, kind, on.isoformat()]).encode()).hexdigest()
