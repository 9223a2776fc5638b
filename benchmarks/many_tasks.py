"""Very many open tasks: a real case's open tasks, copied within the database to cases that nobody works on.

A copy is a child, a case, its instances without their states, and the tasks that were open: what a list of
tasks reads. Every other one is held by somebody, and their last days are spread over a year.
"""

from __future__ import annotations

from sqlalchemy import Column, Connection, Table, text

from benchmarks.herd import STRIDE
from engine.store import tables
from engine.store.database import Database

#: Copies to a transaction.
_AT_ONCE = 5_000
_DAYS = 365
#: What is copied, whatever comes first being referred to by what follows.
_TABLES = (tables.child, tables.ehc_case, tables.instance, tables.task)


def scatter(database: Database, case_key: int, first: int, tasks: int) -> int:
    """Copy a case's open tasks, from copy `first` on, until there are so many; gives the number of copies.

    PostgreSQL alone: the days are worked out in its words.
    """
    with database.read() as connection:
        each: int = connection.execute(text(_OPEN), {"case": case_key}).scalar_one()
    copies = -(-tasks // each)
    for begin in range(first, first + copies, _AT_ONCE):
        end = min(begin + _AT_ONCE, first + copies) - 1
        with database.write() as connection:
            _copy(connection, {"case": case_key, "first": begin, "last": end})
    return copies


def _copy(connection: Connection, values: dict[str, int]) -> None:
    for table in _TABLES:
        connection.execute(text(_copying(table)), values)


def _copying(table: Table) -> str:
    columns = ", ".join(column.name for column in table.c)
    copied = ", ".join(_copied(table, column) for column in table.c)
    return (
        f"insert into {table.name} ({columns}) select {copied} from {table.name} original"
        " cross join generate_series(cast(:first as bigint), cast(:last as bigint)) n"
        f" where {_WHICH[table.name]}"
    )


def _copied(table: Table, column: Column[object]) -> str:
    """The value of a column in copy n."""
    name = f"original.{column.name}"
    refers_to_copies = any(key.column.table in _TABLES for key in column.foreign_keys)
    if (column.name == "key" and column.primary_key) or refers_to_copies:
        return f"{name} + n * {STRIDE}"
    return _CHANGED.get((table.name, column.name), name)


_HELD = "n % 2 = 0"
_SOMEBODY = "(select min(key) from membership)"
#: What a copy has of its own.
_CHANGED = {
    ("instance", "state"): "''",
    ("task", "due_on"): f"original.due_on + cast(n * 7919 % {_DAYS} as integer)",
    ("task", "assignee_key"): f"case when {_HELD} then {_SOMEBODY} end",
    ("task", "state"): f"case when {_HELD} then 'ASSIGNED' else 'CREATED' end",
}
_OPEN_ONES = "case_key = cast(:case as bigint) and state in ('CREATED', 'ASSIGNED')"
_OPEN = f"select count(*) from task where {_OPEN_ONES}"
_WHICH = {
    "child": "original.key = (select child_key from ehc_case where key = cast(:case as bigint))",
    "ehc_case": "original.key = cast(:case as bigint)",
    "instance": "original.case_key = cast(:case as bigint)",
    "task": _OPEN_ONES,
}
