"""`/uploads`: large files in parts, by the core of tus 1.0 (creation, checksum, expiration, termination)."""

from __future__ import annotations

import base64
import binascii
from datetime import UTC
from email.utils import format_datetime
from typing import Any

from flask import Response

from api.answers import answer
from api.blueprint import API_ROOT, Blueprint, permission, problems
from api.context import current_engine, current_principal
from api.documents.routes import require_case
from api.preconditions import conditional
from api.problems import Refusal, bad_input
from api.receiving import body_length, hex_of, read_body, refuse_header, seen_first, takes_bytes
from api.repeats import answered_once, repeats_itself
from api.uploads.schemas import UPLOAD, ChunkHeaders, NewUploadHeaders, Upload, UploadHeaders
from engine.services.documents import uploads as service
from engine.services.documents.document_changes import NewFile
from engine.services.documents.uploads import ALGORITHMS, Chunk
from engine.services.documents.views_of_documents import UploadView

uploads = Blueprint(
    "uploads", API_ROOT, "Large files, sent in parts and gone on with where they stopped (tus 1.0)."
)

TUS = "1.0.0"
CHUNK = "application/offset+octet-stream"
_PROGRESS = ("Upload-Offset", "Upload-Length", "Upload-Expires", "Tus-Resumable")
#: What clients of tus send besides, of no use here.
_OF_NO_USE = frozenset({"filetype", "type", "contenttype", "relativepath"})
_NAMES = {"filename", "kind", "audience", "hiddenfrom", "task", "supersedes"}


def _require_upload(upload_key: str) -> None:
    service.require_upload(current_engine(), current_principal(), upload_key)


@uploads.post("/cases/<key:case_key>/uploads")
@permission("document:add")
@repeats_itself
@seen_first(require_case)
@conditional
@problems("not-found", "tus-version")
@uploads.headers(NewUploadHeaders)
@uploads.answers(201, Upload, UPLOAD, "Location", *_PROGRESS)
def begin_upload(headers: dict[str, Any], case_key: str, version: int | None) -> Response:
    """Begin to send a file in parts.

    Send its parts with PATCH to `Location`. It is forgotten a day after its last byte came.
    """
    _require_tus(headers)
    engine, principal = current_engine(), current_principal()
    digest = hex_of(headers["repr_digest"]) if "repr_digest" in headers else None
    new, length = _new_file(headers["metadata"]), int(headers["length"])

    def begun() -> Response:
        made = service.begin(engine, principal, case_key, new, length, digest, version=version)
        response = answer(made, 201, location=f"{API_ROOT}/uploads/{made.key}")
        return _progress(response, made)

    return answered_once(begun, lambda: {name: headers[name] for name in sorted(headers)})


@uploads.get("/uploads/<key:upload_key>")
@permission("document:add")
@problems("not-found", "conflict", "tus-version")
@seen_first(_require_upload)
@uploads.headers(UploadHeaders)
@uploads.answers(200, Upload, UPLOAD, *_PROGRESS)
def get_upload(headers: dict[str, Any], upload_key: str) -> Response:
    """Ask how far an upload has come.

    HEAD answers the same without a body, as tus asks for it.
    """
    _require_tus(headers)
    found = service.get_upload(current_engine(), current_principal(), upload_key)
    return _progress(answer(found), found)


@uploads.patch("/uploads/<key:upload_key>")
@permission("document:add")
@takes_bytes(CHUNK)
@problems("not-found", "tus-version")
@seen_first(_require_upload)
@uploads.headers(ChunkHeaders)
@uploads.answers_nothing(*_PROGRESS, "Location")
def send_part(headers: dict[str, Any], upload_key: str) -> Response:
    """Send the next part of a file.

    What came is kept even when the connection broke. With the last byte it becomes a document, whose address
    is in `Location`.
    """
    _require_tus(headers)
    length = body_length(CHUNK)
    algorithm, checksum = _checksum(headers.get("checksum"))
    chunk = Chunk(int(headers["offset"]), length, read_body, algorithm, checksum)
    found = service.append(current_engine(), current_principal(), upload_key, chunk)
    response = _progress(Response(status=204), found)
    if found.document_key is not None:
        response.headers["Location"] = f"{API_ROOT}/documents/{found.document_key}"
    return response


@uploads.delete("/uploads/<key:upload_key>")
@permission("document:add")
@problems("not-found", "tus-version")
@seen_first(_require_upload)
@uploads.headers(UploadHeaders)
@uploads.answers_nothing("Tus-Resumable")
def delete_upload(headers: dict[str, Any], upload_key: str) -> Response:
    """Give up an upload.

    A document that was made of it stays.
    """
    _require_tus(headers)
    service.drop(current_engine(), current_principal(), upload_key)
    return Response(status=204, headers={"Tus-Resumable": TUS})


def _progress(response: Response, upload: UploadView) -> Response:
    response.headers["Upload-Offset"] = str(upload.received)
    response.headers["Upload-Length"] = str(upload.length)
    response.headers["Upload-Expires"] = format_datetime(upload.expires_at.astimezone(UTC), usegmt=True)
    response.headers["Tus-Resumable"] = TUS
    return response


def _require_tus(headers: dict[str, Any]) -> None:
    spoken = headers.get("tus", TUS)
    if spoken != TUS:
        raise Refusal("tus-version", f"tus {TUS} is spoken here.", headers={"Tus-Version": TUS})


def _checksum(header: str | None) -> tuple[str | None, bytes | None]:
    if header is None:
        return None, None
    algorithm, _, value = header.partition(" ")
    assert algorithm in ALGORITHMS
    return algorithm, base64.b64decode(value)


def _new_file(metadata: str) -> NewFile:
    said = dict(_pair(each) for each in metadata.split(","))
    unknown = sorted(set(said) - _NAMES - _OF_NO_USE)
    if unknown:
        raise bad_input(
            "header", "Upload-Metadata", f"There is no {unknown[0]}. Leave it out, or correct its name."
        )
    if not said.get("filename"):
        raise bad_input("header", "Upload-Metadata", "Name the file: filename, a blank, its name in Base64.")
    return NewFile(
        name=said["filename"],
        kind=said.get("kind") or "other",
        audience=said.get("audience", "").split(),
        hidden_from=said.get("hiddenfrom", "").split(),
        task_key=said.get("task") or None,
        supersedes=said.get("supersedes") or None,
    )


def _pair(text: str) -> tuple[str, str]:
    name, _, value = text.strip().partition(" ")
    try:
        return name.lower(), base64.b64decode(value, validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        raise refuse_header("Upload-Metadata", f"The value of {name} isn't UTF-8 in Base64.") from None
