"""Bringing in a council's live cases from the CSV files of its SEN2 return, row by row.

Each row is a transaction of its own. A row that became a case is known again: mended files are sent whole.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, insert, select

from engine.errors import BadInput, Busy, EhcError
from engine.services import paging
from engine.services.audit.audit import Event
from engine.services.audit.audit_of_authority import record
from engine.services.imports.blade_cases import Found, cases_in
from engine.services.imports.blade_files import IGNORED, MODULES, RowProblem, read_files
from engine.services.imports.plan_arrivals import bring_in
from engine.services.imports.request_arrivals import take_up
from engine.services.imports.views_of_imports import (
    ImportedRowView,
    ImportProblemView,
    ImportReportView,
    ImportView,
)
from engine.services.principals import Principal
from engine.services.views import Page, PageEnd
from engine.store.intake_tables import import_run, imported_row
from engine.store.types import AnyRow

if TYPE_CHECKING:
    from engine.application import Engine

#: Rows of one file in one request; the command takes more.
MOST_ROWS = 200
MOST_ROWS_AT_THE_TERMINAL = 20_000
#: What a request under way goes on with, by its stage.
_STEPS = {
    "considering": "collate_evidence",
    "assessing": "family_evidence, choose_advice",
    "drafting": "write_plan",
}


class _Rehearsed(Exception):
    """Rolls back a row that was only to be tried."""


def import_blade(
    engine: Engine,
    principal: Principal,
    files: Mapping[str, str],
    *,
    dry_run: bool,
    confirmed: Sequence[int] = (),
    most_rows: int = MOST_ROWS,
) -> ImportReportView:
    """Bring in what is under way and in force; with `dry_run` every row is tried, and nothing kept.

    Args:
        files: by module, the text of its CSV file.
        confirmed: rows of `requests` that are another child's, or another case, though a number is the same.

    Raises:
        BadInput: a file is none of the return's.
    """
    principal.require("case:import")
    unknown = [name for name in files if name not in (*MODULES, *IGNORED)]
    if unknown:
        raise BadInput.field(f"files.{unknown[0]}", f"The files are {', '.join((*MODULES, *IGNORED))}.")
    persons, problems = read_files(files, most_rows)
    found = sorted(cases_in(persons), key=lambda each: each.row.number)
    rows = [_row(engine, principal, each, dry_run, each.row.number in confirmed) for each in found]
    return _report(engine, principal, rows, problems, dry_run=dry_run)


def list_imports(
    engine: Engine, principal: Principal, *, limit: int = 50, cursor: str | None = None
) -> Page[ImportView]:
    """The imports of the principal's authority, the newest first."""
    principal.require("case:import")
    limit = paging.clamp(limit)
    query = (
        select(import_run)
        .where(import_run.c.authority == principal.authority)
        .order_by(import_run.c.key.desc())
    )
    if cursor is not None:
        query = query.where(import_run.c.key < paging.decode(cursor, int)[0])
    with engine.database.read() as connection:
        rows = connection.execute(query.limit(limit + 1)).all()
    end = paging.encode([rows[limit - 1].key]) if len(rows) > limit else None
    return Page(items=[_view(row) for row in rows[:limit]], page=PageEnd(end_cursor=end))


def _row(
    engine: Engine, principal: Principal, found: Found, dry_run: bool, confirmed: bool
) -> ImportedRowView:
    if found.problems:
        return _said(found, "problem")
    if found.kind == "nothing":
        return _said(found, "left_out")
    made: list[str] = []
    try:
        with engine.database.joined() as connection:
            asked = {"authority": principal.authority, "identity": found.identity}
            known = connection.execute(_KNOWN, asked).scalar()
            if known is not None:
                return _said(found, "present", str(known))
            made.append(_open(engine, principal, found, confirmed))
            values = {**asked, "case_key": int(made[0]), "imported_at": engine.clock.now()}
            connection.execute(insert(imported_row), values)
            if dry_run:
                raise _Rehearsed
    except _Rehearsed:
        return _said(found, "ready")
    except Busy:
        raise
    except EhcError as problem:
        found.problems += list(_problems(found, problem))
        return _said(found, "problem")
    return _said(found, "imported", made[0])


def _open(engine: Engine, principal: Principal, found: Found, confirmed: bool) -> str:
    if found.plan is not None:
        return bring_in(engine, principal, replace(found.plan, refuse_duplicates=not confirmed)).case_key
    assert found.request is not None
    return take_up(engine, principal, replace(found.request, confirmed=confirmed)).case_key


#: Field of a service -> file and column of the return.
_COLUMNS = {
    "finalisedOn": ("namedplan", "startdate"),
    "settingUrn": ("plandetail", "urn"),
    "settingType": ("plandetail", "sensetting"),
    "lastReview.meetingOn": ("activeplans", "reviewmeeting"),
    "lastReview.decidedOn": ("activeplans", "lastreview"),
    "child.dateOfBirth": ("person", "personbirthdate"),
    "receivedOn": ("requests", "receiveddate"),
    "decidedOn": ("requests", "requestoutcomedate"),
}


def _problems(found: Found, problem: EhcError) -> list[RowProblem]:
    number = found.row.number
    named = getattr(problem, "problems", ())
    if not named:
        return [RowProblem("requests", number, "", problem.message, "Then send the files again.")]
    mended = "Correct it in the file, then send the files again."
    return [RowProblem(*_place(each.field, number), each.message, mended) for each in named]


def _place(field: str, number: int) -> tuple[str, int, str]:
    _, column = _COLUMNS.get(field, ("requests", field))
    return "requests", number, column


def _said(found: Found, outcome: str, case_key: str | None = None) -> ImportedRowView:
    kind = found.kind
    step = _STEPS[found.request.stage] if found.request is not None else None
    if kind == "plan":
        step = "its next review"
    return ImportedRowView(
        row=found.row.number,
        outcome=outcome,
        kind=kind,
        step=step if outcome in ("ready", "imported") else None,
        case_key=case_key,
        notes=list(found.why),
        problems=[_problem(each) for each in found.problems],
    )


def _problem(each: RowProblem) -> ImportProblemView:
    return ImportProblemView(
        file=each.module, row=each.row, column=each.column, message=each.message, remedy=each.remedy
    )


def _report(
    engine: Engine,
    principal: Principal,
    rows: list[ImportedRowView],
    problems: Sequence[RowProblem],
    *,
    dry_run: bool,
) -> ImportReportView:
    counted = Counter(row.outcome for row in rows)
    values: dict[str, Any] = {
        "rows": len(rows),
        "imported": counted["imported"] + counted["ready"],
        "present": counted["present"],
        "left_out": counted["left_out"],
        "problems": counted["problem"] + len(problems),
        "created_at": engine.clock.now(),
    }
    key: int | None = None
    if not dry_run:
        with engine.database.write() as connection:
            owned = {"authority": principal.authority, "created_by": principal.membership_key}
            key = int(connection.execute(_NEW, {**values, **owned}).scalar_one())
            record(connection, engine, principal, Event.CASES_IMPORTED, key=key, imported=counted["imported"])
    return ImportReportView(
        key=None if key is None else str(key),
        dry_run=dry_run,
        items=rows,
        file_problems=[_problem(each) for each in problems],
        **values,
    )


def _view(row: AnyRow) -> ImportView:
    return ImportView(
        key=str(row.key),
        dry_run=False,
        rows=row.rows,
        imported=row.imported,
        present=row.present,
        left_out=row.left_out,
        problems=row.problems,
        created_at=row.created_at,
    )


_KNOWN = select(imported_row.c.case_key).where(
    imported_row.c.authority == bindparam("authority"), imported_row.c.identity == bindparam("identity")
)
_NEW = insert(import_run).returning(import_run.c.key)
