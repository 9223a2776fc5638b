"""What an import of a council's live cases takes and answers."""

from __future__ import annotations

from typing import Any

from marshmallow import fields, validate

from api.fields import Flag, Instant, Key, WholeNumber, choice
from api.lists import LAST, ListPage, ListQuery
from api.schema import AnswerSchema, RequestSchema
from engine.services.imports.blade_files import MODULES

#: A request as a whole has two megabytes.
_TEXT = validate.Length(max=2_000_000, error="A file has at most 2 MB here. Send the rows in parts.")


def _files() -> fields.Nested:
    named: dict[str, fields.Field[Any]] = {name: fields.String(validate=_TEXT) for name in MODULES}
    schema = RequestSchema.from_dict(named, name="BladeFiles")
    return fields.Nested(
        schema, required=True, metadata={"description": "By module, the text of its CSV file."}
    )


class NewImport(RequestSchema):
    """The CSV files that COLLECT exports of a SEN2 return."""

    files = _files()
    dry_run = Flag(load_default=True, metadata={"description": "Try every row, and keep nothing."})
    confirmed = fields.List(
        WholeNumber(least=2, most=1_000_000),
        load_default=list,
        validate=validate.Length(max=200, error="Confirm at most 200 rows."),
        metadata={
            "description": "Rows of `requests` that are another child or case, though a number is the same."
        },
    )


class ImportQuery(ListQuery):
    """Which page of imports."""


class ImportProblem(AnswerSchema):
    """What is wrong, where, and what to do."""

    file = fields.String(required=True)
    row = fields.Integer(required=True, metadata={"description": "As a spreadsheet counts; 1 is the header."})
    column = fields.String(required=True)
    message = fields.String(required=True)
    remedy = fields.String(required=True)


class ImportedRow(AnswerSchema):
    """One row of `requests`."""

    row = fields.Integer(required=True)
    outcome = choice("ready", "imported", "present", "left_out", "problem", required=True)
    kind = choice("request", "plan", "nothing", required=True)
    step = fields.String(required=True, allow_none=True, metadata={"description": "Where the case goes on."})
    case_key = Key(required=True, allow_none=True)
    notes = fields.List(fields.String(), required=True)
    problems = fields.List(fields.Nested(ImportProblem), required=True)


class Import(AnswerSchema):
    """One import."""

    key = Key(required=True, allow_none=True, metadata={"description": "Null for a dry run."})
    dry_run = fields.Boolean(required=True)
    rows = fields.Integer(required=True)
    imported = fields.Integer(required=True, metadata={"description": "In a dry run: that would be."})
    present = fields.Integer(required=True, metadata={"description": "Brought in before."})
    left_out = fields.Integer(required=True, metadata={"description": "Neither under way nor in force."})
    problems = fields.Integer(required=True)
    created_at = Instant(required=True)


class ImportPage(ListPage):
    """A page of imports, the newest first."""

    items = fields.List(fields.Nested(Import), required=True)


class ImportReport(Import):
    """An import with what became of each row."""

    items = fields.List(fields.Nested(ImportedRow), required=True)
    file_problems = fields.List(fields.Nested(ImportProblem), required=True)


NEW_IMPORT: dict[str, Any] = {
    "files": {
        "person": "persontableid,surname,forename,personbirthdate\n1,Example,Robin,2018-Mar-14 00:00:00\n",
        "requests": "requeststableid,persontableid,receiveddate,requestsource,requestoutcome\n"
        "11,1,2026-Oct-12 00:00:00,1,A\n",
    },
    "dryRun": True,
}
IMPORT: dict[str, Any] = {
    "key": "2",
    "dryRun": False,
    "rows": 2,
    "imported": 1,
    "present": 0,
    "leftOut": 0,
    "problems": 1,
    "createdAt": "2026-11-02T09:00:00Z",
}
IMPORT_PAGE = {"items": [IMPORT], "page": LAST}
REPORT: dict[str, Any] = {
    **IMPORT,
    "items": [
        {
            "row": 2,
            "outcome": "imported",
            "kind": "request",
            "step": "collate_evidence",
            "caseKey": "1024",
            "notes": [],
            "problems": [],
        },
        {
            "row": 3,
            "outcome": "problem",
            "kind": "nothing",
            "step": None,
            "caseKey": None,
            "notes": [],
            "problems": [
                {
                    "file": "requests",
                    "row": 3,
                    "column": "receiveddate",
                    "message": "The day is missing: the 20 weeks count from it.",
                    "remedy": "Fill it in, then send the files again.",
                }
            ],
        },
    ],
    "fileProblems": [],
}
