"""Many cases out of one: a real case's rows, copied within the database with new keys.

A copy is complete but for the history that a step never reads: of the audit trail only the head event is
copied, so that the next event has what it hangs on, and no documents. Every reference leads to the copy's
own rows, or to the original's documents, and what is unique stays so.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Column, Connection, Table, insert, select, text

from engine.store import tables
from engine.store.database import Database

#: Copy n of the row with key k has the key k + n * STRIDE; no key of an original may be as large.
STRIDE = 10_000
#: Copies to a transaction, so that no log grows as large as what it fills.
_AT_ONCE = 5_000
#: History that no step reads.
_LEFT_OUT = {"document", "audit_event"}
_SERIES = (
    "with recursive series(n) as"
    " (select cast(:first as bigint) union all select n + 1 from series where n < cast(:last as bigint))"
)
_CASE = "cast(:case as bigint)"


@dataclass(frozen=True)
class Herd:
    """Copies first to last of one case."""

    case_key: int
    first: int
    last: int

    def __len__(self) -> int:
        return self.last - self.first + 1

    @staticmethod
    def key(original: int, copy: int) -> int:
        """The key of a copied row."""
        return original + copy * STRIDE


def multiply(database: Database, case_key: int, first: int, last: int) -> Herd:
    """Make the copies `first` to `last` of a case."""
    assert first >= 1
    for begin in range(first, last + 1, _AT_ONCE):
        with database.write() as connection:
            _copy(connection, {"case": case_key, "first": begin, "last": min(begin + _AT_ONCE - 1, last)})
            if not database.is_sqlite:
                _continue_sequences(connection)
    return Herd(case_key, first, last)


def _copy(connection: Connection, values: dict[str, int]) -> None:
    for table in tables.metadata.sorted_tables:
        if _is_copied(table):
            _keys_fit(connection, table)
            if table is tables.instance:
                _copy_instances(connection, values)
            else:
                connection.execute(text(_copying(table)), values)
    connection.execute(text(_HEADS), values)


def settle(database: Database) -> None:
    """Let the database look at what it has now, as it would in the course of time."""
    with database.write() as connection:
        connection.execute(text("analyze"))


def _is_of_a_case(table: Table) -> bool:
    return table.name in ("child", "ehc_case") or "case_key" in table.c


def _is_copied(table: Table) -> bool:
    return _is_of_a_case(table) and table.name not in _LEFT_OUT


def _copying(table: Table) -> str:
    """The original's rows are looked up once: where no index leads to a case, that is a long look."""
    columns = ", ".join(column.name for column in table.c)
    values = ", ".join(_copied(column) for column in table.c)
    return (
        f"insert into {table.name} ({columns}) {_SERIES}, original as materialized"
        f" (select * from {table.name} original where {_of_the_case(table)})"
        f" select {values} from series cross join original"
    )


def _copied(column: Column[object]) -> str:
    """The value of a column in copy n."""
    name = f"original.{column.name}"
    copied_too = [key for key in column.foreign_keys if _is_copied(key.column.table)]
    if (column.name == "key" and column.primary_key) or copied_too:
        return f"{name} + n * {STRIDE}"
    if column.unique:
        return f"{name} || ':' || n"
    return name


def _copy_instances(connection: Connection, values: dict[str, int]) -> None:
    """With the copy's own case key in their variables, which the database can't reach: states are packed."""
    of_the_case = tables.instance.c.case_key == values["case"]
    for original in connection.execute(select(tables.instance).where(of_the_case)).all():
        copies = [_instance(original._asdict(), n) for n in range(values["first"], values["last"] + 1)]
        connection.execute(insert(tables.instance), copies)


def _instance(original: dict[str, Any], n: int) -> dict[str, Any]:
    case_key = Herd.key(original["case_key"], n)
    state = original["state"].replace(f'"caseKey":"{original["case_key"]}"', f'"caseKey":"{case_key}"')
    return {**original, "key": Herd.key(original["key"], n), "case_key": case_key, "state": state}


def _of_the_case(table: Table) -> str:
    if table.name == "ehc_case":
        return f"original.key = {_CASE}"
    if table.name == "child":
        return f"original.key = (select child_key from ehc_case where key = {_CASE})"
    return f"original.case_key = {_CASE}"


def _keys_fit(connection: Connection, table: Table) -> None:
    if "key" in table.c:
        largest = connection.execute(text(f"select max(key) from {table.name} where key < {STRIDE}")).scalar()
        assert (largest or 0) < STRIDE - 1, f"{table.name} holds too many originals."


_HEADS = f"""
insert into audit_event (case_key, sequence, body, hash) {_SERIES}
select original.case_key + n * {STRIDE}, original.sequence, original.body, original.hash
  from series cross join audit_event original
 where original.case_key = {_CASE}
   and original.sequence = (select max(sequence) from audit_event where case_key = {_CASE})
"""


def _continue_sequences(connection: Connection) -> None:
    for table in tables.metadata.sorted_tables:
        if _is_of_a_case(table) and "key" in table.c:
            sequence = f"pg_get_serial_sequence('{table.name}', 'key')"
            newest = f"(select coalesce(max(key), 0) + 1 from {table.name})"
            connection.execute(text(f"select setval({sequence}, {newest})"))
