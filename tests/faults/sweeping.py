"""A server process that does nothing but sweep, once it's told to: `python -m tests.faults.sweeping URL INSTANT`."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime

from sqlalchemy import select

from engine.application import Engine
from engine.clock import SteppedClock, format_instant, parse_instant
from engine.config import ROOT, Settings
from engine.services.sweep import sweep
from engine.store import tables
from engine.store.database import Database


def main(url: str, instant: str) -> None:
    """Say that it's ready, wait for a line, sweep, say how many cases were moved."""
    settings = Settings(url, ROOT / "bpmn", ROOT / "examples" / "authority.yaml")
    engine = Engine(Database(url), SteppedClock(parse_instant(instant)), settings)
    with engine.database.read() as connection:  # to parse diagrams takes longer than others wait for a case
        for key in connection.execute(select(tables.process_definition.c.key)).scalars().all():
            engine.definitions.get(connection, key)
    print("ready", flush=True)
    sys.stdin.readline()
    print(sweep(engine), flush=True)
    engine.close()


def sweep_at_once(url: str, at: datetime, processes: int) -> list[int]:
    """Let several processes sweep one database at the same moment; gives how many cases each moved."""
    with ExitStack() as stack:
        started = [stack.enter_context(_process(url, at)) for _ in range(processes)]
        for process in started:
            assert _said(process) == "ready"
        for process in started:
            assert process.stdin is not None
            process.stdin.write("go\n")
            process.stdin.flush()
        return [int(_said(process)) for process in started]


@contextmanager
def _process(url: str, at: datetime) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-m", "tests.faults.sweeping", url, format_instant(at)]
    with subprocess.Popen(
        command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def _said(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


if __name__ == "__main__":
    main(*sys.argv[1:])
