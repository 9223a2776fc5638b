"""`/exports` and `/cases/{caseKey}/exports`: all that is held of a child, or of an authority."""

from __future__ import annotations

from typing import Any

from flask import Response, send_file

from api.answers import answer
from api.blueprint import API_ROOT, Blueprint, permission, problems
from api.context import current_engine, current_principal
from api.exports.schemas import ASKED, EXPORT, EXPORT_PAGE, Export, ExportPage, SubjectExportRequest
from api.lists import ListQuery
from api.preconditions import conditional
from api.repeats import repeatable
from engine.services.cases.views_of_records import ExportView
from engine.services.records import exports as service

exports = Blueprint(
    "exports", API_ROOT, "Exports: all that is held of a child, or of an authority, to take away."
)


def _begun(made: ExportView) -> Response:
    return answer(made, 202, location=f"{API_ROOT}/exports/{made.key}")


@exports.post("/cases/<key:case_key>/exports")
@permission("export:subject")
@repeatable
@conditional
@problems("not-found")
@exports.takes(SubjectExportRequest, ASKED)
@exports.answers(202, Export, EXPORT, "Location")
def export_case(body: dict[str, Any], case_key: str, version: int | None) -> Response:
    """Export all that is held of a case's child.

    For a subject access request: a ZIP with data, documents, a page to read, and a list of every part's hash.
    What tells of others is marked; what a program can't judge is withheld and listed. Ask at `Location` when
    it is ready.
    """
    found = service.ask_subject(
        current_engine(), current_principal(), case_key, redact=body["redact"], version=version
    )
    return _begun(found)


@exports.post("/exports")
@permission("export:authority")
@repeatable
@exports.answers(202, Export, EXPORT, "Location")
def export_authority() -> Response:
    """Export all data of the authority.

    A ZIP with a file of JSON Lines a table, every uploaded file, and a description of the form.
    """
    return _begun(service.ask_authority(current_engine(), current_principal()))


@exports.get("/exports")
@permission("export:read")
@exports.filters(ListQuery)
@exports.answers(200, ExportPage, EXPORT_PAGE)
def list_exports(query: dict[str, Any]) -> Response:
    """List exports.

    Of the cases of which the caller sees all, and, for whoever may ask for them, of the authority.
    """
    return answer(service.list_exports(current_engine(), current_principal(), **query))


@exports.get("/exports/<key:export_key>")
@permission("export:read")
@problems("not-found")
@exports.answers(200, Export, EXPORT)
def get_export(export_key: str) -> Response:
    """Ask how far an export is."""
    return answer(service.get_export(current_engine(), current_principal(), export_key))


@exports.get("/exports/<key:export_key>/content")
@permission("export:read")
@problems("not-found", "conflict", "no-such-range")
@exports.answers_content("PK and what follows", {"nothing": "An export is always a ZIP."})
def fetch_export(export_key: str) -> Response:
    """Fetch an export.

    As often as wanted for a week; each time is written down.
    """
    found, path = service.fetch(current_engine(), current_principal(), export_key)
    response = send_file(
        path,
        mimetype="application/zip",
        as_attachment=True,
        download_name=f"export-{found.key}.zip",
        etag=found.digest or False,
        last_modified=found.ready_at,
    )
    response.headers["Cache-Control"] = "no-store"
    return response
