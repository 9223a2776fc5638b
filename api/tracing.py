"""Gives each request a name that stands in its answer and in the log, times it, and writes one line."""

from __future__ import annotations

import logging
import re
import uuid
from time import perf_counter

from flask import Flask, Response, g, request

from api.context import installation, request_id
from engine.logs import current_request

_log = logging.getLogger("ehc.requests")
_ACCEPTABLE = re.compile(r"[A-Za-z0-9-]{1,64}")
#: Methods that have a label of their own; scanners invent others.
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


def trace(app: Flask) -> None:
    """Name every request of an application. Register this before anything that may refuse one."""
    app.before_request(_name_request)
    app.after_request(_write_line)
    app.teardown_request(_forget_name)


def _name_request() -> None:
    sent = request.headers.get("X-Request-Id", "")
    g.request_id = sent if _ACCEPTABLE.fullmatch(sent) else uuid.uuid4().hex
    g.began = perf_counter()
    current_request.set(g.request_id)


def _forget_name(_error: BaseException | None) -> None:
    current_request.set(None)


def _write_line(response: Response) -> Response:
    """One line: no address as it was sent, no query, no name, for those may tell of a child."""
    response.headers["X-Request-Id"] = request_id()
    rule = request.url_rule.rule if request.url_rule else "-"
    method = request.method if request.method in _METHODS else "other"
    seconds = perf_counter() - g.began
    level = logging.DEBUG if rule.startswith(("/health/", "/metrics")) else logging.INFO
    _log.log(
        level,
        "request %s: %s %s %s",
        request_id(),
        method,
        rule,
        response.status_code,
        extra={
            "method": method,
            "route": rule,
            "status": response.status_code,
            "milliseconds": round(seconds * 1_000, 1),
        },
    )
    _measure(method, rule, response.status_code, seconds)
    return response


def _measure(method: str, rule: str, status: int, seconds: float) -> None:
    engine = installation().engine
    if engine is not None:  # an application that only describes itself has none
        engine.meters.request_answered(method, rule, status, seconds)
