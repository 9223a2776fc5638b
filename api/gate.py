"""The one gate: before an operation runs, it is clear who asks, that the role may, and that what was sent
is something the operation takes."""

from __future__ import annotations

from flask import Flask, g, request

from api.context import PUBLIC, OperationRule, current_principal, installation
from api.problems import Refusal
from api.reading import check_address, refuse_body, refuse_query

_CHALLENGE = 'Bearer realm="ehc"'


def guard(app: Flask) -> None:
    """Put the gate before every route of an application."""
    app.before_request(_admit)


def _admit() -> None:
    if request.endpoint is None:
        return  # no such address or method: the framework says so next
    rule = _rule(request.endpoint)
    if rule.permission != PUBLIC:
        _identify()
        _require(rule.permission)
    _check_accepted(rule)
    _check_sent(rule)


def _rule(endpoint: str) -> OperationRule:
    try:
        return installation().rules[endpoint]
    except KeyError:
        raise LookupError(f"The route {endpoint} names no permission, so nobody may use it.") from None


def _identify() -> None:
    credentials = request.authorization
    if credentials is None or credentials.type != "bearer" or not credentials.token:
        raise _unknown("Send a token: Authorization: Bearer <token>.", _CHALLENGE)
    principal = installation().authenticate(credentials.token)
    if principal is None:
        raise _unknown(
            "This token isn't valid: it is mistyped, revoked or expired, or the membership has ended.",
            f'{_CHALLENGE}, error="invalid_token"',
        )
    g.principal = principal


def _require(permission: str) -> None:
    principal = current_principal()
    if permission not in principal.permissions:
        raise Refusal(
            "not-permitted",
            f"This needs the permission {permission}, which the role {principal.role} doesn't hold.",
        )


def _check_accepted(rule: OperationRule) -> None:
    accepted = request.accept_mimetypes
    if accepted and not accepted.quality(rule.produces):
        raise Refusal(
            "not-acceptable", f"The answer is {rule.produces}. Accept that, or send no Accept header."
        )


def _check_sent(rule: OperationRule) -> None:
    check_address(request)
    if not rule.takes_query:
        refuse_query(request)
    if not rule.takes_body:
        refuse_body(request)


def _unknown(detail: str, challenge: str) -> Refusal:
    return Refusal("unauthenticated", detail, headers={"WWW-Authenticate": challenge})
