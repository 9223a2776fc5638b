"""`/cases/{caseKey}/documents` and `/documents`: files, answers and letters, as each caller may see them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask import Response, send_file

from api.answers import answer, answer_value, whole
from api.blueprint import API_ROOT, Blueprint, permission, problems
from api.context import current_engine, current_principal
from api.documents.schemas import (
    AUDIENCE_CHANGE,
    DOCUMENT,
    DOCUMENT_PAGE,
    WITHDRAWN,
    AudienceChange,
    Document,
    DocumentPage,
    DocumentQuery,
    DocumentWithdrawal,
    NewFileHeaders,
)
from api.preconditions import conditional
from api.problems import bad_input
from api.receiving import body_length, file_name, hex_of, read_body, seen_first, takes_bytes
from api.repeats import answered_once, repeatable, repeats_itself
from engine.clock import start_of_day
from engine.services.documents import document_changes as changes
from engine.services.documents import documents as service
from engine.services.documents import stored_files
from engine.services.documents.document_changes import NewFile
from engine.services.documents.documents import Content, Wanted

documents = Blueprint(
    "documents", API_ROOT, "Documents of cases: files, answers and letters, each with its own audience."
)

BYTES = "application/octet-stream"
#: A stored file is never shown in place, and nothing in it may be loaded or run.
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; " + (
    "frame-ancestors 'none'; sandbox"
)


def require_case(case_key: str) -> None:
    """See to it that the caller sees a case, before anything that was sent is looked at."""
    service.require_case(current_engine(), current_principal(), case_key)


@documents.get("/cases/<key:case_key>/documents")
@permission("document:read")
@problems("not-found")
@documents.filters(DocumentQuery)
@documents.answers(200, DocumentPage, DOCUMENT_PAGE)
def list_documents(query: dict[str, Any], case_key: str) -> Response:
    """List the documents of a case.

    Those whose audience means the caller, newest first, without what they say.
    """
    wanted = Wanted(query.get("kind"), query.get("task_key"), _instant(query), query.get("state"))
    return answer(
        service.list_documents(
            current_engine(),
            current_principal(),
            case_key,
            wanted,
            limit=query["limit"],
            cursor=query.get("cursor"),
        )
    )


@documents.post("/cases/<key:case_key>/documents")
@permission("document:add")
@repeats_itself
@takes_bytes(BYTES)
@seen_first(require_case)
@conditional
@problems("not-found")
@documents.headers(NewFileHeaders)
@documents.answers(201, Document, DOCUMENT, "ETag", "Location")
def add_document(headers: dict[str, Any], case_key: str, version: int | None) -> Response:
    """Send a file in one request.

    The body is the file itself. What it is, is told by its content: PDF, office files without macros,
    pictures, plain text and CSV are taken. A larger file is sent in parts: see `/uploads`.
    """
    engine, principal = current_engine(), current_principal()
    new = _new_file(headers)
    length = body_length(BYTES)
    case = changes.require_room(engine, principal, case_key, new, length)
    digest = hex_of(headers["repr_digest"])
    with engine.files.staged(read_body, length) as staged:
        if staged.size != length:
            raise bad_input(
                "body", "", f"The body ended after {staged.size} of {length} bytes. Send it again."
            )
        if staged.digest != digest:
            raise bad_input("header", "Repr-Digest", "What came isn't what the digest says. Send it again.")
        kept = stored_files.keep(engine, case.authority, staged, new.name)
        said = {"digest": digest, **{name: headers[name] for name in sorted(headers)}}

        def file_it() -> Response:
            made = changes.add_file(engine, principal, case.key, new, kept, version=version)
            location = f"{API_ROOT}/documents/{made.key}"
            return answer(made, 201, version=made.version, location=location)

        return answered_once(file_it, lambda: said)


@documents.get("/documents/<key:document_key>")
@permission("document:read")
@problems("not-found")
@documents.answers(200, Document, DOCUMENT, "ETag")
def get_document(document_key: str) -> Response:
    """Read what is known of a document.

    Not what it says: that is under `/content`, and reading it is written down.
    """
    found = service.get_document(current_engine(), current_principal(), document_key)
    return answer(found, version=found.version)


@documents.get("/documents/<key:document_key>/content")
@permission("document:read")
@problems("not-found", "conflict", "no-such-range")
@documents.answers_content("%PDF-1.7 and what follows", {"needs": "Help with reading."})
def read_document(document_key: str) -> Response:
    """Read what a document says.

    A file as it was sent, or a part of it (`Range`); a letter as HTML; the answers to a form as JSON, as far
    as the caller may see them. Always as an attachment. That it was read stands in the case's history.
    """
    found = service.read_content(current_engine(), current_principal(), document_key)
    response = _rendered(found)
    response.headers["Cache-Control"] = "no-store"
    response.headers["Content-Security-Policy"] = _POLICY
    return response


@documents.get("/documents/<key:document_key>/versions")
@permission("document:read")
@problems("not-found")
@documents.answers(200, DocumentPage, DOCUMENT_PAGE)
def list_document_versions(document_key: str) -> Response:
    """List the versions of a document.

    All that took one another's place, oldest first, in one page.
    """
    return answer(whole(service.list_versions(current_engine(), current_principal(), document_key)))


@documents.post("/documents/<key:document_key>/withdrawal")
@permission("document:change")
@repeatable
@conditional
@problems("not-found", "conflict")
@documents.takes(DocumentWithdrawal, WITHDRAWN)
@documents.answers(200, Document, DOCUMENT, "ETag")
def withdraw_document(body: dict[str, Any], document_key: str, version: int | None) -> Response:
    """Withdraw a file.

    By whose it is, or the SEND team. It stays listed, and can't be read any more.
    """
    found = changes.withdraw(
        current_engine(), current_principal(), document_key, body["reason"], version=version
    )
    return answer(found, version=found.version)


@documents.post("/documents/<key:document_key>/audience")
@permission("document:share")
@repeatable
@conditional
@problems("not-found", "conflict")
@documents.takes(AudienceChange, AUDIENCE_CHANGE)
@documents.answers(200, Document, DOCUMENT, "ETag")
def share_document(body: dict[str, Any], document_key: str, version: int | None) -> Response:
    """Say who may see a document.

    And from whom it is hidden, whatever the audience says: an agency, a setting, one parent. Who saw it
    before and after stands in the case's history.
    """
    found = changes.share(
        current_engine(),
        current_principal(),
        document_key,
        body["audience"],
        body["hidden_from"],
        body["reason"],
        version=version,
    )
    return answer(found, version=found.version)


def _instant(query: dict[str, Any]) -> datetime | None:
    return start_of_day(query["since"]) if "since" in query else None


def _new_file(headers: dict[str, Any]) -> NewFile:
    return NewFile(
        name=file_name(headers["disposition"]),
        kind=headers["kind"],
        audience=headers.get("audience", "").split(),
        hidden_from=headers.get("hidden_from", "").split(),
        task_key=headers.get("task_key"),
        supersedes=headers.get("supersedes"),
    )


def _rendered(found: Content) -> Response:
    if found.path is not None:
        return send_file(
            found.path,
            mimetype=found.media_type,
            as_attachment=True,
            download_name=found.name,
            etag=found.digest,
            last_modified=found.changed_at,
        )
    if found.html is not None:
        response = Response(found.html, mimetype="text/html")
    else:
        response = answer_value(found.value or {})
    response.headers.set("Content-Disposition", "attachment", filename=found.name)
    return response
