"""What the document says of every operation beyond its schemas: who may, what can go wrong, which headers."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from api.context import PUBLIC
from api.problems import PROBLEM_TYPES

_ANY = ("malformed", "not-acceptable", "bad-input", "fault")
_GUARDED = ("unauthenticated", "not-permitted", "cross-site", "too-many-requests", "busy")
_COUNTED = ("too-many-requests", "busy")
_WITH_BODY = ("too-large", "unsupported-media-type")
_WITH_BYTES = ("length-required", "conflict")
_REPEATABLE = ("conflict",)
_CONDITIONAL = ("version-mismatch",)


def describe(doc: dict[str, Any], doc_info: Mapping[str, Any], **_: Any) -> dict[str, Any]:
    """Complete the description of one operation; called by flask-smorest for each."""
    permission = doc_info["permission"]
    doc["x-permission"] = permission
    if permission == PUBLIC:
        doc["security"] = []
    if doc_info.get("deprecated"):
        doc["deprecated"] = True
    if doc_info.get("takes_bytes"):
        doc["requestBody"] = _bytes_of(doc_info["takes_bytes"])
    names = problem_names(doc, doc_info)
    doc["x-problems"] = names
    responses = doc.setdefault("responses", {})
    _describe_successes(responses, doc_info)
    for status in sorted({PROBLEM_TYPES[name].status for name in names}):
        responses[int(status)] = HTTPStatus(status).name
    doc["responses"] = dict(sorted(responses.items()))
    _describe_headers(doc, doc_info)
    return doc


def _bytes_of(content_type: str) -> dict[str, Any]:
    """The description of a body that is bytes of a file."""
    kind = {"schema": {"type": "string", "format": "binary"}, "example": "%PDF-1.7 and what follows"}
    return {"required": True, "content": {content_type: kind}}


def problem_names(doc: Mapping[str, Any], doc_info: Mapping[str, Any]) -> list[str]:
    """Every problem type that an operation may answer, in the order of the table."""
    names = [*_ANY]
    if doc_info["permission"] != PUBLIC:
        names += _GUARDED
    if doc_info.get("counted"):
        names += _COUNTED
    if "requestBody" in doc:
        names += _WITH_BODY
    if doc_info.get("takes_bytes"):
        names += _WITH_BYTES
    if doc_info.get("repeatable"):
        names += _REPEATABLE
    if doc_info.get("conditional"):
        names += _CONDITIONAL
    names += doc_info.get("problems", ())
    return [name for name in PROBLEM_TYPES if name in names]


def _describe_successes(responses: dict[Any, Any], doc_info: Mapping[str, Any]) -> None:
    for status in doc_info.get("success_status_codes", ()):
        headers = responses[status].setdefault("headers", {})
        headers["X-Request-Id"] = "REQUEST_ID"
        if doc_info["permission"] != PUBLIC or doc_info.get("counted"):
            headers.update({"RateLimit": "RATE_LIMIT", "RateLimit-Policy": "RATE_LIMIT_POLICY"})
        if doc_info.get("repeatable"):
            headers["Idempotency-Replayed"] = "REPLAYED"
        if doc_info.get("deprecated"):
            headers.update({"Deprecation": "DEPRECATION", "Sunset": "SUNSET", "Link": "SUCCESSOR"})


def _describe_headers(doc: dict[str, Any], doc_info: Mapping[str, Any]) -> None:
    parameters = doc.setdefault("parameters", [])
    if doc_info.get("repeatable"):
        parameters.append("IDEMPOTENCY_KEY")
    if doc_info.get("conditional"):
        parameters.append("IF_MATCH")
