"""`/sign-in`: from a password to a session, and from a client's secret to a token."""

from __future__ import annotations

from typing import Any

from flask import Response
from msgspec import structs

from api import cookie
from api.answers import answer, whole
from api.blueprint import API_ROOT, Blueprint, counted, permission, problems
from api.context import PUBLIC, current_engine
from api.sign_in.schemas import (
    ACCEPTANCE,
    ACCESS,
    CLIENT_SECRET,
    CODE,
    CODE_NEEDED,
    ENROLLED,
    ENROLMENT_NEEDED,
    PROVIDER_PAGE,
    SIGN_IN,
    SIGNED_IN,
    Acceptance,
    Access,
    ClientSecret,
    Code,
    ProviderPage,
    SignIn,
    SignInStep,
)
from engine.services.people import own_account
from engine.services.sight.sight import key as key_of
from engine.services.sign_in import clients, provider_sign_in
from engine.services.sign_in import sign_in as service
from engine.services.sign_in.sessions import Wish
from engine.services.sign_in.views_of_sign_in import SignInView

sign_in = Blueprint("sign-in", f"{API_ROOT}/sign-in", "From a password, or a system's secret, to a token.")


@sign_in.post("")
@permission(PUBLIC)
@counted
@problems("sign-in-refused", "cross-site")
@sign_in.takes(SignIn, SIGN_IN)
@sign_in.answers(200, SignInStep, CODE_NEEDED)
def begin_sign_in(body: dict[str, Any]) -> Response:
    """Show login and password.

    The answer says what is needed next; nobody gets in without a second factor. After ten tries in a row the
    login is locked for 15 minutes, whether there is such an account or not.
    """
    return answer(service.begin(current_engine(), **body))


@sign_in.post("/code")
@permission(PUBLIC)
@counted
@problems("sign-in-refused", "cross-site")
@sign_in.takes(Code, CODE)
@sign_in.answers(200, SignInStep, SIGNED_IN)
def enter_code(body: dict[str, Any]) -> Response:
    """Show a code of the second factor.

    Or one of the recovery codes. Each is good once. Then a session begins.
    """
    return _begun(service.enter_code(current_engine(), body["ticket"], body["code"], _wish(body)), body)


@sign_in.post("/second-factor")
@permission(PUBLIC)
@counted
@problems("sign-in-refused", "cross-site")
@sign_in.takes(Code, CODE)
@sign_in.answers(200, SignInStep, ENROLLED)
def confirm_second_factor(body: dict[str, Any]) -> Response:
    """Show the first code of a new second factor.

    Then a session begins; the recovery codes are shown this once.
    """
    begun = service.confirm_enrolment(current_engine(), body["ticket"], body["code"], _wish(body))
    return _begun(begun, body)


@sign_in.post("/invitation")
@permission(PUBLIC)
@counted
@problems("sign-in-refused", "cross-site")
@sign_in.takes(Acceptance, ACCEPTANCE)
@sign_in.answers(200, SignInStep, ENROLMENT_NEEDED)
def accept_invitation(body: dict[str, Any]) -> Response:
    """Choose a password with an invitation.

    A password has 12 letters or more, and isn't made of what is guessed first. What comes next is the
    enrolment of a second factor.
    """
    return answer(own_account.accept_invitation(current_engine(), body["invitation"], body["password"]))


@sign_in.get("/providers")
@permission(PUBLIC)
@sign_in.answers(200, ProviderPage, PROVIDER_PAGE)
def list_providers() -> Response:
    """List the providers at which people may sign in.

    Send the browser to the `address` of one; it comes back with a session in a cookie. Add `after`, the path
    to go to then, and `invitation` where the person was given one.
    """
    return answer(whole(provider_sign_in.list_providers(current_engine())))


@sign_in.post("/client")
@permission(PUBLIC)
@counted
@problems("sign-in-refused", "cross-site")
@sign_in.takes(ClientSecret, CLIENT_SECRET)
@sign_in.answers(200, Access, ACCESS)
def give_access(body: dict[str, Any]) -> Response:
    """Get a token for a system.

    It lasts 15 minutes; ask for the next one with the same secret.
    """
    return answer(
        clients.give_access(current_engine(), body["client_id"], body["client_secret"], body.get("scope"))
    )


def _wish(body: dict[str, Any]) -> Wish:
    wanted = body.get("membership_key")
    return Wish(None if wanted is None else key_of(wanted), body["kept_in"])


def _begun(begun: SignInView, body: dict[str, Any]) -> Response:
    """The answer to the last step; its token goes where the caller wants it kept."""
    if body["kept_in"] != "cookie" or begun.session is None:
        return answer(begun)
    shown = structs.replace(begun, session=cookie.without_token(begun.session))
    return cookie.keep(answer(shown), begun.session)
