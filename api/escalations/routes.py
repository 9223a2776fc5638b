"""`/escalations`: lateness that reached a manager, and what is done about it."""

from __future__ import annotations

from typing import Any

from flask import Response

from api.answers import answer, whole
from api.blueprint import API_ROOT, Blueprint, permission, problems
from api.context import current_engine, current_principal
from api.escalations.schemas import (
    ACKNOWLEDGEMENT,
    ESCALATION_ANSWER,
    ESCALATION_HEARINGS,
    ESCALATION_NOTE,
    ESCALATION_PAGE,
    ESCALATION_THREAD,
    HAND_UP,
    LATENESS_FIGURES,
    Acknowledgement,
    EscalationAnswer,
    EscalationHearingPage,
    EscalationNote,
    EscalationPage,
    EscalationQuery,
    EscalationThread,
    HandUp,
    LatenessFigurePage,
    LatenessQuery,
)
from api.preconditions import conditional
from api.repeats import repeatable
from engine.services.escalations import (
    escalation_actions,
    escalation_figures,
    escalation_lists,
    escalation_threads,
    hearing_lists,
)
from engine.services.escalations.escalation_lists import Asked
from engine.services.escalations.views_of_escalations import ThreadView

escalations = Blueprint("escalations", f"{API_ROOT}/escalations", "Lateness that reached a manager.")

_REFUSALS = ("not-found", "conflict")


def _answered(thread: ThreadView) -> Response:
    return answer(thread, version=thread.escalation.version)


@escalations.get("")
@permission("escalation:read")
@escalations.filters(EscalationQuery)
@escalations.answers(200, EscalationPage, ESCALATION_PAGE)
def list_escalations(query: dict[str, Any]) -> Response:
    """List escalations.

    Those that the caller answers for or watches, the newest first.
    """
    page = {name: query.pop(name) for name in ("limit", "cursor") if name in query}
    asked = Asked(**query)
    return answer(escalation_lists.list_escalations(current_engine(), current_principal(), asked, **page))


@escalations.get("/figures")
@permission("escalation:read")
@escalations.filters(LatenessQuery)
@escalations.answers(200, LatenessFigurePage, LATENESS_FIGURES)
def count_lateness(query: dict[str, Any]) -> Response:
    """Count missed limits by organisation and coded reason.

    Of limits whose last compliant day lies in a period, those that were missed, excused ones included.
    """
    return answer(
        whole(
            escalation_figures.by_reason(
                current_engine(),
                current_principal(),
                query.get("due_from"),
                query.get("due_to"),
                query.get("rule"),
            )
        )
    )


@escalations.get("/<key:escalation_key>")
@permission("escalation:read")
@problems("not-found")
@escalations.answers(200, EscalationThread, ESCALATION_THREAD, "ETag")
def get_escalation(escalation_key: str) -> Response:
    """Read an escalation with its thread.

    Boards see what was done, at which level and for which coded reason, without names.
    """
    return _answered(escalation_threads.thread(current_engine(), current_principal(), escalation_key))


@escalations.get("/<key:escalation_key>/hearings")
@permission("escalation:read")
@problems("not-found")
@escalations.answers(200, EscalationHearingPage, ESCALATION_HEARINGS)
def list_hearings(escalation_key: str) -> Response:
    """List who was told of an escalation.

    When, by which way and by which row of the ladder, and whether it reached them; boards see roles alone.
    """
    found = hearing_lists.list_hearings(current_engine(), current_principal(), escalation_key)
    return answer(whole(found))


@escalations.post("/<key:escalation_key>/acknowledge")
@permission("escalation:answer")
@repeatable
@conditional
@problems(*_REFUSALS)
@escalations.takes(Acknowledgement, ACKNOWLEDGEMENT)
@escalations.answers(200, EscalationThread, ESCALATION_THREAD, "ETag")
def acknowledge_escalation(body: dict[str, Any], escalation_key: str, version: int | None) -> Response:
    """Acknowledge an escalation: it has been seen and is looked after.

    With `until` nobody below a board is told of it again through that day; the day after it is raised again.
    A limit that is missed meanwhile is told at once.
    """
    until = body.get("until")
    return _answered(
        escalation_actions.acknowledge(
            current_engine(), current_principal(), escalation_key, version, until=until
        )
    )


@escalations.post("/<key:escalation_key>/notes")
@permission("escalation:answer")
@repeatable
@conditional
@problems(*_REFUSALS)
@escalations.takes(EscalationNote, ESCALATION_NOTE)
@escalations.answers(200, EscalationThread, ESCALATION_THREAD, "ETag")
def note_escalation(body: dict[str, Any], escalation_key: str, version: int | None) -> Response:
    """Add a note to an escalation's thread."""
    return _answered(
        escalation_actions.note(current_engine(), current_principal(), escalation_key, body["note"], version)
    )


@escalations.post("/<key:escalation_key>/answer")
@permission("escalation:answer")
@repeatable
@conditional
@problems(*_REFUSALS)
@escalations.takes(EscalationAnswer, ESCALATION_ANSWER)
@escalations.answers(200, EscalationThread, ESCALATION_THREAD, "ETag")
def answer_escalation(body: dict[str, Any], escalation_key: str, version: int | None) -> Response:
    """Answer an escalation with a coded reason.

    The last one counts in figures. The escalation stays until its cause ends.
    """
    return _answered(
        escalation_actions.give_answer(
            current_engine(), current_principal(), escalation_key, body["reason"], body.get("note"), version
        )
    )


@escalations.post("/<key:escalation_key>/hand-up")
@permission("escalation:answer")
@repeatable
@conditional
@problems(*_REFUSALS)
@escalations.takes(HandUp, HAND_UP)
@escalations.answers(200, EscalationThread, ESCALATION_THREAD, "ETag")
def hand_up_escalation(body: dict[str, Any], escalation_key: str, version: int | None) -> Response:
    """Hand an escalation up to the next level.

    Whoever sits there is told. A designated officer is passed by where the organisation is neither health nor
    care.
    """
    return _answered(
        escalation_actions.hand_up(
            current_engine(), current_principal(), escalation_key, body.get("note"), version
        )
    )


@escalations.post("/<key:escalation_key>/resolve")
@permission("escalation:answer")
@repeatable
@conditional
@problems(*_REFUSALS)
@escalations.answers(200, EscalationThread, ESCALATION_THREAD, "ETag")
def resolve_escalation(escalation_key: str, version: int | None) -> Response:
    """Resolve an escalation whose cause has ended.

    Refused as long as the cause stands. It is resolved by itself when the duty is met, lifted or moved.
    """
    return _answered(
        escalation_actions.resolve(current_engine(), current_principal(), escalation_key, version)
    )
