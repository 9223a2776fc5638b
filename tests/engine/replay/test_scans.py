"""Nothing that is asked while plans are lived through reads a whole table: a table grows, a case doesn't."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Engine as SqlEngine
from sqlalchemy import event

from engine.replay import read_recording, replay_year
from tests.engine.replay.conftest import UNTIL, settings
from tests.engine.replay.test_played_plans import LINES
from tests.support.recordings import write

#: What stays small, whatever happens in it: an authority's own people and diagrams.
SMALL = {"authority", "membership", "person", "organisation", "process_definition", "deployment"}
_SCAN = re.compile(r"SCAN (\w+)( USING COVERING INDEX \w+)?$")


@contextmanager
def listening() -> Iterator[set[str]]:
    """Every statement that anybody sends meanwhile."""
    heard: set[str] = set()

    def hear(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        heard.add(statement)

    event.listen(SqlEngine, "before_cursor_execute", hear)
    try:
        yield heard
    finally:
        event.remove(SqlEngine, "before_cursor_execute", hear)


def scanned(database: sqlite3.Connection, statement: str) -> set[str]:
    """The tables that a statement reads from end to end."""
    plan = database.execute(f"EXPLAIN QUERY PLAN {statement}", [None] * statement.count("?")).fetchall()
    return {found[1] for row in plan if (found := _SCAN.match(row[3]))}


def of_a_step(statement: str) -> bool:
    """Whether it belongs to the work; figures of a whole year are grouped, and counted once.

    A migration fills a column of all rows at once.
    """
    if statement.startswith("UPDATE") and "WHERE" not in statement:
        return False
    return statement.startswith(("SELECT", "UPDATE", "DELETE")) and not re.search(
        "GROUP BY|count\\(", statement
    )


#: How a migration has every running limit looked at once.
OF_MIGRATION = "UPDATE deadline SET alert_at = opened_at"


def test_no_statement_of_a_step_reads_a_whole_table(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'year.db'}"
    recording = read_recording(write(tmp_path / "plans.jsonl", list(LINES.values())))
    with listening() as heard:
        replay_year(recording, settings(url), until=UNTIL)
    with closing(sqlite3.connect(tmp_path / "year.db")) as database:
        tables = {name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
        found = {
            statement: grown
            for statement in heard
            if of_a_step(statement)
            and "_alembic_tmp" not in statement
            and not statement.startswith(OF_MIGRATION)
            and (grown := scanned(database, statement) & tables - SMALL - {"alembic_version"})
        }
    assert len(heard) > 50
    assert found == {}
