"""One sweep that fires 100 timers, with few and with very many instances asleep; and what a sleeper costs.

Asleep is request-to-plan waiting for advice. A real case is driven there and multiplied in the database; so
are the cases whose first chase is due, one group for each sweep, each asked a day after the one before.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from datetime import timedelta

from sqlalchemy import func, select, text, update

from benchmarks.busiest import NAMING, STEP, WHOSE, Busiest, drive
from benchmarks.herd import multiply, settle
from benchmarks.machinery import Bench, desk_on_sqlite
from benchmarks.measuring import WALL, median_ms, ratio, take_turns
from benchmarks.results import Figure
from engine.services.sweep import sweep
from engine.services.views import TaskView
from engine.store import tables
from tests.support.desk import MONDAY, Desk

AIM, AIM_KB = 1.2, 4.0
_SIZES = (1_000, 10_000, 100_000)
_DUE_AT_ONCE, _SWEEPS = 100, 12
#: The first chase goes out three weeks after the day of asking, as the next day begins.
_CHASED_AFTER = timedelta(weeks=3)
_DAY = timedelta(days=1)
_NOT_COUNTED = {"audit_event", "document"}


def run(bench: Bench) -> list[Figure]:
    """Measure."""
    sizes = (3, 6, 12) if bench.tiny else _SIZES
    with ExitStack() as stack:
        camps = {}
        for size in sizes:
            desk = stack.enter_context(desk_on_sqlite(bench.folder, f"sleepers_{size}", durable=True))
            camps[size] = _Camp(bench, desk, size)
            print(f"  {size} asleep", flush=True)
        variants = {str(size): camp.next_sweep for size, camp in camps.items()}
        seconds = take_turns(variants, rounds=_sweeps(bench) - 1, block=1, clock=WALL, warm_up=1)
        per_table = _bytes_per_sleeper(camps[sizes[1]], sizes[1])
    first, last = str(sizes[0]), str(sizes[-1])
    fired = 2 if bench.tiny else _DUE_AT_ONCE
    detail = {f"{size}_asleep_ms": round(median_ms(taken), 1) for size, taken in seconds.items()}
    kilobytes = sum(per_table.values()) / 1_000
    return [
        Figure(
            "sleepers",
            f"a sweep that fires {fired} timers, {last} asleep against {first}",
            ratio(seconds, last, first),
            AIM,
            detail={**detail, "sweeps_each": _sweeps(bench) - 1},
        ),
        Figure(
            "sleepers_bytes",
            "what an instance that waits for advice takes on SQLite, all tables but audit and documents",
            kilobytes,
            AIM_KB,
            unit="kB",
            detail={"bytes_per_sleeper": per_table, "rows_per_sleeper": camps[sizes[1]].rows},
        ),
    ]


def _sweeps(bench: Bench) -> int:
    return 2 if bench.tiny else _SWEEPS


class _Camp:
    """A database with so many asleep, and groups that fall due one sweep after the other."""

    def __init__(self, bench: Bench, desk: Desk, size: int) -> None:
        self.desk = desk
        self._copies = 0
        self._due = 2 if bench.tiny else _DUE_AT_ONCE
        self._next = MONDAY + _CHASED_AFTER
        for _ in range(_sweeps(bench)):
            self._multiply(self._nearly_done(), self._due)
            desk.step_to(desk.clock.today() + _DAY)
        before = _sizes_of(desk)
        desk.step_to(desk.clock.today() + 5 * _DAY)
        sleeper = drive(desk)
        self.rows = _rows_of(sleeper)
        self._multiply(sleeper, size)
        self.grown_by = {name: taken - before.get(name, 0) for name, taken in _sizes_of(desk).items()}
        with desk.engine.database.write() as connection:  # what lateness costs is another benchmark's
            connection.execute(update(tables.deadline).values(alert_at=None))
        settle(desk.engine.database)

    def next_sweep(self) -> Callable[[], None]:
        """The clock goes on to the day on which the next group falls due; the sweep itself is measured."""
        self._next += _DAY
        self.desk.jump_to(self._next, 0, 1)

        def act() -> None:
            assert sweep(self.desk.engine) == self._due

        return act

    def _nearly_done(self) -> Busiest:
        """A case in which one adviser alone is waited for, so that one timer falls due."""
        busiest = drive(self.desk)
        while others := [task for task in busiest.case.tasks() if _can_go(task)]:
            busiest.case.complete(others[0].element_id, organisation=others[0].organisation)
        return busiest

    def _multiply(self, original: Busiest, number: int) -> None:
        if number > 1:
            first = self._copies + 1
            self._copies += number - 1
            multiply(self.desk.engine.database, int(original.case.key), first, self._copies)


def _can_go(task: TaskView) -> bool:
    return task.element_id in (STEP, *NAMING, "contribute_advice") and task.organisation != WHOSE


def _bytes_per_sleeper(camp: _Camp, size: int) -> dict[str, int]:
    return {name: round(taken / size) for name, taken in sorted(camp.grown_by.items()) if taken >= size}


def _rows_of(busiest: Busiest) -> dict[str, int]:
    """Rows of one case by table; of the tasks those that are open too."""
    rows = {}
    with busiest.desk.engine.database.read() as connection:
        for table in tables.metadata.sorted_tables:
            if "case_key" in table.c and table.name not in _NOT_COUNTED:
                query = select(func.count()).where(table.c.case_key == int(busiest.case.key))
                rows[table.name] = connection.execute(query.select_from(table)).scalar_one()
    rows["task, open"] = len(busiest.case.tasks())
    return {name: number for name, number in rows.items() if number}


def _sizes_of(desk: Desk) -> dict[str, int]:
    """Bytes of the pages of each table and each index; an index stands behind its table's name."""
    with desk.engine.database.read() as connection:
        sizes = connection.execute(text("select name, pgsize from dbstat where aggregate = true")).all()
        named = connection.execute(text("select name, tbl_name from sqlite_schema")).all()
    table_of = {row.name: row.tbl_name for row in named}
    counted = tables.metadata.tables.keys() - _NOT_COUNTED
    return {
        name if name == table_of[name] else f"{table_of[name]}: {name}": int(size)
        for name, size in sizes
        if table_of.get(name) in counted
    }
