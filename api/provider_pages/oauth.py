"""`/oauth/token`: the door for systems in the form that OAuth 2.0 libraries know (RFC 6749, 4.4).

What `POST /api/v1/sign-in/client` does, with the names and the form of that standard; its errors are problems
that carry the standard's `error` as well.
"""

from __future__ import annotations

from typing import NoReturn

import msgspec
from flask import Flask, Response, request

from api.context import PUBLIC, Installation, OperationRule, current_engine
from api.problems import CHALLENGE, Refusal
from engine.errors import BadInput, SignInRefused
from engine.services.sign_in import clients

ADDRESS = "/oauth/token"
_GRANT = "client_credentials"
_LONGEST_SCOPE = 4000


def publish_token_endpoint(app: Flask) -> None:
    """Add the address to an application."""
    app.add_url_rule(ADDRESS, view_func=give_token, methods=["POST"], endpoint="oauth_token")
    installation: Installation = app.extensions["ehc"]
    installation.rules["oauth_token"] = OperationRule(PUBLIC, takes_body=True, counted=True)


def give_token() -> Response:
    """A token of 15 minutes for a system that shows its secret, as HTTP Basic or in the form."""
    if request.form.get("grant_type") != _GRANT:
        _refuse("malformed", "unsupported_grant_type", f"Send grant_type={_GRANT} as a form.")
    client_id, secret = _credentials()
    scope = request.form.get("scope", "")[:_LONGEST_SCOPE].split()
    try:
        given = clients.give_access(current_engine(), client_id, secret, scope or None)
    except SignInRefused as error:
        _refuse("sign-in-refused", "invalid_client", error.message)
    except BadInput as error:
        _refuse("malformed", "invalid_scope", error.message)
    answer = {
        "access_token": given.token,
        "token_type": "Bearer",
        "expires_in": int(clients.LASTS.total_seconds()),
        "scope": " ".join(given.scope),
    }
    return Response(msgspec.json.encode(answer), mimetype="application/json")


def _credentials() -> tuple[str, str]:
    basic = request.authorization
    if basic is not None and basic.type == "basic":
        return basic.username or "", basic.password or ""
    return request.form.get("client_id", ""), request.form.get("client_secret", "")


def _refuse(problem: str, error: str, detail: str) -> NoReturn:
    headers = {"WWW-Authenticate": f'Basic realm="ehc", {CHALLENGE}'} if error == "invalid_client" else {}
    raise Refusal(problem, detail, headers=headers, error=error, error_description=detail)
