"""One persisted step: a person completes a task, with all advice under way; each step on a case of its own.

Ours does all of it: least sight, the form's check, the case's lock, the step, projections, the document, the
audit chain, the outbox, commit. The bare library has one column in the same database, and the same commit.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

from sqlalchemy import Column, Integer, MetaData, Table, Text, bindparam, insert, select, update

from benchmarks.bare import Bare
from benchmarks.busiest import STEP, Busiest, bare_at_busiest, drive, twin_of
from benchmarks.herd import Herd, multiply, settle
from benchmarks.machinery import Bench, desk_on_postgresql, desk_on_sqlite
from benchmarks.measuring import (
    PROCESSOR,
    WALL,
    Act,
    Prepare,
    median_ms,
    metered,
    ratio,
    spread_ms,
    take_turns,
)
from benchmarks.results import Figure
from benchmarks.statements import counted
from engine.services.tasks import tasks
from engine.store.database import Database
from tests.support.desk import Desk

AIMS = {"sqlite": 0.35, "postgresql": 0.5}
_ROUNDS, _BLOCK, _WARM_UP = 20, 10, 5

#: What a bare instance has: one column.
bare_instance = Table(
    "bare_instance", MetaData(), Column("key", Integer, primary_key=True), Column("state", Text)
)
_READ = select(bare_instance.c.state).where(bare_instance.c.key == bindparam("which"))
_WRITE = update(bare_instance).where(bare_instance.c.key == bindparam("which")).values(state=bindparam("new"))


def run_sqlite(bench: Bench) -> list[Figure]:
    """Measure on SQLite, each commit synced."""
    return [_measured(bench, "sqlite", desk_on_sqlite(bench.folder, "step", durable=True))]


def run_postgresql(bench: Bench) -> list[Figure]:
    """Measure on PostgreSQL, each commit synced."""
    return [_measured(bench, "postgresql", desk_on_postgresql(bench.folder, "step"))]


def _measured(bench: Bench, backend: str, opened: AbstractContextManager[Desk]) -> Figure:
    rounds, block = bench.times(_ROUNDS), bench.times(_BLOCK)
    with opened as desk:
        busiest = drive(desk)
        database = desk.engine.database
        herd = multiply(database, int(busiest.case.key), 1, rounds * block + _WARM_UP)
        bare = Bare(twin_of(busiest))
        _fill_bare(database, bare_at_busiest(bare, busiest), len(herd))
        settle(database)
        ours = ours_on(busiest, herd)
        with counted() as statements:
            ours()()
        processor: dict[str, list[float]] = {"ours": [], "bare": []}
        variants = {
            "ours": metered(ours, PROCESSOR, processor["ours"]),
            "bare": metered(bare_on(database, bare, busiest, len(herd)), PROCESSOR, processor["bare"]),
        }
        seconds = take_turns(variants, rounds=rounds, block=block, clock=WALL, warm_up=_WARM_UP - 1)
    detail: dict[str, Any] = {name: spread_ms(taken) for name, taken in seconds.items()}
    for name, taken in processor.items():
        detail[name]["processor_median_ms"] = round(median_ms(taken), 3)
    return Figure(
        "step" if backend == "sqlite" else "step_postgresql",
        f"a persisted step (all of it, commit synced) on {backend}, against bare with one column",
        ratio(seconds, "ours", "bare"),
        AIMS[backend],
        detail={
            **detail,
            "ratio_of_processor_time": round(ratio(processor, "ours", "bare"), 3),
            "statements_per_step": statements.number,
            "rows_in_lists": statements.rows,
        },
    )


def ours_on(busiest: Busiest, herd: Herd) -> Prepare:
    """Completions of the same task, each on the next copy."""
    task, answers = busiest.task, busiest.example()
    who = busiest.case.worker(task)
    copies = iter(range(herd.first, herd.last + 1))

    def prepare() -> Act:
        key = str(Herd.key(int(task.key), next(copies)))
        return lambda: tasks.complete(busiest.desk.engine, who, key, answers)

    return prepare


def bare_on(database: Database, bare: Bare, busiest: Busiest, number: int) -> Prepare:
    """The same step of bare instances, each in the next row."""
    answers = {**busiest.seen_by_process(), "adviceReceivedOn": busiest.desk.clock.today().isoformat()}
    rows = iter(range(1, number + 1))  # each once: a second step would be another one
    return lambda: _bare_step(database, bare, next(rows), answers)


def _bare_step(database: Database, bare: Bare, key: int, answers: dict[str, Any]) -> Callable[[], None]:
    def step() -> None:
        with database.write() as connection:
            state = connection.execute(_READ, {"which": key}).scalar_one()
            connection.execute(_WRITE, {"which": key, "new": bare.step(state, STEP, answers)})

    return step


def _fill_bare(database: Database, state: str, number: int) -> None:
    with database.write() as connection:
        bare_instance.create(connection)
        connection.execute(insert(bare_instance), [{"state": state} for _ in range(number)])
