"""`ehc import` tries every row, then brings in what it can and says what to mend."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from cli.import_command import import_command
from engine.config import ROOT
from tests.support.desk import Desk, opened_desk


@pytest.fixture
def desk(sqlite_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    monkeypatch.setenv("EHC_DATABASE_URL", sqlite_url)
    with opened_desk(sqlite_url) as desk:
        yield desk


def test_from_a_trial_to_cases(desk: Desk, tmp_path: Path) -> None:
    for path in (ROOT / "examples" / "import").glob("*.csv"):
        shutil.copy(path, tmp_path / f"Blade-Export_02-11-2026_{path.name}")
    requests = tmp_path / "Blade-Export_02-11-2026_requests.csv"
    requests.write_text(requests.read_text().replace("2026-Oct-12", "a Monday"))
    asked = [str(tmp_path), "--person", "Amara Okafor"]
    tried = CliRunner().invoke(import_command, asked)
    assert tried.exit_code == 1, tried.output
    assert "requests 2, receiveddate: “a Monday" in tried.output
    assert "requests 5: ready, at its next review." in tried.output
    assert "Nothing was kept" in tried.output
    done = CliRunner().invoke(import_command, [*asked, "--really"])
    assert "6 rows: 3 brought in, 0 there already, 2 left out, 1 with problems." in done.output
    empty = CliRunner().invoke(import_command, [str(tmp_path.parent), "--person", "Amara Okafor"])
    assert "holds no file of a return" in empty.output
