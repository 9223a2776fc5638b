"""A year of cases through the live services: is the last tenth of its tasks as quick as the first?

And is the process as lean? It is one of its own, so that nothing that ran before has filled its memory; the
collector works as it does live.
"""

from __future__ import annotations

from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, replace
from datetime import date, timedelta
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from benchmarks.machinery import Bench
from benchmarks.results import Figure
from engine.clock import start_of_day
from engine.config import ROOT, Settings
from engine.replay import Pace, read_recording, replay_year

AIM, AIM_MEMORY = 0.8, 1.2
YEAR = ROOT / "examples" / "year.jsonl"
_LAST_DAY = date(2026, 11, 20)


def run(bench: Bench) -> list[Figure]:
    """Measure."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as process:
        tenths = process.submit(replayed, bench.folder / "replay.db", 8 if bench.tiny else None).result()
    per_second = [tenth["tasks"] / tenth["seconds"] for tenth in tenths]
    of_processor = [tenth["tasks"] / tenth["processor_seconds"] for tenth in tenths]
    megabytes = [tenth["memory_bytes"] / 1_000_000 for tenth in tenths]
    tasks = sum(tenth["tasks"] for tenth in tenths)
    return [
        Figure(
            "replay",
            f"tasks completed per second over a year of {tasks} tasks, last tenth against first",
            per_second[-1] / per_second[0],
            AIM,
            at_least=True,
            detail={
                "tasks_per_second_by_tenth": [round(each, 1) for each in per_second],
                "tasks_per_second_of_processor_by_tenth": [round(each, 1) for each in of_processor],
                "seconds": round(sum(tenth["seconds"] for tenth in tenths), 1),
            },
        ),
        Figure(
            "replay_memory",
            "memory of the process at the end of the last tenth against the first",
            megabytes[-1] / megabytes[0],
            AIM_MEMORY,
            detail={"megabytes_by_tenth": [round(each, 1) for each in megabytes]},
        ),
    ]


def replayed(database: Path, lines: int | None) -> list[dict[str, Any]]:
    """Replay the year (or its first lines) into a new database; the ten stretches of it."""
    recording = read_recording(YEAR)
    if lines is not None:
        recording = replace(recording, lines=recording.lines[:lines])
    settings = Settings(f"sqlite:///{database}", ROOT / "bpmn", ROOT / "examples" / "authority.yaml")
    until = start_of_day(_LAST_DAY + timedelta(days=1)) - timedelta(seconds=1)
    report = replay_year(recording, settings, until=until, on_day=_Telling(recording.days))
    return [asdict(tenth) for tenth in report.played.tenths]


class _Telling:
    """Says four times a year how far it is."""

    def __init__(self, days: int) -> None:
        self._days = days
        self._told = 0

    def __call__(self, day: date, pace: Pace) -> None:
        passed = self._days - (_LAST_DAY - day).days
        if passed * 4 // self._days > self._told:
            self._told = passed * 4 // self._days
            print(f"  {day}: {pace.tasks} tasks in {pace.seconds:.0f} s", flush=True)
