"""Sends what waits in the outbox, each channel on its own: one that is slow or broken holds up no other."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import TYPE_CHECKING

from engine.errands import Errand
from engine.services.messages import gathering, queue, settling
from notifications.channels import Channel
from notifications.channels.configured import channels_of
from notifications.lanes import Lane
from notifications.recorder import Recorder

if TYPE_CHECKING:
    from engine.application import Engine

#: How long the sender rests before it comes again.
EVERY = timedelta(seconds=2)
#: How long it goes on at most before others get a turn; what is left is taken at the next round.
_LONGEST = timedelta(seconds=10)


class Sender:
    """The channels of an installation, and which of them rest at the moment."""

    def __init__(self, engine: Engine, channels: Mapping[str, Channel] | None = None) -> None:
        """A sender; without `channels`, of those that are set up."""
        self._engine = engine
        known = channels_of(engine) if channels is None else channels
        self._lanes = {name: Lane(engine, channel) for name, channel in known.items()}

    def send_due(self) -> int:
        """Send what is due; returns how many messages were seen to, those for the inbox included."""
        gathering.gather(self._engine)
        settled = settling.settle(self._engine, self._lanes)
        if not self._lanes or not queue.has_due(self._engine, self._lanes):
            return settled
        until = self._engine.clock.now() + _LONGEST
        with Recorder(self._engine) as recorder, ThreadPoolExecutor(len(self._lanes)) as pool:
            tried: int = sum(pool.map(lambda lane: lane.drain(recorder, until), self._lanes.values()))
        return settled + tried


def sending(engine: Engine) -> Errand:
    """What a process that serves does when a message is due."""
    sender = Sender(engine)
    return Errand("Sending messages", EVERY, lambda _engine: sender.send_due(), settling.NEXT_MESSAGES)
