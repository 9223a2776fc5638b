"""The rows of a case's facts and limits: read when they are needed, written when they have changed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, bindparam, insert, or_, select, update

from engine.services.ledger_rows import Key
from engine.store import tables

RUNNING = "running"
_ALERTED = frozenset({"deadline"})


@dataclass
class Deadline:
    """One row; `key` is None until it is written."""

    key: int | None
    rule: str
    occurrence: str
    round: int
    organisation: str
    kind: str
    nature: str
    anchor: str | None
    anchored_on: date | None
    due_on: date | None
    broken_at: datetime | None
    status: str
    met_on: date | None
    exceptions: list[str]
    alert_at: datetime | None
    opened_at: datetime
    changed: bool = field(default=False, compare=False)

    @property
    def is_running(self) -> bool:
        """Whether the duty is still open."""
        return self.status == RUNNING

    @property
    def is_told_of(self) -> bool:
        """Whether somebody is told when it nears or is missed, as far as the ladder names anybody."""
        return self.due_on is not None and self.is_running and self.nature in _ALERTED and not self.exceptions

    def columns(self) -> dict[str, Any]:
        """The values of the row, without its key."""
        names = (column.name for column in tables.deadline.columns)
        return {name: getattr(self, name) for name in names if name not in _GIVEN_BY_THE_CASE}


_GIVEN_BY_THE_CASE = frozenset({"key", "authority", "case_key"})


class DeadlineStore:
    """What one case has in the tables of facts and limits."""

    def __init__(self, connection: Connection, case_key: int, authority: str) -> None:
        self._connection = connection
        self._owner = {"case_key": case_key, "authority": authority}
        self._case = {"case": case_key}

    # --- reading ---------------------------------------------------------------------------

    def anchors_under_way(self) -> Iterator[tuple[Key, date]]:
        """The facts that belong to no occurrence, and all of those in which a limit still runs."""
        for row in self._connection.execute(_ANCHORS, self._case):
            yield (row.name, row.occurrence), row.falls_on

    def deadlines_under_way(self) -> Iterator[tuple[Key, Deadline]]:
        """The limits that belong to no occurrence, and all of those in which one still runs; by rounds."""
        return self._read(_DEADLINES, self._case)

    def anchors_left_out(self, occurrence: str | None, known: frozenset[str]) -> Iterator[tuple[Key, date]]:
        """The facts of an occurrence that wasn't read; with None of all that aren't known."""
        query = _ALL_ANCHORS if occurrence is None else _ANCHORS_OF_ONE
        for row in self._connection.execute(query, {**self._case, "which": occurrence}):
            if row.occurrence not in known:
                yield (row.name, row.occurrence), row.falls_on

    def deadlines_left_out(
        self, earlier: list[Deadline], occurrence: str | None, known: frozenset[str]
    ) -> Iterator[tuple[Key, Deadline]]:
        """The limits of an occurrence that was not read, in their last rounds; the others go to `earlier`."""
        newest: dict[Key, Deadline] = {}
        query = _ALL_DEADLINES if occurrence is None else _DEADLINES_OF_ONE
        for key, deadline in self._read(query, {**self._case, "which": occurrence}):
            if key[1] in known:
                continue
            if key in newest:
                earlier.append(newest[key])
            newest[key] = deadline
        yield from newest.items()

    def _read(self, query: Any, values: Mapping[str, Any]) -> Iterator[tuple[Key, Deadline]]:
        for row in self._connection.execute(query, values):
            columns: tuple[Any, ...] = tuple(row)
            yield (row.rule, row.occurrence), Deadline(*columns)

    # --- writing ---------------------------------------------------------------------------

    def write_deadlines(self, rows: Sequence[Deadline]) -> None:
        """Write what is new or has changed; new rows get their keys."""
        new = [row for row in rows if row.key is None]
        if new:
            values = [{**row.columns(), **self._owner} for row in new]
            keys = self._connection.execute(_NEW_DEADLINE, values).scalars().all()
            for row, key in zip(new, keys, strict=True):
                row.key = key
        changed = [row for row in rows if row.changed and row not in new]
        if changed:
            self._connection.execute(_CHANGE_DEADLINE, [_bound(row) for row in changed])
        for row in (*new, *changed):
            row.changed = False

    def write_anchors(self, new: Mapping[Key, date], moved: Mapping[Key, date], at: datetime) -> None:
        """Write facts that were recorded, and those that fall on another day now."""
        if new:
            self._connection.execute(
                _NEW_ANCHOR,
                [
                    {**self._owner, "name": name, "occurrence": which, "falls_on": on, "recorded_at": at}
                    for (name, which), on in new.items()
                ],
            )
        for (name, which), on in moved.items():
            self._connection.execute(
                _MOVE_ANCHOR, {**self._case, "which": name, "nth": which, "on": on, "at": at}
            )


def _bound(row: Deadline) -> dict[str, Any]:
    return {"row_key": row.key, **{f"new_{name}": getattr(row, name) for name in _CHANGING}}


_CHANGING = (
    "organisation",
    "anchor",
    "anchored_on",
    "due_on",
    "broken_at",
    "status",
    "met_on",
    "exceptions",
    "alert_at",
)
_deadline, _anchor = tables.deadline, tables.anchor
#: Occurrences in which a limit still runs.
_UNDER_WAY = select(_deadline.c.occurrence).where(
    _deadline.c.case_key == bindparam("case"), _deadline.c.status == RUNNING
)
_ALL_ANCHORS = select(_anchor.c.name, _anchor.c.occurrence, _anchor.c.falls_on).where(
    _anchor.c.case_key == bindparam("case")
)
_ANCHORS = _ALL_ANCHORS.where(or_(_anchor.c.occurrence == "", _anchor.c.occurrence.in_(_UNDER_WAY)))
_ANCHORS_OF_ONE = _ALL_ANCHORS.where(_anchor.c.occurrence == bindparam("which"))
#: The columns in the order of `Deadline`'s fields: a case has a dozen rows, and every step reads them.
_FIELDS = (field.name for field in fields(Deadline) if field.name != "changed")
_ALL_DEADLINES = (
    select(*(_deadline.c[name] for name in _FIELDS))
    .where(_deadline.c.case_key == bindparam("case"))
    .order_by(_deadline.c.round, _deadline.c.key)
)
_DEADLINES = _ALL_DEADLINES.where(or_(_deadline.c.occurrence == "", _deadline.c.occurrence.in_(_UNDER_WAY)))
_DEADLINES_OF_ONE = _ALL_DEADLINES.where(_deadline.c.occurrence == bindparam("which"))
_NEW_DEADLINE = insert(tables.deadline).returning(tables.deadline.c.key, sort_by_parameter_order=True)
_CHANGE_DEADLINE = (
    update(tables.deadline)
    .where(tables.deadline.c.key == bindparam("row_key"))
    .values({name: bindparam(f"new_{name}") for name in _CHANGING})
)
_NEW_ANCHOR = insert(tables.anchor)
_MOVE_ANCHOR = (
    update(tables.anchor)
    .where(
        tables.anchor.c.case_key == bindparam("case"),
        tables.anchor.c.name == bindparam("which"),
        tables.anchor.c.occurrence == bindparam("nth"),
    )
    .values(falls_on=bindparam("on"), recorded_at=bindparam("at"))
)
