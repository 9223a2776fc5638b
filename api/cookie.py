"""The cookie of a browser's session: out of reach of scripts, of plain HTTP and of other hosts."""

from __future__ import annotations

from flask import Response
from msgspec import structs

from api.context import SESSION_COOKIE
from engine.services.sign_in.views_of_sign_in import OpenedSessionView


def without_token(opened: OpenedSessionView) -> OpenedSessionView:
    """The session as it's answered where a cookie holds its token."""
    return structs.replace(opened, token=None)


def keep(response: Response, opened: OpenedSessionView) -> Response:
    """Give the session's token to the browser. It goes when the browser is closed, or the session ends."""
    response.set_cookie(
        SESSION_COOKIE, opened.token or "", secure=True, httponly=True, samesite="Lax", path="/"
    )
    return response


def forget(response: Response) -> Response:
    """Take the token from the browser."""
    response.delete_cookie(SESSION_COOKIE, secure=True, httponly=True, samesite="Lax", path="/")
    return response
