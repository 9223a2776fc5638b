"""All that an authority has here, in a form that needs nothing of ours to be read: leave without a vendor."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, Select, Table, select

from engine.services.records.packages import Package, lines, packed
from engine.store import file_tables, tables

if TYPE_CHECKING:
    from engine.application import Engine

_SIGN_IN = "how people sign in here; where the data goes, they are let in anew"
_PASSING = "of this installation, gone in days"
#: Tables that don't leave, and why.
LEFT_OUT: Mapping[str, str] = {
    "account": _SIGN_IN,
    "client": _SIGN_IN,
    "heard_message": _SIGN_IN,
    "identity": _SIGN_IN,
    "invitation": _SIGN_IN,
    "lock_out": _SIGN_IN,
    "recovery_code": _SIGN_IN,
    "session": _SIGN_IN,
    "sign_in": _SIGN_IN,
    "token": _SIGN_IN,
    "export": _PASSING,
    "idempotency": _PASSING,
    "rate_limit": _PASSING,
    "upload": _PASSING,
}
#: Columns that hold secrets of tables that leave otherwise.
SECRETS: Mapping[str, frozenset[str]] = {"webhook": frozenset({"secret", "secret_before"})}
_AT_ONCE = 500
_README = """# All data of the authority {authority}

Written on {on}. Every part's length and SHA-256 stand in `manifest.json`.

- `tables/NAME.jsonl` holds a table: one JSON object a line, a member a column, in the order of the keys.
  Days are `2026-11-02`, instants `2026-11-02T09:30:00Z`, bytes `{{"base64": "..."}}`. A column that ends in
  `_key` names the `key` of a row of another table; `tables.json` lists them all.
- `files/DIGEST` holds an uploaded file; `tables/document_file.jsonl` says what it is called and which
  document it is.
- `tables/audit_event.jsonl` is the trail of what happened: the `hash` of an event is the SHA-256 of the hash
  before it (64 zeros at first) and its `body`, both as they stand: it can be proved unbroken anywhere.
- `tables/deployment_resource.jsonl` holds the diagrams, decision tables and forms (BPMN, DMN, form-js).

Not here: {left_out}.
"""


def write_authority(
    engine: Engine, authority: str, path: Path, tell: Callable[[int, int], None] = lambda done, total: None
) -> Mapping[str, dict[str, Any]]:
    """Write all of an authority's data as a package; gives its parts.

    Args:
        tell: is told how many parts of how many are written.
    """
    leaving = leaving_tables()
    files = _files(engine, authority)
    total, now = len(leaving) + len(files), engine.clock.now()
    facts = {"authority": authority, "kind": "authority", "writtenAt": now}
    with packed(path, now, lambda: facts) as package:
        package.add_text("README.md", _readme(authority, engine.clock.today().isoformat()))
        package.add_json("tables.json", {table.name: _described(table) for table in leaving})
        with engine.database.read() as connection:  # one look at all of them
            for number, table in enumerate(leaving, start=1):
                package.add(f"tables/{table.name}.jsonl", lines(rows_of(connection, table, authority)))
                tell(number, total)
        _add_files(engine, package, authority, files, lambda number: tell(len(leaving) + number, total))
    return package.parts


def leaving_tables() -> list[Table]:
    """The tables that leave, each after those that it refers to."""
    return [table for table in tables.metadata.sorted_tables if table.name not in LEFT_OUT]


def rows_of(connection: Connection, table: Table, authority: str) -> Iterator[dict[str, Any]]:
    """Every row of a table that belongs to an authority, without secrets."""
    query = query_of(table, authority).execution_options(yield_per=_AT_ONCE)
    for row in connection.execute(query):
        yield dict(row._mapping)


def query_of(table: Table, authority: str) -> Select[Any]:
    """What leaves of a table: an authority's rows without secrets, in the order of their keys."""
    kept = [column for column in table.c if column.name not in SECRETS.get(table.name, ())]
    return _of_authority(select(*kept), table, authority).order_by(*table.primary_key.columns)


def _of_authority(query: Select[Any], table: Table, authority: str) -> Select[Any]:
    """Narrow to an authority: by its own column, else by way of the row that it hangs on.

    Raises:
        LookupError: a table belongs to no authority, and isn't left out either.
    """
    if table is tables.authority:
        return query.where(table.c.code == authority)
    if "authority" in table.c:
        return query.where(table.c.authority == authority)
    for key in table.foreign_keys:
        owner = key.column.table
        if "authority" in owner.c:
            return query.join(owner, key.parent == key.column).where(owner.c.authority == authority)
    raise LookupError(f"The table {table.name} belongs to no authority: write in LEFT_OUT why it stays.")


def _described(table: Table) -> dict[str, Any]:
    return {
        "key": [column.name for column in table.primary_key.columns],
        "refersTo": {key.parent.name: key.target_fullname for key in table.foreign_keys},
    }


def _files(engine: Engine, authority: str) -> list[str]:
    query = select(_stored.c.digest).where(_stored.c.authority == authority).order_by(_stored.c.digest)
    with engine.database.read() as connection:
        return list(connection.execute(query).scalars().all())


def _add_files(
    engine: Engine, package: Package, authority: str, files: list[str], tell: Callable[[int], None]
) -> None:
    """What was infected was destroyed, so not every row has its bytes."""
    for number, digest in enumerate(files, start=1):
        if engine.files.holds(authority, digest):
            package.add_file(f"files/{digest}", engine.files.place(authority, digest))
        tell(number)


def _readme(authority: str, on: str) -> str:
    left_out = "; ".join(f"`{name}` ({why})" for name, why in sorted(LEFT_OUT.items()))
    return _README.format(authority=authority, on=on, left_out=left_out)


_stored = file_tables.stored_file
