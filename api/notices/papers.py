"""A PDF as an answer."""

from __future__ import annotations

from flask import Response

#: How it is described, and sent.
BYTES = "application/octet-stream"
#: How a PDF begins, for the description of what is answered.
PDF_SAMPLE = "%PDF-1.7"


def pdf_response(pdf: bytes, name: str) -> Response:
    """A PDF to keep; it goes as bytes, which every generator of clients knows."""
    response = Response(pdf, mimetype=BYTES)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["Content-Security-Policy"] = "default-src 'none'; frame-ancestors 'none'; sandbox"
    return response
