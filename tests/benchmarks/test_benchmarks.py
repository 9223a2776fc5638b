"""Each benchmark runs, at a size that takes no time; no figure is looked at but for being one."""

from __future__ import annotations

import json

import pytest

from benchmarks import __main__ as command
from benchmarks.machinery import Bench
from benchmarks.measuring import take_turns
from benchmarks.results import BEGIN, END, Figure, write_json, write_table
from engine.config import ROOT
from tests.support import postgresql

FIGURES = {
    "step_engine": ["step_engine"],
    "step": ["step"],
    "step_postgresql": ["step_postgresql"],
    "step_growth": ["step_growth"],
    "sleepers": ["sleepers", "sleepers_bytes"],
    "alerts": ["alerts", "alerts_ladder"],
    "outbox": ["outbox"],
    "population": ["population", "population_read"],
    "replay": ["replay", "replay_memory"],
    "feel": ["feel"],
    "api": ["api_list", "api_pair", "api_bare"],
}


@pytest.mark.postgresql
@pytest.mark.parametrize("name", command.BENCHMARKS)
def test_it_runs_and_gives_its_figures(name, tmp_path, databases, monkeypatch):
    if name in ("step_postgresql", "api"):
        monkeypatch.setenv(postgresql.GIVEN_SERVER, databases.server.address)
    figures = command.BENCHMARKS[name](Bench(tmp_path, tiny=True))
    assert [figure.name for figure in figures] == FIGURES[name]
    assert all(figure.ratio > 0 and figure.detail for figure in figures)
    assert json.dumps([figure.entry() for figure in figures])


def test_every_benchmark_is_told_of_in_the_document():
    document = (ROOT / "docs" / "benchmarks.md").read_text()
    names = [figure for figures in FIGURES.values() for figure in figures]
    assert [name for name in names if f"`{name}`" not in document] == []


def test_an_unknown_name_is_answered_with_the_known_ones(capsys):
    assert command.main(["steps"]) == 2
    assert "step_engine, step, step_postgresql" in capsys.readouterr().err


def test_variants_take_turns_in_blocks():
    order = []
    variants = {name: (lambda name=name: lambda: order.append(name)) for name in "ab"}
    seconds = take_turns(variants, rounds=2, block=2, clock=lambda: 0.0, warm_up=1)
    assert "".join(order) == "ab" + "aabb" + "bbaa"
    assert {name: len(taken) for name, taken in seconds.items()} == {"a": 4, "b": 4}


@pytest.mark.parametrize(
    ("at_least", "measured", "met"),
    [(False, 1.2, True), (False, 1.3, False), (True, 1.2, True), (True, 1, False)],
)
def test_an_aim_is_kept_at_its_edge(at_least, measured, met):
    assert Figure("it", "what", measured, 1.2, at_least=at_least).met == met


def test_figures_of_other_benchmarks_stay(tmp_path):
    file = tmp_path / "build" / "bench.json"
    write_json(file, [Figure("one", "", 1, 2), Figure("two", "", 1, 2)])
    write_json(file, [Figure("two", "", 3, 2, detail={"why": "slow"})])
    assert json.loads(file.read_text()) == {
        "one": {"ratio": 1, "aim": 2, "met": True, "detail": {}},
        "two": {"ratio": 3, "aim": 2, "met": False, "detail": {"why": "slow"}},
    }


def test_the_table_takes_the_place_of_the_last_one(tmp_path):
    document = tmp_path / "benchmarks.md"
    document.write_text(f"# Before\n{BEGIN}\nold\n{END}\nAfter\n")
    write_table(document, [Figure("it", "a thing", 26.04, 4, unit="kB")], "A machine.")
    text = document.read_text()
    assert "| `it` | a thing | at most 4 kB | 26 kB | **no** |" in text
    assert "old" not in text
    assert text.startswith("# Before")
    assert text.endswith(f"{END}\nAfter\n")
