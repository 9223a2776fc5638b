"""Writes down what came of messages while others are being sent: whatever has come meanwhile, at once.

A commit costs as much as sending a mail. So one thread commits for all, as often as it can: when little is
sent each message is written down at once, when much is sent some share a commit.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from types import TracebackType
from typing import TYPE_CHECKING

from engine.errors import Busy
from engine.services.messages import dead_letters, queue
from engine.services.messages.queue import Kept, PutBack, PutOff, Sent, Taken

if TYPE_CHECKING:
    from engine.application import Engine

log = logging.getLogger(__name__)
#: A sender that is killed leaves at most so many that were sent and aren't written down.
_MOST_AT_ONCE = 25
#: Seconds that the next message is waited for, so that it shares a commit.
_PATIENCE = 0.01
#: How often what came of messages is tried to be written; each waits for the database's lock first.
_TRIES = 3


@dataclass(frozen=True)
class GivenUp:
    """That it will never be taken."""

    message: Taken
    outcome: str


Outcome = queue.Result | GivenUp


class Recorder:
    """To be entered; at its end everything is written."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._waiting: SimpleQueue[Outcome | None] = SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="recording messages", daemon=True)
        self._lost: BaseException | None = None

    def __enter__(self) -> Recorder:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._waiting.put(None)
        self._thread.join()
        if self._lost is not None and problem is None:
            raise self._lost

    def put(self, outcome: Outcome) -> None:
        """Have it written down, soon."""
        self._waiting.put(outcome)

    def _run(self) -> None:
        try:
            while (first := self._waiting.get()) is not None:
                outcomes, is_last = self._with_more(first)
                self._write(outcomes)
                if is_last:
                    return
        except BaseException as problem:  # raised again where the recorder is left
            self._lost = problem

    def _with_more(self, first: Outcome) -> tuple[list[Outcome], bool]:
        """What has come meanwhile, and whether nothing more will."""
        outcomes = [first]
        with suppress(Empty):
            while len(outcomes) < _MOST_AT_ONCE:
                more = self._waiting.get(timeout=_PATIENCE)
                if more is None:
                    return outcomes, True
                outcomes.append(more)
        return outcomes, False

    def _write(self, outcomes: Sequence[Outcome]) -> None:
        results = [each for each in outcomes if not isinstance(each, GivenUp)]
        for tried in range(1, _TRIES + 1):
            try:
                if results:
                    queue.record(self._engine, results)
                break
            except Busy:
                if tried == _TRIES:
                    log.error(
                        "What came of %d messages couldn't be written; they are asked after.", len(results)
                    )
        for each in outcomes:
            self._engine.meters.message_tried(each.message.channel, _word(each))
            if isinstance(each, GivenUp):
                self._give_up(each)

    def _give_up(self, each: GivenUp) -> None:
        try:
            dead_letters.give_up(self._engine, each.message.key, each.outcome)
        except Exception as problem:  # it's tried again when its lease ends
            log.error("Message %s couldn't be given up (%s).", each.message.key, type(problem).__name__)


def _word(outcome: Outcome) -> str:
    if isinstance(outcome, Sent):
        return "sent"
    if isinstance(outcome, Kept):
        return "kept"
    return "put_off" if isinstance(outcome, PutOff | PutBack) else "given_up"
