"""A PDF as an answer."""

from __future__ import annotations

from flask import Response

#: How a PDF begins, for the description of what is answered.
PDF_SAMPLE = "%PDF-1.7"


def pdf_response(pdf: bytes, name: str) -> Response:
    """A PDF that is shown in place; nothing in it may load or run anything."""
    response = Response(pdf, mimetype="application/pdf")
    response.headers["Content-Disposition"] = f'inline; filename="{name}"'
    response.headers["Content-Security-Policy"] = "default-src 'none'; frame-ancestors 'none'; sandbox"
    return response
