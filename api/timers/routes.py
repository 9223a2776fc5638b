"""`/timers`, and `/process-instances/{processInstanceKey}/timers`: what is due, and moving it."""

from __future__ import annotations

from typing import Any

from flask import Response

from api.answers import answer
from api.blueprint import API_ROOT, Blueprint, permission, problems
from api.context import current_engine, current_principal
from api.preconditions import conditional
from api.process_instances.schemas import REASON, Reason
from api.repeats import repeatable
from api.timers.schemas import (
    MOVED,
    NEW_DUE_DATE,
    TIMER_PAGE,
    NewDueDate,
    TimerMoved,
    TimerPage,
    TimerQuery,
)
from engine.services.processes import process_timers as service

timers = Blueprint("timers", API_ROOT, "Timers that wait in running processes.")
_ONE = "/process-instances/<key:process_instance_key>/timers/<key:timer_token>"


@timers.get("/timers")
@permission("process:read")
@timers.filters(TimerQuery)
@timers.answers(200, TimerPage, TIMER_PAGE)
def list_timers(query: dict[str, Any]) -> Response:
    """List timers, the one due first first.

    A timer that is due and hasn't fired says how late it is, and what holds it: an incident or a suspension.
    """
    return answer(service.list_timers(current_engine(), current_principal(), **query))


@timers.put(f"{_ONE}/due-date")
@permission("process:change")
@problems("not-found", "conflict")
@timers.takes(NewDueDate, NEW_DUE_DATE)
@timers.answers(200, TimerMoved, MOVED)
def set_timer_due_date(body: dict[str, Any], process_instance_key: str, timer_token: str) -> Response:
    """Have a timer fire at another instant.

    One that watches a limit of law isn't moved: correct the day that the limit counts from instead.
    """
    return answer(
        service.change_due(current_engine(), current_principal(), process_instance_key, timer_token, **body)
    )


@timers.post(f"{_ONE}/recalculate")
@permission("process:change")
@repeatable
@conditional
@problems("not-found", "conflict")
@timers.takes(Reason, REASON)
@timers.answers(200, TimerMoved, MOVED)
def recalculate_timer(
    body: dict[str, Any], process_instance_key: str, timer_token: str, version: int | None
) -> Response:
    """Work a timer's instant out again, from its diagram and its case as they stand."""
    return answer(
        service.recalculate(
            current_engine(), current_principal(), process_instance_key, timer_token, body["reason"], version
        )
    )
