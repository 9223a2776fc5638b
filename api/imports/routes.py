"""`/imports`: a council brings in its live cases."""

from __future__ import annotations

from typing import Any

from flask import Response

from api.answers import answer
from api.blueprint import API_ROOT, Blueprint, permission
from api.context import current_engine, current_principal
from api.imports.schemas import (
    IMPORT_PAGE,
    NEW_IMPORT,
    REPORT,
    ImportPage,
    ImportQuery,
    ImportReport,
    NewImport,
)
from api.repeats import repeatable
from engine.services.imports import imports as service

imports = Blueprint("imports", f"{API_ROOT}/imports", "Bring in live cases from another system.")


@imports.post("")
@permission("case:import")
@repeatable
@imports.takes(NewImport, NEW_IMPORT)
@imports.answers(200, ImportReport, REPORT)
def import_cases(body: dict[str, Any]) -> Response:
    """Bring in live cases from the CSV files of a SEN2 return (COLLECT's Blade export).

    Requests under way begin at the step that their outcomes tell of, with the days that limits count from;
    plans in force with their next review. Each row is done by itself, and says what became of it: `ready`
    (dry run), `imported`, `present` from before, `left_out`, or `problem` with file, row, column and remedy.
    Mend the files and send them whole again: what is there already isn't brought in twice. At most 200 rows
    of a file.
    """
    return answer(
        service.import_blade(
            current_engine(),
            current_principal(),
            body["files"],
            dry_run=body["dry_run"],
            confirmed=body["confirmed"],
        )
    )


@imports.get("")
@permission("case:import")
@imports.filters(ImportQuery)
@imports.answers(200, ImportPage, IMPORT_PAGE)
def list_imports(query: dict[str, Any]) -> Response:
    """List imports, the newest first."""
    return answer(service.list_imports(current_engine(), current_principal(), **query))
