"""Measures that can be compared: the variants take turns in blocks, and the garbage collector waits outside.

Each block runs with the collector switched off, after everything is collected: what a variant leaves behind
isn't swept up on another's time. (A bare step leaves more behind than one of ours, so this is kind to it.)
"""

from __future__ import annotations

import gc
import statistics
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

#: One act of a variant; what is done before the clock starts is done by whoever makes it.
Act = Callable[[], object]
#: Makes the next act of a variant: everything up to the moment at which the clock starts.
Prepare = Callable[[], Act]
Clock = Callable[[], float]

#: For what happens in memory: seconds of processor time of this thread, so that other work doesn't count.
PROCESSOR: Clock = time.thread_time
#: For what waits for a disk or a server: seconds on the wall.
WALL: Clock = time.perf_counter


def take_turns(
    variants: Mapping[str, Prepare],
    *,
    rounds: int,
    block: int,
    clock: Clock,
    warm_up: int = 3,
) -> dict[str, list[float]]:
    """Seconds of each act, by variant. Every other round goes the other way about: none is always first.

    Args:
        rounds: how often each variant has its turn.
        block: acts in one turn.
        warm_up: acts of each variant that are done first and not counted.
    """
    for prepare in variants.values():
        for _ in range(warm_up):
            prepare()()
    seconds: dict[str, list[float]] = {name: [] for name in variants}
    for nth in range(rounds):
        turns = list(variants.items())
        for name, prepare in turns if nth % 2 == 0 else reversed(turns):
            seconds[name].extend(_block(prepare, block, clock))
    return seconds


def _block(prepare: Prepare, size: int, clock: Clock) -> list[float]:
    acts = [prepare() for _ in range(size)]
    taken = []
    with collector_waits():
        for act in acts:
            began = clock()
            act()
            taken.append(clock() - began)
    return taken


@contextmanager
def collector_waits() -> Iterator[None]:
    """Everything is collected before, nothing during."""
    gc.collect()
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def repeated(act: Act) -> Prepare:
    """For an act that changes nothing: the same one each time."""
    return lambda: act


def metered(prepare: Prepare, clock: Clock, sink: list[float]) -> Prepare:
    """The same acts, each measured by a second clock as well."""

    def prepared() -> Act:
        act = prepare()

        def measured() -> None:
            began = clock()
            act()
            sink.append(clock() - began)

        return measured

    return prepared


def median_ms(seconds: list[float]) -> float:
    """The median in milliseconds."""
    return statistics.median(seconds) * 1000


def spread_ms(seconds: list[float]) -> dict[str, float | int]:
    """Median and 99th percentile in milliseconds, and of how many."""
    ordered = sorted(seconds)
    ninety_ninth = ordered[min(len(ordered) - 1, int(len(ordered) * 0.99))]
    return {
        "median_ms": round(median_ms(seconds), 3),
        "p99_ms": round(ninety_ninth * 1000, 3),
        "repeats": len(seconds),
    }


def ratio(seconds: Mapping[str, list[float]], of: str, to: str) -> float:
    """How the median of one variant stands to that of another."""
    return statistics.median(seconds[of]) / statistics.median(seconds[to])
