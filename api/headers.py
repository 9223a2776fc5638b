"""Headers that keep answers out of caches, frames and other sites' pages."""

from __future__ import annotations

from flask import Flask, Response

_POLICY = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}


def protect(app: Flask) -> None:
    """Set the headers on every answer that hasn't set its own."""
    app.after_request(_protect)


def _protect(response: Response) -> Response:
    for name, value in _POLICY.items():
        response.headers.setdefault(name, value)
    return response
