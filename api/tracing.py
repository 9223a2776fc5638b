"""Gives each request a name that stands in its answer and in the log, and writes one line about it."""

from __future__ import annotations

import logging
import re
import uuid

from flask import Flask, Response, g, request

from api.context import request_id

_log = logging.getLogger("ehc.requests")
_ACCEPTABLE = re.compile(r"[A-Za-z0-9-]{1,64}")


def trace(app: Flask) -> None:
    """Name every request of an application. Register this before anything that may refuse one."""
    app.before_request(_name_request)
    app.after_request(_write_line)


def _name_request() -> None:
    sent = request.headers.get("X-Request-Id", "")
    g.request_id = sent if _ACCEPTABLE.fullmatch(sent) else uuid.uuid4().hex


def _write_line(response: Response) -> Response:
    """One line: no address as it was sent, no query, no name, for those may tell of a child."""
    response.headers["X-Request-Id"] = request_id()
    rule = request.url_rule.rule if request.url_rule else "-"
    level = logging.DEBUG if rule.startswith("/health/") else logging.INFO
    _log.log(level, "request %s: %s %s %s", request_id(), request.method, rule, response.status_code)
    return response
