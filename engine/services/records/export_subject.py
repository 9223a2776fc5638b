"""All that is held of one case's child, for a subject access request; what tells of others is marked."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, Table, select

from engine.services.records.packages import Package, packed, plain
from engine.store import file_tables, tables
from engine.store.types import AnyRow

if TYPE_CHECKING:
    from engine.application import Engine

_INNER = "how the engine works on the case; nothing about the child"
_OTHERS = "about another person or another child"
#: Tables of a case that aren't about the child, and why.
LEFT_OUT: Mapping[str, str] = {
    "batch_item": _INNER,
    "held_event": _INNER,
    "incident": _INNER,
    "instance": _INNER,
    "instance_migration": _INNER,
    "kept_message": _INNER,
    "outbox": _INNER,
    "subscription": _INNER,
    "timer": _INNER,
    "upload": _INNER,
    "export": _INNER,
    "case_link": _OTHERS,
    "restriction": "who may see the case, for somebody's safety",
    "retention_hold": "why records are kept, which may tell of a dispute or an inquiry",
    "task_draft": "what somebody hasn't sent yet",
}
#: Columns that say who another person is.
_NAMING: Mapping[str, tuple[str, ...]] = {
    "family_member": ("name", "email", "address"),
    "ehc_case": ("requester_name",),
}
#: Columns of free text, in which others may be named.
_TEXTS = frozenset(
    {"content", "text", "body", "evidence", "impractical_because", "reason", "note", "sections"}
)
SOMEBODY_ELSE = "[another person]"
_WITHHELD = "withheld: it may tell of others, and a program can't judge that. A person must look at it first."


@dataclass
class Findings:
    """What was marked or withheld, for whoever answers the request."""

    marked: list[str] = field(default_factory=list)
    withheld: dict[str, str] = field(default_factory=dict)


def write_subject(
    engine: Engine,
    case_key: int,
    path: Path,
    *,
    redact: bool,
    tell: Callable[[int, int], None] = lambda done, total: None,
) -> Findings:
    """Write all that is held of a case's child as a package.

    Args:
        redact: leave out who others are, hidden documents, and files, which only a person can judge.
    """
    findings, now = Findings(), engine.clock.now()
    with engine.database.read() as connection:
        case = connection.execute(select(tables.ehc_case).where(tables.ehc_case.c.key == case_key)).one()
        named = _others(connection, case) if redact else ()
        data = {
            table.name: _rows(connection, table, case, findings, named if redact else None)
            for table in subject_tables()
        }
    documents = data.pop("document")
    total = len(data) + len(documents)
    facts: dict[str, Any] = {"kind": "subject", "case": str(case_key), "writtenAt": now, "redacted": redact}
    with packed(path, now, lambda: {**facts, **vars(findings)}) as package:
        for number, (name, rows) in enumerate(data.items(), start=1):
            package.add_json(f"data/{name}.json", rows)
            tell(number, total)
        listed = _add_documents(engine, package, documents, findings, redact=redact)
        package.add_json("data/document.json", listed)
        package.add_text("index.html", _page(case_key, data, listed, findings))
        tell(total, total)
    return findings


def subject_tables() -> list[Table]:
    """The tables that hold something about a case's child."""
    of_case = [table for table in tables.metadata.sorted_tables if "case_key" in table.c]
    return [
        tables.child,
        tables.ehc_case,
        tables.family_member,
        *(table for table in of_case if table.name not in LEFT_OUT),
    ]


def _rows(
    connection: Connection, table: Table, case: AnyRow, findings: Findings, redact: Iterable[str] | None
) -> list[dict[str, Any]]:
    query = select(table)
    if table is tables.child:
        query = query.where(table.c.key == case.child_key)
    elif table is tables.ehc_case:
        query = query.where(table.c.key == case.key)
    elif table is tables.family_member:
        query = query.where(table.c.child_key == case.child_key)
    else:
        query = query.where(table.c.case_key == case.key)
    rows = connection.execute(query.order_by(*table.primary_key.columns)).all()
    return [_marked(table, dict(row._mapping), findings, redact) for row in rows]


def _marked(
    table: Table, row: dict[str, Any], findings: Findings, redact: Iterable[str] | None
) -> dict[str, Any]:
    """A row with `_thirdParty`: the columns that name another person or in which one may be named."""
    naming = [name for name in _NAMING.get(table.name, ()) if row.get(name)]
    if table is tables.family_member and row["relation"] == "young_person":
        naming = []
    texts = [name for name in _TEXTS & set(row) if row[name]]
    if not naming and not texts:
        return row
    findings.marked.append(f"{table.name} {row.get('key', '')}: {', '.join(sorted([*naming, *texts]))}")
    if redact is not None:
        row |= dict.fromkeys(naming, SOMEBODY_ELSE)
        row |= {name: _without(row[name], redact) for name in texts if isinstance(row[name], str)}
    return {**row, "_thirdParty": sorted([*naming, *texts])}


def _others(connection: Connection, case: AnyRow) -> tuple[str, ...]:
    """What others are called: whole names first, then first names, then addresses of email."""
    member = tables.family_member
    rows = connection.execute(select(member).where(member.c.child_key == case.child_key)).all()
    others = [row for row in rows if row.relation != "young_person"]
    names = {case.requester_name, *(row.name for row in others)}
    first = {name.split()[0] for name in names if name.split()}
    emails = {row.email for row in others if row.email}
    return tuple(sorted({name for name in names | first | emails if len(name) > 1}, key=len, reverse=True))


def _without(text: str, names: Iterable[str]) -> str:
    for name in names:
        text = re.sub(rf"(?<!\w){re.escape(name)}(?!\w)", SOMEBODY_ELSE, text, flags=re.IGNORECASE)
    return text


def _add_documents(
    engine: Engine, package: Package, documents: list[dict[str, Any]], findings: Findings, *, redact: bool
) -> list[dict[str, Any]]:
    """What documents say, each as a part of its own; gives what is said of them."""
    files = _files_of(engine, [row["key"] for row in documents])
    listed = []
    for row in documents:
        content, file = row.pop("content"), files.get(row["key"])
        name = f"document {row['key']}"
        if row["hidden_from"]:
            row["_hidden"] = True
        if redact and (row["hidden_from"] or file is not None):
            findings.withheld[name] = _WITHHELD
        elif file is None:
            ending = "html" if row["kind"] == "notice" else "json"
            row["_part"] = f"documents/{row['key']}.{ending}"
            package.add_text(row["_part"], content)
        elif file.state == "withdrawn" or not engine.files.holds(file.authority, file.digest):
            findings.withheld[name] = "withdrawn, or destroyed because it was infected"
        else:
            row["_part"] = f"documents/{row['key']}{Path(file.name).suffix.lower()}"
            package.add_file(row["_part"], engine.files.place(file.authority, file.digest))
        listed.append(row)
    return listed


def _files_of(engine: Engine, keys: list[int]) -> dict[int, AnyRow]:
    query = select(_file).where(_file.c.document_key.in_(keys))
    with engine.database.read() as connection:
        return {row.document_key: row for row in connection.execute(query)}


def _page(
    case_key: int,
    data: Mapping[str, list[dict[str, Any]]],
    documents: list[dict[str, Any]],
    findings: Findings,
) -> str:
    """Everything on one page, for people."""
    parts = [
        f'<!doctype html><html lang="en-GB"><meta charset="utf-8"><title>Case {case_key}</title>'
        f"<h1>What is held of case {case_key}</h1>"
        "<p>Fields named under <code>_thirdParty</code> tell of somebody else, or may.</p>"
    ]
    if findings.withheld:
        items = "".join(f"<li>{_safe(name)}: {_safe(why)}" for name, why in findings.withheld.items())
        parts.append(f"<h2>Withheld</h2><ul>{items}</ul>")
    for name, rows in {"documents": documents, **data}.items():
        if rows:
            parts.append(f"<h2>{_safe(name.replace('_', ' '))}</h2>" + "".join(map(_as_list, rows)))
    return "\n".join(parts) + "</html>\n"


def _as_list(row: Mapping[str, Any]) -> str:
    shown = {name: value for name, value in row.items() if value not in (None, "", [])}
    pairs = "".join(f"<dt>{_safe(name)}<dd>{_value(name, value)}" for name, value in shown.items())
    return f"<dl>{pairs}</dl><hr>"


def _value(name: str, value: Any) -> str:
    if name == "_part":
        return f'<a href="{_safe(value)}">{_safe(value)}</a>'
    return _safe(value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=plain))


def _safe(text: str) -> str:
    return html.escape(text)


_file = file_tables.document_file
