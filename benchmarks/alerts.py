"""One sweep that raises 40 alerts, with few and with very many limits open; and what the ladder costs.

Open are the limits of requests that were received later, whose alerts come after. A real case is multiplied
in the database; so are the cases that fall due, one group for each sweep, received on the working days of one
week: what would be told at a weekend is told on the Friday.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from datetime import datetime, timedelta
from time import perf_counter

from sqlalchemy import func, select

from benchmarks.herd import multiply, settle
from benchmarks.machinery import Bench, desk_on_sqlite
from benchmarks.measuring import WALL, median_ms, ratio, take_turns
from benchmarks.results import Figure
from engine.ladder import Ladder
from engine.services.sweep import next_due, sweep
from engine.store import tables
from tests.support.desk import Desk

AIM, AIM_MICROSECONDS = 1.2, 5.0
_SIZES = (1_000, 10_000, 100_000)
_DUE_AT_ONCE, _SWEEPS = 40, 5
_DAY = timedelta(days=1)
#: Between the last that fall due and those that only wait.
_APART = 10 * _DAY


def run(bench: Bench) -> list[Figure]:
    """Measure."""
    sizes = (24, 32, 48) if bench.tiny else _SIZES
    with ExitStack() as stack:
        files = {}
        for size in sizes:
            desk = stack.enter_context(desk_on_sqlite(bench.folder, f"alerts_{size}", durable=True))
            files[size] = _File(bench, desk, size)
            print(f"  {files[size].open} limits open", flush=True)
        variants = {str(size): file.next_sweep for size, file in files.items()}
        seconds = take_turns(variants, rounds=_sweeps(bench) - 1, block=1, clock=WALL, warm_up=1)
        deciding = _microseconds(files[sizes[0]].ladder(), bench.times(20_000))
    first, last = str(sizes[0]), str(sizes[-1])
    due = _due(bench)
    detail = {f"{size}_open_ms_an_alert": round(median_ms(taken) / due, 2) for size, taken in seconds.items()}
    return [
        Figure(
            "alerts",
            f"a sweep that raises {due} alerts, {last} limits open against {first}",
            ratio(seconds, last, first),
            AIM,
            detail={**detail, "sweeps_each": _sweeps(bench) - 1},
        ),
        Figure(
            "alerts_ladder",
            "what the ladder takes to say who hears of a limit on a day",
            deciding,
            AIM_MICROSECONDS,
            unit="µs",
            detail={"rows": len(files[sizes[0]].ladder().rows)},
        ),
    ]


def _sweeps(bench: Bench) -> int:
    return 2 if bench.tiny else _SWEEPS


def _due(bench: Bench) -> int:
    return 2 if bench.tiny else _DUE_AT_ONCE


class _File:
    """A database with so many open limits, and groups that fall due one sweep after the other."""

    def __init__(self, bench: Bench, desk: Desk, size: int) -> None:
        self._desk = desk
        self._due = _due(bench)
        self._copies = 0
        for _ in range(_sweeps(bench)):
            self._multiply(self._due)
            desk.jump_to(desk.clock.today() + _DAY)
        desk.jump_to(desk.clock.today() + _APART)
        before = self._open_limits()
        self._multiply(1)
        one = self._open_limits() - before
        self._multiply(max(size - self._open_limits(), 1) // one)
        self.open = self._open_limits()
        settle(desk.engine.database)

    def next_sweep(self) -> Callable[[], None]:
        """The clock goes on to when the next group falls due; the sweep itself is measured."""
        due = next_due(self._desk.engine)
        assert due is not None
        while (raised := self._raised_by(due)) != self._due:  # something else falls due before
            assert raised == 0, raised
            self._desk.clock.advance_to(due)
            sweep(self._desk.engine)
            following = next_due(self._desk.engine)
            assert following is not None
            due = following
        self._desk.clock.advance_to(due)

        def act() -> None:
            assert sweep(self._desk.engine) == self._due

        return act

    def ladder(self) -> Ladder:
        """The one in force."""
        with self._desk.engine.database.read() as connection:
            return self._desk.engine.ladders.in_force(connection, self._desk.authority)

    def _raised_by(self, instant: datetime) -> int:
        """Cases with an alert due at an instant."""
        with self._desk.engine.database.read() as connection:
            query = select(func.count(tables.deadline.c.case_key.distinct()))
            found = connection.execute(query.where(tables.deadline.c.alert_at <= instant))
            return int(found.scalar_one())

    def _open_limits(self) -> int:
        with self._desk.engine.database.read() as connection:
            query = select(func.count()).where(tables.deadline.c.alert_at.is_not(None))
            return int(connection.execute(query.select_from(tables.deadline)).scalar_one())

    def _multiply(self, number: int) -> None:
        """A request that is received today, so many times."""
        original = self._desk.request()
        if number > 1:
            first = self._copies + 1
            self._copies += number - 1
            multiply(self._desk.engine.database, int(original.key), first, self._copies)


def _microseconds(ladder: Ladder, times: int) -> float:
    """The time of one decision, over agencies, kinds and days."""
    asked = [
        (agency, kind, day)
        for agency in ("camhs", "send_team", "setting")
        for kind in ("statutory", "guidance")
        for day in range(-30, 40)
    ]
    began = perf_counter()
    for _ in range(max(times // len(asked), 1)):
        for agency, kind, day in asked:
            ladder.decide(agency=agency, rule="reg13_2_final_20w", kind=kind, days=day)
    return (perf_counter() - began) / (max(times // len(asked), 1) * len(asked)) * 1_000_000
