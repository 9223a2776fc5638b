"""A request that is under way elsewhere is taken up here, at the step that it has come to.

What was done is recorded with its day; what was sent there isn't sent again.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Literal

from engine.errors import BadInput, Conflict, DuplicateCase, FieldProblem
from engine.services.audit.audit import Actor, Event
from engine.services.cases.cases import (
    PROCESS,
    NewChild,
    RequestForAssessment,
    insert_case,
    insert_child,
    variables_at_start,
)
from engine.services.deadlines.deadlines import FROM_THE_REQUEST
from engine.services.imports.duplicates import requests_of
from engine.services.instances import StepFault
from engine.services.principals import Principal
from engine.services.step import CaseStep
from engine.services.views import RaisedRequest
from engine.spiff import Move, MoveRefused, move, worked_out

if TYPE_CHECKING:
    from engine.application import Engine

Stage = Literal["considering", "assessing", "drafting"]
#: Stage -> the element before which the process goes on.
_GOES_ON_AT: dict[Stage, str] = {
    "considering": "collate_evidence",
    "assessing": "begin_assessment",
    "drafting": "prepare_draft",
}
_FIRST_TASK, _RECIPIENTS = "register_request", "look_up_recipients"


@dataclass(frozen=True)
class RequestUnderWay:
    """A request as another system had it; `decided_on` is when the decision to assess was notified."""

    child: NewChild
    requested_by: str
    received_on: date
    stage: Stage
    decided_on: date | None = None
    confirmed: bool = False


def take_up(engine: Engine, principal: Principal, arriving: RequestUnderWay) -> RaisedRequest:
    """Open a case for a request that is under way, at its step, in one transaction.

    Raises:
        BadInput: names every field that can't be right.
        DuplicateCase: a request for this child is under way here, and it isn't confirmed.
        Conflict: the process can't be taken up there; nothing was kept.
    """
    principal.require("case:import")
    problems = list(_problems(arriving, engine.clock.today()))
    if problems:
        raise BadInput("The request can't be taken up.", problems)
    try:
        with engine.database.write() as connection:
            known = [] if arriving.confirmed else requests_of(connection, principal.authority, arriving.child)
            if known:
                raise DuplicateCase(
                    f"Case {known[0]} is a request under way for a child with the same UPN or NHS number."
                    " Look at that case; if this is another one, send it again as confirmed.",
                    case_key=str(known[0]),
                )
            child_key = insert_child(connection, principal.authority, arriving.child)
            case_key = insert_case(
                engine,
                connection,
                authority=principal.authority,
                child_key=child_key,
                status=arriving.stage,
                requested_by=arriving.requested_by,
                requester_name=principal.organisation_name,
                received_on=arriving.received_on,
                setting_urn=None,
            )
            actor = Actor(principal.membership_key, principal.organisation)
            step = CaseStep.lock(engine, connection, case_key, actor)
            instance_key = _open(step, arriving)
            step.save()
    except (StepFault, MoveRefused) as fault:
        raise Conflict(
            f"The request couldn't be taken up and nothing was kept: {fault} Ask the process owner to look at"
            " the deployed diagrams, then send it again."
        ) from fault
    return RaisedRequest(case_key=str(case_key), process_instance_key=str(instance_key))


def _open(step: CaseStep, arriving: RequestUnderWay) -> int:
    received = arriving.requested_by != "other"
    step.audit.append(Event.CASE_OPENED, requested_by=arriving.requested_by, stage=arriving.stage)
    anchor = "request_received_on" if received else "became_responsible_on"
    step.ledger.record(anchor, arriving.received_on)
    for rule in FROM_THE_REQUEST:
        step.ledger.open(rule)
    request = RequestForAssessment(
        arriving.child, arriving.requested_by, "", arriving.received_on, setting_urn=None
    )
    live = step.start(PROCESS, variables_at_start(step, request))
    known = worked_out(live.workflow, _RECIPIENTS)
    if arriving.decided_on is not None:
        _record_decision(step, arriving.decided_on)
        known["assess"] = True
    if arriving.stage == "drafting":
        for rule in ("reg10_decide_no_plan", "reg10_2_notify_others"):
            step.ledger.supersede(rule)
    moves = [
        Move("cancel", _FIRST_TASK),
        Move("start_before", _GOES_ON_AT[arriving.stage], variables=known),
    ]
    step.act(live, lambda: move(live.workflow, moves))
    step.fire_due()
    return live.key


def _record_decision(step: CaseStep, on: date) -> None:
    """The decision to assess was notified on a day (regulation 5(1))."""
    step.ledger.record("assessment_decided_on", on)
    step.ledger.meet("reg5_decide_to_assess", "", on)


def _problems(arriving: RequestUnderWay, today: date) -> Iterator[FieldProblem]:
    if arriving.received_on > today:
        yield FieldProblem("receivedOn", f"The request can't be received after today, {today}.")
    if arriving.child.date_of_birth > arriving.received_on:
        yield FieldProblem("child.dateOfBirth", "The child can't be born after the request was received.")
    decided = arriving.decided_on
    if decided is not None and not arriving.received_on <= decided <= today:
        yield FieldProblem("decidedOn", "The decision to assess lies between the request and today.")
