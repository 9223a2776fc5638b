"""A letter as an answer: the page, or the PDF."""

from __future__ import annotations

from flask import Response

#: How it is described, and sent.
BYTES = "application/octet-stream"
#: How a PDF begins, for the description of what is answered.
PDF_SAMPLE = "%PDF-1.7"
#: A letter brings its own few lines of style, and nothing else may be loaded or run.
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; " + (
    "frame-ancestors 'none'; sandbox"
)


def page_response(html: str) -> Response:
    """A letter to be read; nothing in it runs, whoever wrote its template."""
    response = Response(html, mimetype="text/html")
    response.headers["Content-Security-Policy"] = _POLICY
    return response


def pdf_response(pdf: bytes, name: str) -> Response:
    """A PDF to keep; it goes as bytes, which every generator of clients knows."""
    response = Response(pdf, mimetype=BYTES)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["Content-Security-Policy"] = "default-src 'none'; frame-ancestors 'none'; sandbox"
    return response
