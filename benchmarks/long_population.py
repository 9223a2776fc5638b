"""`make population`: an authority's plans over several years, replayed, proved and written down.

`python -m benchmarks.long_population [--plans 4700] [--years 3]` prints how far it has come. At its end no
step may have failed, states, tables, audit trails and reviews must agree, and `docs/population.md` says what
came of it.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from sqlalchemy import func, select

from benchmarks.machine import describe
from benchmarks.plans_of_years import Kept, Year, kept, years
from engine.application import Engine
from engine.clock import SteppedClock, start_of_day
from engine.config import ROOT, Settings
from engine.replay import Pace, YearReport, read_recording, replay_year
from engine.services.audit.audit import verify
from engine.services.check import check
from engine.store import tables
from engine.store.database import Database
from examples.population import PLANS, YEARS, write

#: The last day of the replay, so that two runs can be compared.
LAST_DAY = date(2026, 8, 31)
_ENDS_AT = timedelta(hours=16)
DOCUMENT = ROOT / "docs" / "population.md"
_FOLDER = ROOT / "build" / "population"
#: Days of the replay between two lines of progress.
_TOLD_EVERY = 30


@dataclass(frozen=True)
class Outcome:
    """What a population came to."""

    plans: int
    span: int
    report: YearReport
    problems: list[str]
    by_status: dict[str, int]
    kept: list[Kept]
    years: list[Year]
    proved_in: float


def carried_out(plans: int, span: int, folder: Path, say: Callable[[str], None]) -> Outcome:
    """Replay a population into a new database and prove what it came to."""
    database = folder / "population.db"
    for ending in ("", "-wal", "-shm"):
        database.with_name(database.name + ending).unlink(missing_ok=True)
    settings = Settings(f"sqlite:///{database}", ROOT / "bpmn", ROOT / "examples" / "authority.yaml")
    recording = read_recording(write(folder / "population.jsonl", plans, span))
    until = start_of_day(LAST_DAY) + _ENDS_AT

    def on_day(day: date, pace: Pace) -> None:
        if day.toordinal() % _TOLD_EVERY == 0:
            say(f"{day}: {pace.tasks} tasks in {pace.seconds:.0f} s")

    report = replay_year(recording, settings, until=until, on_day=on_day)
    engine = Engine(Database(settings.database_url), SteppedClock(until), settings)
    try:
        say("Proving ...")
        began = time.monotonic()
        problems = list(_problems(engine, report))
        statuses, limits, spans = _by_status(engine), kept(engine), years(engine, span)
        return Outcome(plans, span, report, problems, statuses, limits, spans, time.monotonic() - began)
    finally:
        engine.close()


def _problems(engine: Engine, report: YearReport) -> list[str]:
    found = [f"{report.incidents} steps failed"] if report.incidents else []
    found += [f"case {each.case_key}: {each.problem}" for each in check(engine)]
    with engine.database.read() as connection:
        found += [f"audit of case {each.case_key}: {each.problem}" for each in verify(connection)]
    return found


def _by_status(engine: Engine) -> dict[str, int]:
    plan = tables.plan
    with engine.database.read() as connection:
        rows = connection.execute(
            select(plan.c.status, func.count().label("number")).group_by(plan.c.status)
        ).all()
    return {row.status: row.number for row in rows}


# --- what is written down --------------------------------------------------------------------


def written(outcome: Outcome) -> str:
    """The page of a population."""
    played = outcome.report.played
    plans = ", ".join(f"{number} {status}" for status, number in sorted(outcome.by_status.items()))
    worked = sum(stretch.processor_seconds for stretch in played.tenths)
    return "\n".join(
        (
            "# A population of plans",
            "",
            f"Written by `make population`: {outcome.plans} invented plans of all year groups,"
            f" {outcome.span} years on a stepped clock up to {LAST_DAY:%-d %B %Y}, through the services that"
            " run live.",
            "",
            f"- {played.tasks} tasks completed in {played.seconds:.0f} s"
            f" ({played.tasks / played.seconds:.0f} a second), of which the processor worked {worked:.0f} s"
            f" ({played.tasks / worked:.0f} a second of it).",
            f"- Plans at the end: {plans}.",
            f"- No step failed. In another {outcome.proved_in:.0f} s `ehc check` and `ehc audit verify` found"
            " nothing: every plan in force has one review ahead or under way, and as many were decided as"
            " limits were met.",
            f"- {describe()}",
            "",
            *_table_of_years(outcome.years),
            "",
            *_table_of_limits(outcome.kept),
            "",
            *_table_of_pace(outcome.report),
            "",
        )
    )


def _table_of_years(rows: list[Year]) -> list[str]:
    head = "| year from | reviews decided | plan kept | amended | to end | lighter reviews |"
    return [
        head,
        "| --- | ---: | ---: | ---: | ---: | ---: |",
        *(
            f"| {row.first} | {row.reviews} | {row.maintained} | {row.amended} | {row.ended}"
            f" | {row.lighter} |"
            for row in rows
        ),
    ]


def _table_of_limits(rows: list[Kept]) -> list[str]:
    return [
        "| rule | on time | late | missed, still open | on time |",
        "| --- | ---: | ---: | ---: | ---: |",
        *(
            f"| `{row.rule}` | {row.on_time} | {row.late} | {row.open_late} | {row.percent} % |"
            for row in rows
        ),
    ]


def _table_of_pace(report: YearReport) -> list[str]:
    """Whether what a task costs stays as it is while cases grow older."""
    return [
        "| tenth of the tasks | tasks a second | a second of the processor | memory |",
        "| ---: | ---: | ---: | ---: |",
        *(
            f"| {nth} | {each.tasks_per_second:.0f} | {each.tasks / each.processor_seconds:.0f}"
            f" | {each.memory_bytes / 1_000_000:.0f} MB |"
            for nth, each in enumerate(report.played.tenths, start=1)
        ),
    ]


def main() -> int:
    """Carry it out; only a population that proved whole changes the document."""
    parser = argparse.ArgumentParser(description="Replay a population of plans and prove it.")
    parser.add_argument("--plans", type=int, default=PLANS)
    parser.add_argument("--years", type=int, default=YEARS)
    given = parser.parse_args()
    outcome = carried_out(given.plans, given.years, _FOLDER, lambda line: print(line, flush=True))
    for problem in outcome.problems:
        print(problem, file=sys.stderr)
    if outcome.problems:
        return 1
    DOCUMENT.write_text(written(outcome), encoding="utf-8")
    print(f"Written to {DOCUMENT.relative_to(ROOT)}.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
