"""What uploads look like, and the headers of tus."""

from __future__ import annotations

from typing import Any

from marshmallow import fields, validate

from api.fields import Instant, Key, Pattern
from api.receiving import digest_pattern
from api.schema import AnswerSchema, RequestSchema

_NUMBER = "^(0|[1-9][0-9]{0,14})$"
_PAIR = "[A-Za-z]{1,20}( [A-Za-z0-9+/]{0,4000}={0,2})?"
_TUS = "The version of tus, if the caller speaks it: `1.0.0`."


def _bytes(header: str, description: str) -> fields.String:
    return fields.String(
        data_key=header,
        required=True,
        validate=Pattern(_NUMBER, error="This must be a number of bytes."),
        metadata={"description": description},
    )


def _tus() -> fields.String:
    return fields.String(
        data_key="Tus-Resumable", validate=validate.Length(1, 20), metadata={"description": _TUS}
    )


class UploadHeaders(RequestSchema):
    """What every request on an upload may say."""

    tus = _tus()


class NewUploadHeaders(UploadHeaders):
    """What is said of a file that will be sent in parts."""

    length = _bytes("Upload-Length", "How many bytes the file has.")
    metadata = fields.String(
        data_key="Upload-Metadata",
        required=True,
        validate=Pattern(
            f"^{_PAIR}(, ?{_PAIR}){{0,9}}$",
            error="This must be names, each with its value in Base64, parted by commas.",
        ),
        metadata={
            "description": "`filename`, and if wanted `kind`, `audience`, `hiddenFrom`, `task`, `supersedes`,"
            " each with its value in Base64."
        },
    )
    repr_digest = fields.String(
        data_key="Repr-Digest",
        validate=digest_pattern(),
        metadata={
            "description": "SHA-256 of the whole file (RFC 9530). Without it each part needs"
            " `Upload-Checksum`."
        },
    )


class ChunkHeaders(UploadHeaders):
    """Where a part belongs, and what it must be."""

    offset = _bytes("Upload-Offset", "How many bytes were received before.")
    checksum = fields.String(
        data_key="Upload-Checksum",
        validate=Pattern(
            "^(sha1|sha256) [A-Za-z0-9+/]{27,43}=$", error="This must be sha256 or sha1, a blank, Base64."
        ),
        metadata={"description": "`sha256` or `sha1`, a blank, and the hash of this part in Base64."},
    )


class Upload(AnswerSchema):
    """A file that is being sent in parts."""

    key = Key(required=True)
    case_key = Key(required=True)
    length = fields.Integer(required=True)
    received = fields.Integer(required=True, metadata={"description": "Bytes; the next part begins there."})
    name = fields.String(required=True)
    expires_at = Instant(required=True)
    document_key = Key(
        required=True, allow_none=True, metadata={"description": "Once the last byte is there."}
    )


UPLOAD: dict[str, Any] = {
    "key": "31",
    "caseKey": "1024",
    "length": 20971520,
    "received": 0,
    "name": "report.pdf",
    "expiresAt": "2026-11-03T09:00:00Z",
    "documentKey": None,
}
