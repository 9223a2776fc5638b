"""The one gate: before an operation runs, it is clear who asks, that the role may, and that what was sent
is something the operation takes."""

from __future__ import annotations

from flask import Flask, g, request

from api.context import (
    PUBLIC,
    SESSION_COOKIE,
    OperationRule,
    current_engine,
    current_principal,
    installation,
)
from api.limits import count_address, count_principal
from api.problems import CHALLENGE, Refusal
from api.reading import check_address, refuse_body, refuse_query
from api.same_site import check_same_site
from engine.services.principals import Principal
from engine.store import scope


def guard(app: Flask) -> None:
    """Put the gate before every route of an application."""
    app.before_request(_admit)
    app.teardown_request(_leave)


def _admit() -> None:
    g.scope = scope.enter_none()
    if request.endpoint is None:
        return  # no such address or method: the framework says so next
    rule = _rule(request.endpoint)
    if rule.permission != PUBLIC:
        _identify()
        count_principal()
        _require(rule.permission)
    else:
        scope.enter_everything()  # nobody's rows are answered, but signing in has to find them
        if rule.counted:
            check_same_site(header_needed=False)
            count_address()
    _check_accepted(rule)
    _check_sent(rule)


def _rule(endpoint: str) -> OperationRule:
    try:
        return installation().rules[endpoint]
    except KeyError:
        raise LookupError(f"The route {endpoint} names no permission, so nobody may use it.") from None


def _identify() -> None:
    secret, from_cookie = _secret()
    with scope.everything():
        principal = installation().authenticate(secret)
    if principal is None or from_cookie != _lives_in_cookie(principal):
        raise _unknown(
            "This token isn't valid: it is mistyped, revoked or expired, or the membership has ended.",
            f'{CHALLENGE}, error="invalid_token"',
        )
    if from_cookie:
        check_same_site()
    g.principal = principal
    scope.enter((principal.authority, *principal.partners))


def _leave(_error: BaseException | None) -> None:
    """Whoever works on in this thread isn't confined to what the request was."""
    if (token := g.pop("scope", None)) is not None:
        scope.leave(token)


def _secret() -> tuple[str, bool]:
    """What the request carries to say who asks, and whether a browser added it by itself."""
    credentials = request.authorization
    if credentials is not None and credentials.type == "bearer" and credentials.token:
        return credentials.token, False
    cookie = request.cookies.get(SESSION_COOKIE)
    if cookie is None or "Authorization" in request.headers:
        raise _unknown("Send a token: Authorization: Bearer <token>.", CHALLENGE)
    return cookie, True


def _lives_in_cookie(principal: Principal) -> bool:
    return principal.credential is not None and principal.credential.kept_in == "cookie"


def _require(permission: str) -> None:
    principal = current_principal()
    if permission in principal.permissions:
        return
    scope = principal.credential.scope if principal.credential else None
    lacking = (
        "is outside this token's scope"
        if scope is not None and permission not in scope
        else f"the role {principal.role} doesn't hold"
    )
    raise Refusal("not-permitted", f"This needs the permission {permission}, which {lacking}.")


def _check_accepted(rule: OperationRule) -> None:
    accepted = request.accept_mimetypes
    if rule.produces is not None and accepted and not accepted.quality(rule.produces):
        raise Refusal(
            "not-acceptable", f"The answer is {rule.produces}. Accept that, or send no Accept header."
        )


def _check_sent(rule: OperationRule) -> None:
    check_address(request)
    if not rule.takes_query:
        refuse_query(request)
    if rule.takes_bytes:  # it isn't read before it is clear who sends it, and then only piece by piece
        request.max_content_length = current_engine().settings.files.largest_request
    elif not rule.takes_body:
        refuse_body(request)


def _unknown(detail: str, challenge: str) -> Refusal:
    return Refusal("unauthenticated", detail, headers={"WWW-Authenticate": challenge})
