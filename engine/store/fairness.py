"""A lock that nobody has to be lucky for."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager

from engine.errors import Busy


class FairLock:
    """A lock that is handed over in the order of asking."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._waiting: deque[threading.Event] = deque()
        self._holder: int | None = None

    @contextmanager
    def held(self, longest: float) -> Iterator[None]:
        """Wait for the turn, hold, hand over.

        Args:
            longest: seconds after which the wait is given up.

        Raises:
            Busy: the turn didn't come in time.
            RuntimeError: this thread holds it already, and would wait for itself.
        """
        self._acquire(longest)
        try:
            self._holder = threading.get_ident()
            yield
        finally:
            self._release()

    def _acquire(self, longest: float) -> None:
        with self._guard:
            if self._holder is None:
                self._holder = threading.get_ident()
                return
            if self._holder == threading.get_ident():
                raise RuntimeError("This thread is writing already; join its transaction.")
            turn = threading.Event()
            self._waiting.append(turn)
        try:
            came = turn.wait(longest)
        except BaseException:
            self._leave(turn)
            raise
        if not came:
            self._leave(turn)
            raise Busy("Others have been writing for too long. Nothing was changed: send the same again.")

    def _leave(self, turn: threading.Event) -> None:
        """Wait no longer; a turn that came at the last moment is handed on."""
        with self._guard:
            if not turn.is_set():
                self._waiting.remove(turn)
                return
        self._release()

    def _release(self) -> None:
        with self._guard:
            if self._waiting:
                self._holder = _HANDED_OVER  # it stays taken: nobody may slip in before
                self._waiting.popleft().set()
            else:
                self._holder = None


#: Between two holders: no thread has this number.
_HANDED_OVER = -1
