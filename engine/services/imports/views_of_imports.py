"""What an import answers: rows by file and number, never by name."""

from __future__ import annotations

from datetime import datetime

from engine.services.views import View


class ImportProblemView(View):
    """What is wrong, where, and what to do; `row` counts as a spreadsheet does."""

    file: str
    row: int
    column: str
    message: str
    remedy: str


class ImportedRowView(View):
    """One row of `requests`: what it is, what was or would be done with it, and why."""

    row: int
    outcome: str
    kind: str
    step: str | None
    case_key: str | None
    notes: list[str]
    problems: list[ImportProblemView]


class ImportView(View):
    """One import: `key` is null where nothing was kept."""

    key: str | None
    dry_run: bool
    rows: int
    imported: int
    present: int
    left_out: int
    problems: int
    created_at: datetime


class ImportReportView(ImportView):
    """An import with its rows, and problems that belong to no row."""

    items: list[ImportedRowView]
    file_problems: list[ImportProblemView]
