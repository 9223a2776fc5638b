"""The lock before SQLite's writers: first come, first served, and nobody waits for ever."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor

import pytest

from engine.errors import Busy
from engine.store.fairness import FairLock

LONG = 30.0


class Waiting:
    """Threads that ask for a lock one after the other, each surely after the one before."""

    def __init__(self, lock: FairLock, pool: ThreadPoolExecutor) -> None:
        self._lock = lock
        self._pool = pool

    def ask(self, work: Callable[[], object], longest: float = LONG) -> Future[None]:
        before = len(self._lock._waiting)

        def run() -> None:
            with self._lock.held(longest):
                work()

        future = self._pool.submit(run)
        while len(self._lock._waiting) == before and not future.done():
            threading.Event().wait(0.001)
        return future


def test_turns_come_in_the_order_of_asking() -> None:
    lock, served = FairLock(), list[int]()
    with ThreadPoolExecutor(20) as pool:
        waiting = Waiting(lock, pool)
        with lock.held(LONG):
            for number in range(20):
                waiting.ask(lambda number=number: served.append(number))  # type: ignore[misc]
            assert served == []
    assert served == list(range(20))


def test_only_one_holds_it() -> None:
    lock, inside, most = FairLock(), [0], [0]

    def enter() -> None:
        for _ in range(200):
            with lock.held(LONG):
                inside[0] += 1
                most[0] = max(most[0], inside[0])
                inside[0] -= 1

    with ThreadPoolExecutor(8) as pool:
        for _ in range(8):
            pool.submit(enter)
    assert (inside[0], most[0]) == (0, 1)


def test_it_is_free_after_an_error() -> None:
    lock = FairLock()
    with pytest.raises(ZeroDivisionError), lock.held(LONG):
        raise ZeroDivisionError
    with lock.held(0.01):
        pass


def test_who_waits_too_long_is_told_and_the_next_gets_the_turn() -> None:
    lock, served = FairLock(), list[str]()
    with ThreadPoolExecutor(2) as pool:
        waiting = Waiting(lock, pool)
        with lock.held(LONG):
            impatient = waiting.ask(lambda: served.append("impatient"), longest=0.01)
            assert isinstance(impatient.exception(timeout=LONG), Busy)
            patient = waiting.ask(lambda: served.append("patient"))
        patient.result(timeout=LONG)
    assert served == ["patient"]
    with lock.held(0.01):
        pass


class Interrupted(threading.Event):
    """A turn during whose waiting the person at the terminal loses patience."""

    comes_first = False

    def wait(self, timeout: float | None = None) -> bool:
        if self.comes_first:
            super().wait(timeout)
        raise KeyboardInterrupt


@pytest.mark.parametrize("comes_first", [False, True])
def test_an_interrupted_wait_hands_the_turn_on(monkeypatch: pytest.MonkeyPatch, comes_first: bool) -> None:
    lock, held, go_on = FairLock(), threading.Event(), threading.Event()

    def hold() -> None:
        with lock.held(LONG):
            held.set()
            go_on.wait(LONG)

    with ThreadPoolExecutor(1) as pool:
        holder = pool.submit(hold)
        held.wait(LONG)
        if comes_first:
            go_on.set()
            holder.result(LONG)
            lock._holder = 0  # as if the turn were still somebody's: the wait begins
            monkeypatch.setattr(Interrupted, "comes_first", True)
            threading.Timer(0.01, lock._release).start()
        monkeypatch.setattr("engine.store.fairness.threading.Event", Interrupted)
        with pytest.raises(KeyboardInterrupt), lock.held(LONG):
            raise AssertionError("the turn never came")
        monkeypatch.undo()
        go_on.set()
    with lock.held(LONG):
        pass


def test_a_thread_that_would_wait_for_itself_is_told() -> None:
    lock = FairLock()
    with lock.held(LONG), pytest.raises(RuntimeError, match="join its transaction"), lock.held(LONG):
        raise AssertionError("nobody can hold it twice")
    with lock.held(0.01):
        pass
