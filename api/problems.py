"""Problems (RFC 9457): every error this interface answers with, by name.

A problem's `type` is stable and made for programs; its `detail` is made for people and may change.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any, NamedTuple

from flask import Response
from werkzeug.exceptions import HTTPException

#: What stands before a problem's name in its `type`.
TYPE_PREFIX = "urn:ehc:problem:"
CONTENT_TYPE = "application/problem+json"
#: How a stranger is told to say who asks.
CHALLENGE = 'Bearer realm="ehc"'


class ProblemType(NamedTuple):
    """A kind of problem: its name, HTTP status, title, and what the caller can do about it."""

    name: str
    status: HTTPStatus
    title: str
    remedy: str

    @property
    def uri(self) -> str:
        """The value of `type`."""
        return TYPE_PREFIX + self.name


class FieldError(NamedTuple):
    """One thing wrong in what was sent: which part of the request, which field, and what to do."""

    place: str
    field: str
    message: str

    def as_member(self) -> dict[str, str]:
        """The form it has inside `errors`."""
        return {"in": self.place, "field": self.field, "message": self.message}


_TABLE = (
    ProblemType(
        "malformed",
        HTTPStatus.BAD_REQUEST,
        "The request can't be read",
        "Correct the form of the request (JSON, header or address); `detail` says where it breaks.",
    ),
    ProblemType(
        "unauthenticated",
        HTTPStatus.UNAUTHORIZED,
        "Who asks isn't known",
        "Send a valid token: `Authorization: Bearer <token>`.",
    ),
    ProblemType(
        "sign-in-refused",
        HTTPStatus.UNAUTHORIZED,
        "This doesn't open the account",
        "Check what was typed, or begin the sign-in anew. Nothing says which part was wrong.",
    ),
    ProblemType(
        "not-permitted",
        HTTPStatus.FORBIDDEN,
        "The role doesn't allow this",
        "Ask somebody whose role holds the permission named in `x-permission`.",
    ),
    ProblemType(
        "cross-site",
        HTTPStatus.FORBIDDEN,
        "The request may come from another site",
        "Send the header `X-EHC-Request` from a page of this installation, or a token instead of the cookie.",
    ),
    ProblemType(
        "not-found",
        HTTPStatus.NOT_FOUND,
        "There is no such thing for you",
        "Check the key. What belongs to another agency isn't found either.",
    ),
    ProblemType(
        "no-such-address",
        HTTPStatus.NOT_FOUND,
        "There is nothing at this address",
        "Look the address up in the document at /api/v1/openapi.json.",
    ),
    ProblemType(
        "method-not-allowed",
        HTTPStatus.METHOD_NOT_ALLOWED,
        "This address doesn't take this method",
        "Use one of the methods in the header `Allow`.",
    ),
    ProblemType(
        "not-acceptable",
        HTTPStatus.NOT_ACCEPTABLE,
        "No acceptable form of the answer",
        "Accept `application/json`, or send no `Accept` at all.",
    ),
    ProblemType(
        "conflict",
        HTTPStatus.CONFLICT,
        "The present state doesn't allow this",
        "Read the thing again and decide anew.",
    ),
    ProblemType(
        "task-held",
        HTTPStatus.CONFLICT,
        "Somebody else holds the task",
        "Ask `holder` to unclaim it: a claimed task is never taken over silently.",
    ),
    ProblemType(
        "task-closed",
        HTTPStatus.CONFLICT,
        "The task is closed",
        "It is completed or cancelled: nothing is left to do on it.",
    ),
    ProblemType(
        "duplicate-case",
        HTTPStatus.CONFLICT,
        "A case for this child is there already",
        "Look at `caseKey`. If this is another child or another plan, send the same again with `confirmed`.",
    ),
    ProblemType(
        "case-closed",
        HTTPStatus.CONFLICT,
        "The case is closed",
        "It is withdrawn or ended: nothing more can be done on it.",
    ),
    ProblemType(
        "suspended",
        HTTPStatus.CONFLICT,
        "The process instance is suspended",
        "Nothing in it is carried out until somebody resumes it. Its limits of law run on.",
    ),
    ProblemType(
        "nobody-waits",
        HTTPStatus.CONFLICT,
        "No process instance waits for the message",
        "Check its name and key. With `keep`, its case keeps it until something waits for it.",
    ),
    ProblemType(
        "deadline-orphaned",
        HTTPStatus.CONFLICT,
        "Limits of law would be left with nobody at work on them",
        "See `deadlines`. Start what will keep them first, or insist with `force`.",
    ),
    ProblemType(
        "plan-version-issued",
        HTTPStatus.CONFLICT,
        "The version of the plan is issued",
        "A plan changes only by a new version (regulations 22 and 28): start an amendment.",
    ),
    ProblemType(
        "incident",
        HTTPStatus.CONFLICT,
        "The process can't go on from here",
        "Nothing was changed. Give `incidentKey` to whoever looks after the diagrams.",
    ),
    ProblemType(
        "length-required",
        HTTPStatus.LENGTH_REQUIRED,
        "The body's length isn't known",
        "Send the header `Content-Length`, so that a body that was cut off is noticed.",
    ),
    ProblemType(
        "tus-version",
        HTTPStatus.PRECONDITION_FAILED,
        "This version of tus isn't spoken",
        "Send `Tus-Resumable: 1.0.0`, or leave it out.",
    ),
    ProblemType(
        "no-such-range",
        HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE,
        "The file has no such part",
        "`Content-Range` says how long it is.",
    ),
    ProblemType(
        "version-mismatch",
        HTTPStatus.PRECONDITION_FAILED,
        "The thing has changed since you read it",
        "Read it again and send the new `ETag` in `If-Match`.",
    ),
    ProblemType(
        "too-large",
        HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
        "The request is too large",
        "Send a smaller body.",
    ),
    ProblemType(
        "unsupported-media-type",
        HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
        "The body isn't of the type that is taken",
        "Send it with the `Content-Type` that `detail` names, mostly `application/json`.",
    ),
    ProblemType(
        "bad-input",
        HTTPStatus.UNPROCESSABLE_ENTITY,
        "What was sent can't be accepted",
        "Correct each field in `errors` and send it again. Nothing was changed.",
    ),
    ProblemType(
        "too-many-requests",
        HTTPStatus.TOO_MANY_REQUESTS,
        "Too many requests",
        "Send the same again after `Retry-After` seconds.",
    ),
    ProblemType(
        "deployment-refused",
        HTTPStatus.UNPROCESSABLE_ENTITY,
        "The files can't be deployed",
        "See `findings`: each names its file, its element and the remedy. Nothing was kept.",
    ),
    ProblemType(
        "fault",
        HTTPStatus.INTERNAL_SERVER_ERROR,
        "Something went wrong on our side",
        "Give `requestId` to whoever runs this service.",
    ),
    ProblemType(
        "busy",
        HTTPStatus.SERVICE_UNAVAILABLE,
        "The database is busy",
        "Nothing was changed: send the same again after `Retry-After` seconds.",
    ),
    ProblemType(
        "not-ready",
        HTTPStatus.SERVICE_UNAVAILABLE,
        "The service can't take work now",
        "Ask again in a moment; `reasons` says what it is waiting for.",
    ),
    ProblemType(
        "setup",
        HTTPStatus.SERVICE_UNAVAILABLE,
        "The installation isn't complete",
        "Give `requestId` to whoever runs this service: its log says what to change.",
    ),
)

PROBLEM_TYPES: Mapping[str, ProblemType] = {kind.name: kind for kind in _TABLE}


class Refusal(HTTPException):
    """Ends a request with a problem.

    Args:
        problem: name of the problem type.
        detail: what, where and what to do, for people.
        errors: the fields that are wrong.
        headers: further response headers.
        members: further members of the problem, by their names in JSON.
    """

    def __init__(
        self,
        problem: str,
        detail: str,
        *,
        errors: Sequence[FieldError] = (),
        headers: Mapping[str, str] | None = None,
        **members: object,
    ) -> None:
        super().__init__(detail)
        self.kind = PROBLEM_TYPES[problem]
        self.code = int(self.kind.status)
        self.errors = tuple(errors)
        self.headers = dict(headers or {})
        self.members = members

    def get_response(self, *_: Any, **__: Any) -> Response:
        """An empty response with this status and these headers; the body is written by `api.failures`."""
        return Response(status=self.code, headers=self.headers)


def bad_input(place: str, field: str, message: str) -> Refusal:
    """The common case: one field is wrong."""
    return Refusal("bad-input", message, errors=[FieldError(place, field, message)])
