"""What exports look like."""

from __future__ import annotations

from typing import Any

from marshmallow import fields

from api.fields import Flag, Instant, Key, choice
from api.lists import LAST, ListPage
from api.schema import AnswerSchema, RequestSchema


class SubjectExportRequest(RequestSchema):
    """How much of what tells of others is left out."""

    redact = Flag(
        load_default=True,
        metadata={
            "description": "Leave out who others are, hidden documents, and files, which a person must judge."
        },
    )


class Export(AnswerSchema):
    """An export: how far it is, and until when it can be fetched."""

    key = Key(required=True)
    kind = choice("subject", "authority", required=True)
    case_key = Key(required=True, allow_none=True)
    state = choice("waiting", "running", "ready", "failed", "expired", required=True)
    redacted = fields.Boolean(required=True)
    done = fields.Integer(required=True, metadata={"description": "Parts that are written."})
    total = fields.Integer(required=True, metadata={"description": "Of how many; 0 before it begins."})
    size = fields.Integer(required=True, allow_none=True)
    digest = fields.String(
        required=True, allow_none=True, metadata={"description": "SHA-256 of the package, in hex."}
    )
    created_at = Instant(required=True)
    ready_at = Instant(required=True, allow_none=True)
    expires_at = Instant(required=True, allow_none=True)


class ExportPage(ListPage):
    """A page of exports, the newest first."""

    items = fields.List(fields.Nested(Export), required=True)


EXPORT: dict[str, Any] = {
    "key": "7",
    "kind": "subject",
    "caseKey": "1024",
    "state": "waiting",
    "redacted": True,
    "done": 0,
    "total": 0,
    "size": None,
    "digest": None,
    "createdAt": "2026-11-02T09:30:00Z",
    "readyAt": None,
    "expiresAt": None,
}
EXPORT_PAGE: dict[str, Any] = {"items": [EXPORT], "page": LAST}
ASKED: dict[str, Any] = {"redact": True}
