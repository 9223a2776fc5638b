"""A short replay, played once: the lines of the shipped year that have a trait, up to a fixed day."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from engine.application import Engine
from engine.clock import SteppedClock
from engine.config import ROOT, Settings
from engine.replay import YearReport, read_recording, replay_year
from engine.store.database import Database
from tests.support.recordings import Line, lines_with_traits, write

#: A Tuesday; the year before it has two Easters' worth of bank holidays, Christmas and both clock changes.
UNTIL = datetime(2026, 6, 30, 16, 0, tzinfo=UTC)


def settings(url: str) -> Settings:
    """The demonstration's settings on a database."""
    return Settings(url, ROOT / "bpmn", ROOT / "examples" / "authority.yaml")


@dataclass(frozen=True)
class PlayedYear:
    """What was replayed, what came out, and an engine that stands at its end."""

    lines: list[Line]
    report: YearReport
    engine: Engine


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PlayedYear]:
    folder = tmp_path_factory.mktemp("replay")
    url, lines = f"sqlite:///{folder / 'year.db'}", lines_with_traits()
    report = replay_year(read_recording(write(folder / "short.jsonl", lines)), settings(url), until=UNTIL)
    engine = Engine(Database(url), SteppedClock(UNTIL), settings(url))
    yield PlayedYear(lines, report, engine)
    engine.close()


@pytest.fixture
def somewhere(tmp_path: Path) -> Path:
    """A place where no database is."""
    return tmp_path / "new" / "year.db"
