"""`/sessions`: the caller's own sessions; `/principal`: who asks."""

from __future__ import annotations

from typing import Any

from flask import Response
from msgspec import structs

from api import cookie
from api.answers import answer
from api.blueprint import API_ROOT, Blueprint, permission, problems
from api.context import current_engine, current_principal
from api.lists import ListQuery
from api.preconditions import conditional
from api.repeats import confidential, repeatable
from api.sessions.schemas import (
    OPENED,
    PRINCIPAL,
    SESSION,
    SESSION_PAGE,
    SIGNED_OUT,
    SWITCH,
    OpenedSession,
    Principal,
    Session,
    SessionPage,
    SignedOut,
    Switch,
)
from engine.services.sign_in import sessions as service
from engine.services.sign_in.provider_logout import leaving_address

sessions = Blueprint("sessions", f"{API_ROOT}/sessions", "The caller's own sessions.")
principal = Blueprint("principal", f"{API_ROOT}/principal", "Who asks.")


@principal.get("")
@permission("account:use")
@principal.answers(200, Principal, PRINCIPAL)
def get_principal() -> Response:
    """Say who asks, what that allows, and as whom else the person may work."""
    return answer(service.who_asks(current_engine(), current_principal()))


@sessions.get("")
@permission("account:use")
@sessions.filters(ListQuery)
@sessions.answers(200, SessionPage, SESSION_PAGE)
def list_sessions(query: dict[str, Any]) -> Response:
    """List the caller's own sessions.

    The newest first; ended ones for 30 days.
    """
    return answer(service.list_sessions(current_engine(), current_principal(), **query))


@sessions.post("/<key:session_key>/end")
@permission("account:use")
@repeatable
@conditional
@problems("not-found")
@sessions.answers(200, Session, SESSION, "ETag")
def end_session(session_key: str, version: int | None) -> Response:
    """End a session.

    One of the caller's own. It is dead at once; ending it again changes nothing.
    """
    ended = service.end_session(current_engine(), current_principal(), session_key, version=version)
    return answer(ended, version=ended.version)


@sessions.post("/others/end")
@permission("account:use")
@repeatable
@sessions.answers(200, SignedOut, SIGNED_OUT)
def end_other_sessions() -> Response:
    """End all sessions but the one that asks."""
    return answer(service.end_others(current_engine(), current_principal()))


@sessions.post("/current/membership")
@permission("account:use")
@repeatable
@confidential
@problems("sign-in-refused", "conflict")
@sessions.takes(Switch, SWITCH)
@sessions.answers(200, OpenedSession, OPENED)
def switch_membership(body: dict[str, Any]) -> Response:
    """Go on as another of the person's memberships.

    The session gets a new token (or cookie); the one before is dead.
    """
    who = current_principal()
    opened = service.switch(current_engine(), who, body["membership_key"])
    if who.credential is not None and who.credential.kept_in == "cookie":
        return cookie.keep(answer(cookie.without_token(opened)), opened)
    return answer(opened)


@sessions.post("/current/end")
@permission("account:use")
@repeatable
@problems("conflict")
@sessions.answers(200, SignedOut, SIGNED_OUT)
def sign_out() -> Response:
    """Sign out.

    Ends the session that asks. Where it began at a provider, `providerAddress` ends the one there.
    """
    signed_out, ended = service.sign_out(current_engine(), current_principal())
    leaving = leaving_address(current_engine(), ended)
    return cookie.forget(answer(structs.replace(signed_out, provider_address=leaving)))
