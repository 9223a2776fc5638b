"""Turns whatever goes wrong into a problem: the engine's errors, HTTP errors, and faults of our own."""

from __future__ import annotations

import logging
from urllib.parse import quote

import msgspec
from flask import Flask, Response, request
from werkzeug.exceptions import HTTPException

from api.context import request_id
from api.problems import CHALLENGE, CONTENT_TYPE, PROBLEM_TYPES, FieldError, Refusal
from api.words import camel
from engine.errors import BadInput, Busy, EhcError, SignInRefused, TooManyRequests
from engine.logs import places

_log = logging.getLogger("ehc.api")

#: HTTP errors raised by the framework itself, as problem types.
_BY_STATUS = {
    400: "malformed",
    401: "unauthenticated",
    403: "not-permitted",
    404: "no-such-address",
    405: "method-not-allowed",
    406: "not-acceptable",
    409: "conflict",
    412: "version-mismatch",
    411: "length-required",
    413: "too-large",
    414: "malformed",
    415: "unsupported-media-type",
    416: "no-such-range",
    422: "bad-input",
    429: "too-many-requests",
    431: "malformed",
    500: "fault",
    503: "not-ready",
}
_FAULT = "Something went wrong on our side. Nothing is known to be wrong with what you sent."
_RETRY_SECONDS = "1"


def answer_failures(app: Flask) -> None:
    """Make every error of this application a problem."""
    app.register_error_handler(HTTPException, _http_problem)
    app.register_error_handler(EhcError, _engine_problem)
    app.register_error_handler(Exception, _fault)


def problem_name(error: type[EhcError]) -> str:
    """The name of the problem type of one of the engine's errors, or of the nearest kind that has one."""
    names = (kind.code.replace("_", "-") for kind in error.__mro__ if issubclass(kind, EhcError))
    return next((name for name in names if name in PROBLEM_TYPES), "fault")


def log_fault(error: BaseException) -> None:
    """Write down where an unexpected error came from, without its words: they may hold personal data."""
    rule = request.url_rule.rule if request.url_rule else "-"
    _log.error(
        "request %s: %s %s failed: %s at %s",
        request_id(),
        request.method,
        rule,
        type(error).__qualname__,
        places(error),
        extra={"kind": type(error).__qualname__, "route": rule, "method": request.method},
    )


def _http_problem(error: HTTPException) -> Response | HTTPException:
    if error.code is None or error.code < 400:
        return error
    if isinstance(error, Refusal):
        return _rendered(error)
    headers = {
        name: value
        for name, value in error.get_response(request.environ).headers
        if name.lower() not in ("content-type", "content-length")
    }
    name = _BY_STATUS.get(error.code, "malformed" if error.code < 500 else "fault")
    return _rendered(Refusal(name, _detail(error, name), headers=headers), status=error.code)


def _engine_problem(error: EhcError) -> Response:
    name = problem_name(type(error))
    if name in ("setup", "fault"):  # words for the operator, not for the caller
        log_fault(error)
        return _rendered(Refusal(name, _FAULT if name == "fault" else PROBLEM_TYPES[name].remedy))
    headers = _headers(error)
    members = {camel(key): value for key, value in error.details.items()}
    return _rendered(Refusal(name, error.message, errors=_field_errors(error), headers=headers, **members))


def _headers(error: EhcError) -> dict[str, str]:
    if isinstance(error, SignInRefused):
        return {"WWW-Authenticate": CHALLENGE}
    if isinstance(error, TooManyRequests):
        return {"Retry-After": str(error.retry_after)}
    return {"Retry-After": _RETRY_SECONDS} if isinstance(error, Busy) else {}


def _fault(error: Exception) -> Response:
    log_fault(error)
    return _rendered(Refusal("fault", _FAULT))


def _field_errors(error: EhcError) -> list[FieldError]:
    if not isinstance(error, BadInput):
        return []
    return [FieldError(_place(problem.field), problem.field, problem.message) for problem in error.problems]


def _place(field: str) -> str:
    """Services know fields, not where HTTP carries them."""
    if field in request.headers:
        return "header"
    return "query" if request.method in ("GET", "HEAD") else "body"


def _rendered(refusal: Refusal, status: int | None = None) -> Response:
    """The problem document. The members of RFC 9457 win over further ones of the same name."""
    kind = refusal.kind
    code = status or int(kind.status)
    document: dict[str, object] = {
        **refusal.members,
        "type": kind.uri,
        "title": kind.title,
        "status": code,
        "detail": refusal.description,
        "instance": quote(request.path, safe="/-._~!$&'()*+,;=:@"),
        "requestId": request_id(),
    }
    if refusal.errors:
        document["errors"] = [error.as_member() for error in refusal.errors]
    body = msgspec.json.encode(document, enc_hook=str)
    response = Response(body, status=code, headers=refusal.headers)
    response.content_type = CONTENT_TYPE
    return response


def _detail(error: HTTPException, name: str) -> str:
    if name == "fault":
        return _FAULT
    if name == "no-such-address":
        return "There is nothing at this address."
    return PROBLEM_TYPES[name].title + ". " + PROBLEM_TYPES[name].remedy
