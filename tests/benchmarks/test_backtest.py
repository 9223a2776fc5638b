"""The back-test of early warning: nothing is said before it could be known, and what was found is written down."""

from __future__ import annotations

import copy
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from benchmarks.backtest import LAST_DAY, carried_out
from benchmarks.early_scores import Foretold, Outcome
from benchmarks.early_words import BEGIN, END, Tested, write
from engine.replay import read_recording
from tests.support.recordings import Line, lines_with_traits
from tests.support.recordings import write as write_lines

#: The day of its case on which the first request is decided about in the one year and not in the other.
DECIDED = 28


def played_back(folder: Path, name: str, lines: list[Line]) -> Tested:
    recording = read_recording(write_lines(folder / f"{name}.jsonl", lines))
    return carried_out(name, recording, folder, lambda _words: None)


def test_what_comes_later_changes_nothing_of_what_was_said_before(tmp_path: Path) -> None:
    one = copy.deepcopy(list(lines_with_traits())[:2])
    one[0]["work"]["decide_assess"] = [{"on": DECIDED, "at": "14:00"}]
    other = copy.deepcopy(one)
    other[0]["work"]["decide_assess"] = [{"on": DECIDED + 40, "at": "14:00"}]
    known, unknown = played_back(tmp_path, "known", one), played_back(tmp_path, "unknown", other)
    parted = LAST_DAY + timedelta(days=one[0]["received"]["day"] + DECIDED)
    for said in ("heard", "deaf"):
        before = [[each for each in getattr(year, said) if each.on <= parted] for year in (known, unknown)]
        assert before[0] == before[1] != []
    assert known.heard != unknown.heard
    assert any(each.is_missed for each in unknown.outcomes.values())
    assert all(known.first <= each.due_on < LAST_DAY for each in known.outcomes.values())


@pytest.fixture
def found() -> Tested:
    outcomes = {
        nth: Outcome("reg8_advice_6w", "camhs" if nth % 2 else "setting", LAST_DAY, is_missed=nth < 30)
        for nth in range(60)
    }
    said = [
        Foretold(nth, LAST_DAY - timedelta(days=left), left, 0.9 if nth < 30 else 0.1, is_grounded=True)
        for nth in range(60)
        for left in (28, 14, 7)
    ]
    return Tested("year", LAST_DAY - timedelta(days=200), LAST_DAY, said, said[:60], outcomes, 9.0)


def test_what_was_found_stands_between_the_marks(found: Tested, tmp_path: Path) -> None:
    document = tmp_path / "early-warning.md"
    document.write_text(f"Before.\n{BEGIN}\nof yesterday\n{END}\nAfter.\n")
    write(document, [found, replace(found, name="plans")], "a machine")
    text = document.read_text()
    assert text.startswith("Before.\n")
    assert text.endswith(f"{END}\nAfter.\n")
    assert "of yesterday" not in text
    assert text.count("### ") == 2
    assert "60 limits" in text
    assert "of which 30 were missed" in text
    assert "| plain: all that run 28 days before | 60 | 50% | 100% | 28 | 28 |" in text
    assert "| **as shipped: from 50%** | 30 | 100% | 100% | 28 | 28 |" in text
    assert "| 14 | 60 | 0.010 |" in text
    assert "| `reg8_advice_6w`, camhs | 15 |" in text
