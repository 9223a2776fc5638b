"""Settings from the national register (Get Information about Schools): read from its CSV, and found.

The file `edubasealldata` has some 150 columns in Windows-1252; we read those we want, row by row, so that its
60 MB are never held at once. What a row says wrongly is reported by its line, and the others go on.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, TextIO

from sqlalchemy import Connection, bindparam, insert, select, update

from engine.errors import BadInput
from engine.services import paging
from engine.services.audit import audit_of_authority
from engine.services.audit.audit import Actor, Event
from engine.services.people.views_of_organisations import SettingRowView, SettingsImportView, SettingView
from engine.services.principals import Principal
from engine.services.views import Page, PageEnd
from engine.store.organisation_tables import setting
from engine.store.types import AnyRow

if TYPE_CHECKING:
    from engine.application import Engine

ENCODING = "cp1252"
#: Rows of a report that an answer holds at most.
MOST_ROWS_TOLD = 1_000
_BATCH = 500
_SPECIAL_NEEDS = tuple(f"SEN{number}" for number in range(1, 14))
_REQUIRED = (
    "URN",
    "LA (code)",
    "EstablishmentName",
    "TypeOfEstablishment (name)",
    "EstablishmentStatus (name)",
)
_SUCCESSOR = "Successor"


@dataclass(frozen=True)
class RowReport:
    """What became of a line of the file: `added`, `changed` or `refused`, and why or in what."""

    line: int
    urn: str
    outcome: str
    details: str


@dataclass
class ImportReport:
    """What an import did, or would do; rows that say what is known already are only counted."""

    added: int = 0
    changed: int = 0
    same: int = 0
    refused: int = 0
    rows: list[RowReport] = field(default_factory=list)

    def add(self, line: int, urn: str, outcome: str, details: str = "") -> None:
        """Count a row, and keep it unless nothing is new in it."""
        setattr(self, outcome, getattr(self, outcome) + 1)
        if outcome != "same":
            self.rows.append(RowReport(line, urn, outcome, details))


def import_as(engine: Engine, principal: Principal, register: TextIO, *, dry_run: bool) -> SettingsImportView:
    """Read a part of the register for the principal's authority: what each row that isn't the same came to.

    Raises:
        BadInput: the file lacks columns that are needed.
    """
    principal.require("setting:import")
    actor = Actor(principal.membership_key, principal.organisation)
    report = import_settings(engine, principal.authority, register, dry_run=dry_run, actor=actor)
    return SettingsImportView(
        dry_run=dry_run,
        added=report.added,
        changed=report.changed,
        same=report.same,
        refused=report.refused,
        rows=[
            SettingRowView(line=row.line, urn=row.urn, outcome=row.outcome, details=row.details)
            for row in report.rows[:MOST_ROWS_TOLD]
        ],
        rows_left_out=max(len(report.rows) - MOST_ROWS_TOLD, 0),
    )


def import_settings(
    engine: Engine,
    authority: str,
    register: TextIO,
    links: TextIO | None = None,
    *,
    dry_run: bool = False,
    actor: Actor | None = None,
) -> ImportReport:
    """Read the register into an authority's settings. Doing it again with the same file changes nothing.

    Args:
        actor: who does it; None: whoever sits at the terminal.
        links: the register's file of links, for the settings that took the place of closed ones.
        dry_run: only say what would be done.

    Raises:
        BadInput: the file lacks columns that are needed.
    """
    successors = _successors(links) if links is not None else {}
    report = ImportReport()
    opened = engine.database.read() if dry_run else engine.database.write()
    with opened as connection:
        for batch in _batches(_rows(register, report)):
            _import_batch(connection, authority, batch, successors, report, dry_run=dry_run)
        if not dry_run and (report.added or report.changed):
            facts = {"added": report.added, "changed": report.changed, "refused": report.refused}
            audit_of_authority.record_by(
                connection, engine, authority, actor or Actor.clock(), Event.SETTINGS_IMPORTED, **facts
            )
    return report


def list_settings(
    engine: Engine,
    principal: Principal,
    *,
    search: str | None = None,
    urn: str | None = None,
    area: str | None = None,
    is_open: bool | None = None,
    limit: int = 50,
    cursor: str | None = None,
) -> Page[SettingView]:
    """The settings of the register as this authority has read it, by URN.

    Args:
        search: a part of the name.
        area: the code of the local authority in whose area they lie.
    """
    principal.require("setting:read")
    query = select(setting).where(setting.c.authority == principal.authority)
    if search is not None:
        query = query.where(setting.c.search_name.contains(search.casefold(), autoescape=True))
    if urn is not None:
        query = query.where(setting.c.urn == urn)
    if area is not None:
        query = query.where(setting.c.area == area)
    if is_open is not None:
        closed = setting.c.status == "Closed"
        query = query.where(~closed if is_open else closed)
    if cursor is not None:
        query = query.where(setting.c.urn > paging.decode(cursor, str)[0])
    with engine.database.read() as connection:
        rows = connection.execute(query.order_by(setting.c.urn).limit(paging.clamp(limit) + 1)).all()
    end = paging.encode([rows[limit - 1].urn]) if len(rows) > limit else None
    return Page(items=[_view(row) for row in rows[:limit]], page=PageEnd(end_cursor=end))


def _rows(register: TextIO, report: ImportReport) -> Iterator[tuple[int, dict[str, Any]]]:
    reader = csv.DictReader(register)
    missing = [name for name in _REQUIRED if name not in (reader.fieldnames or ())]
    if missing:
        raise BadInput(
            f"The file lacks the columns {', '.join(missing)}. Take edubasealldata<date>.csv as it is."
        )
    for row in reader:
        try:
            yield reader.line_num, _values(row)
        except ValueError as problem:
            report.add(reader.line_num, str(row.get("URN"))[:10], "refused", str(problem))


def _values(row: Mapping[str, str | None]) -> dict[str, Any]:
    said = {name: (value or "").strip() for name, value in row.items() if isinstance(name, str)}
    urn, area = said["URN"], said["LA (code)"]
    if not (urn.isascii() and urn.isdigit() and len(urn) <= 6):
        raise ValueError("The URN isn't a number of up to six digits.")
    if not (area.isascii() and area.isdigit() and len(area) == 3):
        raise ValueError("LA (code) isn't a number of three digits.")
    for name in _REQUIRED[2:]:
        if not said[name]:
            raise ValueError(f"{name} is empty.")
    return {
        "urn": urn,
        "name": said["EstablishmentName"],
        "search_name": said["EstablishmentName"].casefold(),
        "area": area,
        "establishment_number": _short(said, "EstablishmentNumber", 4),
        "ukprn": _short(said, "UKPRN", 8),
        "kind": said["TypeOfEstablishment (name)"],
        "phase": said.get("PhaseOfEducation (name)") or None,
        "status": _short(said, "EstablishmentStatus (name)", 40),
        "opened_on": _day(said, "OpenDate"),
        "closed_on": _day(said, "CloseDate"),
        "postcode": _short(said, "Postcode", 10),
        "special_needs": [said[name] for name in _SPECIAL_NEEDS if said.get(name)],
    }


def _short(said: Mapping[str, str], name: str, longest: int) -> str | None:
    value = said.get(name, "")
    if len(value) > longest:
        raise ValueError(f"{name} has more than {longest} letters.")
    return value or None


def _day(said: Mapping[str, str], name: str) -> date | None:
    if not said.get(name):
        return None
    try:
        return datetime.strptime(said[name], "%d-%m-%Y").date()  # noqa: DTZ007 -- a day has no time zone
    except ValueError:
        raise ValueError(f"{name} isn't a day such as 31-08-2026.") from None


def _successors(links: TextIO) -> dict[str, list[str]]:
    reader = csv.DictReader(links)
    missing = [name for name in ("URN", "LinkURN", "LinkType") if name not in (reader.fieldnames or ())]
    if missing:
        raise BadInput(f"The file of links lacks the columns {', '.join(missing)}.")
    found: dict[str, list[str]] = {}
    for row in reader:
        if str(row["LinkType"]).startswith(_SUCCESSOR):
            found.setdefault(str(row["URN"]).strip(), []).append(str(row["LinkURN"]).strip())
    return {urn: sorted(set(successors)) for urn, successors in found.items()}


def _batches(rows: Iterable[tuple[int, dict[str, Any]]]) -> Iterator[dict[str, tuple[int, dict[str, Any]]]]:
    """Pieces in which each setting stands once."""
    batch: dict[str, tuple[int, dict[str, Any]]] = {}
    for line, values in rows:
        if len(batch) == _BATCH or values["urn"] in batch:
            yield batch
            batch = {}
        batch[values["urn"]] = line, values
    if batch:
        yield batch


def _import_batch(
    connection: Connection,
    authority: str,
    batch: Mapping[str, tuple[int, dict[str, Any]]],
    successors: Mapping[str, list[str]],
    report: ImportReport,
    *,
    dry_run: bool,
) -> None:
    query = select(setting).where(setting.c.authority == authority, setting.c.urn.in_(batch))
    known = {row.urn: row for row in connection.execute(query)}
    new, changed = [], []
    for urn, (line, values) in batch.items():
        before = known.get(urn)
        kept = before.successors if before is not None else []
        whole = {**values, "successors": successors.get(urn, kept)}
        if before is None:
            new.append({"authority": authority, **whole})
            report.add(line, urn, "added", values["name"])
            continue
        differs = [name for name, value in whole.items() if value != getattr(before, name)]
        if differs:
            changed.append({"of": authority, "which": urn, **whole})
        report.add(line, urn, "changed" if differs else "same", ", ".join(differs))
    if dry_run:
        return
    if new:
        connection.execute(insert(setting), new)
    for values in changed:
        connection.execute(_CHANGE, values)


def _view(row: AnyRow) -> SettingView:
    columns = row._asdict()
    return SettingView(**{name: value for name, value in columns.items() if name not in _OURS})


_OURS = ("authority", "search_name")
_CHANGE = update(setting).where(setting.c.authority == bindparam("of"), setting.c.urn == bindparam("which"))
