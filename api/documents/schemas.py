"""What documents look like, and what is said of a file that is sent."""

from __future__ import annotations

from typing import Any

from marshmallow import fields, validate

from api.fields import Day, Instant, Key, Line, Pattern, Prose, choice
from api.lists import LAST, ListPage, ListQuery
from api.receiving import digest_pattern
from api.schema import AnswerSchema, RequestSchema
from engine.services.documents.document_changes import KINDS

SCANS = ("quarantined", "clean", "infected", "unscanned")
STATES = ("current", "superseded", "withdrawn")
#: Audiences: words, roles (`role:dco`), codes of organisations; and whom something is hidden from.
_WORD = "^[a-z][a-z0-9_:-]{0,79}$"
_WORDS = "^[a-z][a-z0-9_:-]{0,79}( [a-z][a-z0-9_:-]{0,79}){0,19}$"
_AUDIENCE = "`send_team`, `agency` (whose it is), `family`, `setting`, `advisers`, `icb`, `quality`, " + (
    "a role (`role:dco`), or an organisation's code. The SEND team and whose it is always see it."
)
_HIDDEN = "Who never sees it: codes of organisations, `family:<key>` of members of the family."


class NewFileHeaders(RequestSchema):
    """What is said of a file that is sent in one request."""

    disposition = fields.String(
        data_key="Content-Disposition",
        required=True,
        validate=validate.Length(1, 2000),
        metadata={"description": "What the file is called: `attachment; filename*=UTF-8''report.pdf`."},
    )
    repr_digest = fields.String(
        data_key="Repr-Digest",
        required=True,
        validate=digest_pattern(),
        metadata={"description": "SHA-256 of the file (RFC 9530)."},
    )
    kind = choice(*KINDS, data_key="Document-Kind", load_default="other")
    audience = fields.String(
        data_key="Document-Audience",
        validate=Pattern(_WORDS, error="This must be words with one blank between them."),
        metadata={"description": _AUDIENCE + " Without it: `send_team agency`."},
    )
    hidden_from = fields.String(
        data_key="Document-Hidden-From",
        validate=Pattern(_WORDS, error="This must be words with one blank between them."),
        metadata={"description": _HIDDEN},
    )
    task_key = Key(data_key="Document-Task", metadata={"description": "The task that it belongs to."})
    supersedes = Key(
        data_key="Document-Supersedes", metadata={"description": "The document whose place it takes."}
    )


class DocumentQuery(ListQuery):
    """Which documents of a case to list."""

    kind = Line(longest=40, metadata={"description": "`answers`, `notice`, `reason`, or the kind of a file."})
    task_key = Key(metadata={"description": "Only those of this task."})
    since = Day(metadata={"description": "Only those that came on this day or later."})
    state = choice(*STATES, metadata={"description": "Only files in this state."})


class AudienceChange(RequestSchema):
    """Who may see a document from now on, and why that changes."""

    audience = fields.List(
        fields.String(validate=Pattern(_WORD, error="This must be a word, a role or a code.")),
        required=True,
        validate=validate.Length(1, 20),
        metadata={"description": _AUDIENCE},
    )
    hidden_from = fields.List(
        fields.String(validate=Pattern(_WORD, error="This must be a code.")),
        load_default=list,
        validate=validate.Length(0, 20),
        metadata={"description": _HIDDEN},
    )
    reason = Prose(required=True, metadata={"description": "Kept for the SEND team alone."})


class DocumentWithdrawal(RequestSchema):
    """Why a document is withdrawn."""

    reason = Prose(required=True, metadata={"description": "Kept for the SEND team alone."})


class StoredFile(AnswerSchema):
    """What makes a document a file."""

    name = fields.String(required=True)
    media_type = fields.String(required=True, metadata={"description": "By its content."})
    size = fields.Integer(required=True, metadata={"description": "In bytes."})
    digest = fields.String(required=True, metadata={"description": "SHA-256 in hex."})
    scan = choice(
        *SCANS, required=True, metadata={"description": "`unscanned`: no virus scanner is set up here."}
    )
    state = choice(*STATES, required=True)
    superseded_by = Key(required=True, allow_none=True)


class Document(AnswerSchema):
    """One document of a case, without what it says."""

    key = Key(required=True)
    case_key = Key(required=True)
    kind = fields.String(required=True)
    task_key = Key(required=True, allow_none=True)
    form_key = fields.String(required=True, allow_none=True)
    organisation = fields.String(required=True, metadata={"description": "Whose it is."})
    audience = fields.List(fields.String(), required=True)
    hidden_from = fields.List(fields.String(), required=True)
    created_at = Instant(required=True)
    created_by = fields.String(required=True, allow_none=True)
    digest = fields.String(required=True, metadata={"description": "SHA-256 of what it says, in hex."})
    version = fields.Integer(required=True, metadata={"description": "As in `ETag`."})
    file = fields.Nested(StoredFile, required=True, allow_none=True)


class DocumentPage(ListPage):
    """A page of documents, the newest first."""

    items = fields.List(fields.Nested(Document), required=True)


_DIGEST = "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a"
DOCUMENT: dict[str, Any] = {
    "key": "2048",
    "caseKey": "1024",
    "kind": "report",
    "taskKey": None,
    "formKey": None,
    "organisation": "camhs",
    "audience": ["agency", "send_team"],
    "hiddenFrom": [],
    "createdAt": "2026-11-02T09:30:00Z",
    "createdBy": "Kim Clinician",
    "digest": _DIGEST,
    "version": 1,
    "file": {
        "name": "report.pdf",
        "mediaType": "application/pdf",
        "size": 48211,
        "digest": _DIGEST,
        "scan": "clean",
        "state": "current",
        "supersededBy": None,
    },
}
DOCUMENT_PAGE: dict[str, Any] = {"items": [DOCUMENT], "page": LAST}
AUDIENCE_CHANGE: dict[str, Any] = {
    "audience": ["send_team", "agency", "setting"],
    "hiddenFrom": ["family:77"],
    "reason": "The court order of 30 October names who may see it.",
}
WITHDRAWN: dict[str, Any] = {"reason": "It was sent to the wrong case."}
