"""Counts what is sent to a database."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Engine, event


@dataclass
class Statements:
    """What was sent: statements, and the rows of those that carry a list."""

    texts: list[str] = field(default_factory=list)
    rows: int = 0

    @property
    def number(self) -> int:
        """Statements, whatever their number of rows; without begin and commit."""
        return len(self.texts)


@contextmanager
def counted() -> Iterator[Statements]:
    """Count the statements of all engines until the end of the block."""
    statements = Statements()

    def note(_c: Any, _cursor: Any, text: str, parameters: Any, _context: Any, executemany: bool) -> None:
        if not text.startswith("BEGIN"):
            statements.texts.append(text)
            statements.rows += len(parameters) if executemany else 0

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield statements
    finally:
        event.remove(Engine, "before_cursor_execute", note)


@dataclass
class Instructions:
    """What SQLite carried out, in hundreds of instructions of its machine: it grows with every row read."""

    number: int = 0


@contextmanager
def instructions() -> Iterator[Instructions]:
    """Count the instructions of every SQLite connection that is used within the block."""
    counted, used = Instructions(), dict[int, Any]()

    def note() -> None:
        counted.number += _COUNTED_BY

    def watch(connection: Any, *_rest: Any) -> None:
        driver = connection.connection.driver_connection
        if id(driver) not in used:
            used[id(driver)] = driver
            driver.set_progress_handler(note, _COUNTED_BY)

    event.listen(Engine, "before_cursor_execute", watch)
    try:
        yield counted
    finally:
        event.remove(Engine, "before_cursor_execute", watch)
        for driver in used.values():
            driver.set_progress_handler(None, 0)


_COUNTED_BY = 100
