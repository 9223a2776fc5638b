"""`/sign-in/<provider>`: to an OpenID provider and back. For browsers, outside the versioned interface."""

from __future__ import annotations

from urllib.parse import urlencode

from flask import Blueprint, Flask, Response, request

from api import cookie
from api.context import PUBLIC, Installation, OperationRule, current_engine
from api.problems import Refusal, bad_input
from engine.services.sign_in import bearer, provider_logout, provider_sign_in
from engine.services.sign_in.provider_sign_in import talk_to

#: Holds the ticket of a sign-in that has begun: only the browser that began it can end it.
_TICKET = "__Host-ehc-sign-in"
_TICKET_SECONDS = 600
_LONGEST_PATH = 500


def publish_provider_pages(app: Flask) -> None:
    """Add the pages to an application."""
    pages = Blueprint("provider_pages", __name__)
    place = "/sign-in/<string:provider_name>"
    pages.add_url_rule(place, view_func=start)
    pages.add_url_rule(f"{place}/return", view_func=come_back)
    pages.add_url_rule(f"{place}/ended", view_func=hear_end, methods=["POST"])
    app.register_blueprint(pages)
    installation: Installation = app.extensions["ehc"]
    for endpoint, rule in _RULES.items():
        installation.rules[f"provider_pages.{endpoint}"] = rule


_RULES = {
    "start": OperationRule(PUBLIC, takes_query=True, produces="text/html", counted=True),
    "come_back": OperationRule(PUBLIC, takes_query=True, produces="text/html", counted=True),
    "hear_end": OperationRule(PUBLIC, takes_body=True),
}


def start(provider_name: str) -> Response:
    """Send the browser to the provider. `after` is where to go in the end, `invitation` what it was given."""
    talk_to(current_engine(), provider_name)
    for name in request.args:
        if name not in ("after", "invitation") or len(request.args.getlist(name)) > 1:
            raise bad_input("query", name, "Send `after` and `invitation` alone, each once.")
    invitation = request.args.get("invitation")
    if invitation is not None and bearer.kind_of(invitation) is not bearer.Kind.INVITATION:
        raise bad_input("query", "invitation", "This isn't an invitation of ours. Copy the whole of it.")
    address, ticket = provider_sign_in.start(
        current_engine(),
        provider_name,
        invitation=invitation,
        after=_own_path(request.args.get("after", "/")),
    )
    response = _sent_to(address, 302)
    response.set_cookie(
        _TICKET, ticket, max_age=_TICKET_SECONDS, secure=True, httponly=True, samesite="Lax", path="/"
    )
    return response


def come_back(provider_name: str) -> Response:
    """End the sign-in with what the provider gave the browser to bring back."""
    returned = f"{request.base_url}?{urlencode(list(request.args.items(multi=True)))}"
    opened, after = provider_sign_in.finish(
        current_engine(), provider_name, request.cookies.get(_TICKET, ""), returned
    )
    response = cookie.keep(_sent_to(after, 303), opened)
    response.delete_cookie(_TICKET, secure=True, httponly=True, samesite="Lax", path="/")
    return response


def hear_end(provider_name: str) -> Response:
    """Hear from the provider itself that a session is over (OpenID Connect Back-Channel Logout)."""
    message = request.form.get("logout_token")
    if message is None:
        raise Refusal("malformed", "Send logout_token as a form.")
    provider_logout.hear(current_engine(), provider_name, message)
    return Response(status=200)


def _sent_to(address: str, status: int) -> Response:
    return Response(status=status, headers={"Location": address})


def _own_path(path: str) -> str:
    """A path of this installation, and of no other: what begins like another host's isn't one."""
    if (
        len(path) > _LONGEST_PATH
        or not path.startswith("/")
        or path[1:2] in ("/", "\\")
        or not path.isprintable()
    ):
        raise bad_input(
            "query", "after", "This must be a path of this installation, for example /api/v1/docs."
        )
    return path
