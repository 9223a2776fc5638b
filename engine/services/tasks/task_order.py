"""The orders in which tasks are listed, and where a page of each ends.

Every order is one of a value that is never null, and of the key where values are equal: so a cursor says
exactly where a list goes on, whatever comes or goes meanwhile.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any

from sqlalchemy import bindparam, func, literal_column, tuple_
from sqlalchemy.sql import ColumnElement

from engine.errors import BadInput
from engine.services import paging
from engine.store import tables
from engine.store.types import AnyRow, Key

SORTS = ("dueDate", "priority", "creationDate", "followUpDate")
DIRECTIONS = ("asc", "desc")
#: Tasks without a day come after all that have one, in either direction. Literals: an index may hold them.
_AFTER_ALL: ColumnElement[Any] = literal_column("'9999-12-31'")
_BEFORE_ALL: ColumnElement[Any] = literal_column("'1000-01-01'")
_task = tables.task


@dataclass(frozen=True, eq=False)
class Order:
    """One way to sort tasks. Make it with `order`."""

    name: str
    value: ColumnElement[Any]
    is_rising: bool
    read: Callable[[str], Any]

    @property
    def by(self) -> tuple[ColumnElement[Any], ColumnElement[Any]]:
        """What the database sorts by."""
        if self.is_rising:
            return self.value.asc(), _task.c.key.asc()
        return self.value.desc(), _task.c.key.desc()

    def cursor(self, row: AnyRow) -> str:
        """Where a list goes on after a row that has its `sorted_by`."""
        return paging.encode([self.name, _written(row.sorted_by), row.key])

    @property
    def after(self) -> ColumnElement[bool]:
        """What comes after a page in this order; `place` gives the values of its parameters."""
        last = bindparam("last_value", type_=self.value.type), bindparam("last_key", type_=Key)
        place, end = tuple_(self.value, _task.c.key), tuple_(*last)
        return place > end if self.is_rising else place < end

    def place(self, cursor: str) -> dict[str, Any]:
        """Where a page ended: the parameters of `after`.

        Raises:
            BadInput: it isn't a cursor of ours, or of a list in another order.
        """
        name, value, key = paging.decode(cursor, str, str, int)
        if name != self.name:
            raise BadInput.field("cursor", "This cursor is of a list in another order. Begin without one.")
        try:
            return {"last_value": self.read(value), "last_key": key}
        except ValueError:
            raise BadInput.field("cursor", "This cursor isn't one of ours.") from None


@cache
def order(sort_by: str = "dueDate", sort_order: str = "asc") -> Order:
    """The order of a name and a direction.

    Raises:
        BadInput: there is no such order.
    """
    if sort_by not in SORTS:
        raise BadInput.field("sortBy", f"sortBy is one of {', '.join(SORTS)}.")
    if sort_order not in DIRECTIONS:
        raise BadInput.field("sortOrder", "sortOrder is asc or desc.")
    is_rising = sort_order == "asc"
    value, read = _value(sort_by, is_rising)
    return Order(f"{sort_by} {sort_order}", value, is_rising, read)


def _value(sort_by: str, is_rising: bool) -> tuple[ColumnElement[Any], Callable[[str], Any]]:
    undated = _AFTER_ALL if is_rising else _BEFORE_ALL
    if sort_by == "priority":
        return _task.c.priority, _whole_number
    if sort_by == "creationDate":
        return _task.c.created_at, _instant
    column = _task.c.due_on if sort_by == "dueDate" else _task.c.follow_up_on
    return func.coalesce(column, undated), date.fromisoformat


def _written(value: Any) -> str:
    return value.isoformat() if isinstance(value, date) else str(value)


def _whole_number(text: str) -> int:
    if not text.isascii() or not text.isdigit() or len(text) > 9:
        raise ValueError(text)
    return int(text)


def _instant(text: str) -> datetime:
    instant = datetime.fromisoformat(text)
    if instant.tzinfo is None:
        raise ValueError(text)
    return instant


#: The one due first first.
DEFAULT = order()
