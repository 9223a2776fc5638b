"""One yearly review, with few and very many plans in force; and what is read to begin those that are due.

Every plan but the measured ones sleeps: its next review is most of a year away. A review is what people do in
it, from fixing the date of its meeting to the notified decision and the next year's schedule. Planning is the
sweep of the morning on which reviews begin: it must read what is due, and not everybody's.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from datetime import timedelta

from benchmarks.herd import multiply, settle
from benchmarks.machinery import Bench, desk_on_sqlite
from benchmarks.measuring import PROCESSOR, WALL, median_ms, metered, ratio, take_turns
from benchmarks.results import Figure
from benchmarks.statements import instructions
from engine.services.imports.plan_arrivals import LastReview
from engine.services.sweep import sweep
from tests.support.desk import MONDAY, CaseDesk, Desk

AIM = 1.2
_SIZES = (1_000, 10_000, 100_000)
_REVIEWS, _DUE_AT_ONCE = 10, 50
_DAY = timedelta(days=1)
_MADE = MONDAY - timedelta(days=900)
#: Last reviewed so long ago that the next one begins at once, in a fortnight, and in most of a year.
_AT_ONCE, _SOON, _FAR = timedelta(days=330), timedelta(days=365 - 16 * 7 - 14), timedelta(days=3)


def run(bench: Bench) -> list[Figure]:
    """Measure."""
    sizes = (3, 6, 12) if bench.tiny else _SIZES
    with ExitStack() as stack:
        towns = {}
        for size in sizes:
            desk = stack.enter_context(desk_on_sqlite(bench.folder, f"population_{size}", durable=True))
            towns[size] = _Town(bench, desk, size)
            print(f"  {size} plans", flush=True)
        on_the_wall: dict[int, list[float]] = {size: [] for size in sizes}
        variants = {
            str(size): metered(town.next_review, WALL, on_the_wall[size]) for size, town in towns.items()
        }
        seconds = take_turns(variants, rounds=_rounds(bench), block=1, clock=PROCESSOR, warm_up=1)
        read = {size: town.read_to_plan() for size, town in towns.items()}
    first, last = sizes[0], sizes[-1]
    due = _due_at_once(bench)
    return [
        Figure(
            "population",
            f"processor time of a yearly review with all its tasks, {last} plans against {first}",
            ratio(seconds, str(last), str(first)),
            AIM,
            detail={
                size: {
                    "processor_ms": round(median_ms(taken), 1),
                    "wall_ms": round(median_ms(on_the_wall[int(size)]), 1),
                }
                for size, taken in seconds.items()
            },
        ),
        Figure(
            "population_read",
            f"instructions of the database to begin {due} reviews that are due, {last} plans against {first}",
            read[last] / read[first],
            AIM,
            detail={
                f"{size}_plans_instructions_per_review": round(each / due) for size, each in read.items()
            },
        ),
    ]


def _rounds(bench: Bench) -> int:
    return bench.times(_REVIEWS)


def _due_at_once(bench: Bench) -> int:
    return 2 if bench.tiny else _DUE_AT_ONCE


class _Town:
    """A database with so many plans, some of which are measured."""

    def __init__(self, bench: Bench, desk: Desk, size: int) -> None:
        self._desk = desk
        self._due = _due_at_once(bench)
        warmed_up = 1
        self._measured = iter([_plan(desk, _AT_ONCE) for _ in range(_rounds(bench) + warmed_up)])
        due, asleep = _plan(desk, _SOON), _plan(desk, _FAR)
        multiply(desk.engine.database, int(due.key), 1, self._due - 1)
        multiply(desk.engine.database, int(asleep.key), self._due, self._due + size - 1)
        settle(desk.engine.database)

    def next_review(self) -> Callable[[], None]:
        """A plan whose review has begun: what everybody does in it is measured."""
        case = next(self._measured)

        def act() -> None:
            _reviewed(case)

        return act

    def read_to_plan(self) -> int:
        """Instructions that the database carries out on the morning on which the next reviews begin."""
        self._desk.jump_to(MONDAY + timedelta(days=15), 0, 1)
        with instructions() as counted:
            assert sweep(self._desk.engine) == self._due
        return counted.number


def _plan(desk: Desk, reviewed_before: timedelta) -> CaseDesk:
    last = MONDAY - reviewed_before
    return desk.plan(made_on=_MADE, last_review=LastReview(last, last))


def _reviewed(case: CaseDesk) -> None:
    today = case.desk.clock.today()
    case.complete("fix_review_date", meetingOn=(today + 15 * _DAY).isoformat())
    case.complete_all("give_review_advice", "review_family_views", "circulate_papers")
    case.complete("hold_review_meeting", heldOn=today.isoformat())
    case.complete("write_review_report")
    case.complete("decide_review", decision="maintain")
    assert case.waiting() == set()
