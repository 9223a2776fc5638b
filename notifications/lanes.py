"""One channel's way out: its messages in their order, a few at the same time, and rest when it needs one."""

from __future__ import annotations

import logging
import threading
from collections import deque
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from engine.services.messages import destinations, queue
from engine.services.messages.closed_cases import open_lines
from engine.services.messages.destinations import Destination
from engine.services.messages.enclosures import enclosed
from engine.services.messages.queue import Kept, PutBack, PutOff, Sent, Taken
from engine.services.messages.rendering import words_of
from notifications.channels import Accepted, Channel, Outgoing, Refused, TryAgain
from notifications.recorder import GivenUp, Outcome, Recorder

if TYPE_CHECKING:
    from engine.application import Engine

log = logging.getLogger(__name__)
#: So long before its lease ends a message isn't begun any more.
_MARGIN = timedelta(minutes=2)
#: After so many failures one after the other the channel itself is taken to be the reason.
_IN_A_ROW = 5
#: For how long it's left alone then.
REST = timedelta(minutes=1)


class Lane:
    """A channel, and until when it rests."""

    def __init__(self, engine: Engine, channel: Channel) -> None:
        self.channel = channel
        self._engine = engine
        self._guard = threading.Lock()
        self._failures = 0
        self._rests_until: datetime | None = None

    def drain(self, recorder: Recorder, until: datetime) -> int:
        """Hand over what is due until nothing is, the channel needs rest or time is up; returns how many."""
        taken = 0
        while self._rest() is None:
            batch = queue.take_due(self._engine, [self.channel.name])
            if not batch:
                break
            taken += len(batch)
            self._hand_over(batch, recorder)
            if self._engine.clock.now() >= until:
                break
        self.channel.close()
        return taken

    def _hand_over(self, batch: Sequence[Taken], recorder: Recorder) -> None:
        waiting = deque(batch)
        where = destinations.find(self._engine, batch)

        def work(_number: int) -> None:
            while waiting:
                try:
                    message = waiting.popleft()
                except IndexError:  # another was faster
                    return
                recorder.put(self._outcome(message, where[message.key]))

        with ThreadPoolExecutor(self.channel.at_a_time, thread_name_prefix=self.channel.name) as pool:
            list(pool.map(work, range(self.channel.at_a_time)))

    def _outcome(self, message: Taken, where: Destination) -> Outcome:
        """Try one message."""
        rest = self._rest()
        if rest is not None:
            return PutBack(message, rest)
        if self._engine.clock.now() >= message.leased_until - _MARGIN:
            return PutBack(message, timedelta())
        if where.address is None:
            return _without_address(message, where)
        try:
            accepted = self._accepted(message, where.address)
        except TryAgain as reason:
            self._note_failure(reason.after)
            put_off = PutOff(message, reason.outcome, reason.after or timedelta())
            return GivenUp(message, reason.outcome) if put_off.is_last else put_off
        except Refused as reason:
            self._note_success()
            return GivenUp(message, reason.outcome)
        except Exception as problem:  # its words may tell of a person: only its kind is kept
            kind = type(problem).__name__
            log.error("The channel %s failed (%s).", self.channel.name, kind)
            self._note_failure(None)
            put_off = PutOff(message, f"error {kind}")
            return GivenUp(message, put_off.outcome) if put_off.is_last else put_off
        self._note_success()
        return Sent(message, accepted.provider, accepted.provider_reference, accepted.is_final)

    def _accepted(self, message: Taken, address: str) -> Accepted:
        """Send it, unless an attempt before, of which nobody knows the end, has done so."""
        if message.attempt > 1:
            found = self.channel.find(message.reference)
            if found is not None:
                return found
        return self.channel.send(self._outgoing(message, address))

    def _outgoing(self, message: Taken, address: str) -> Outgoing:
        words = words_of(
            self._engine,
            authority=message.authority,
            wording=message.wording,
            subject=message.subject,
            body=self._open_body(message),
        )
        return Outgoing(
            key=message.key,
            reference=message.reference,
            kind=message.kind,
            channel=message.channel,
            address=address,
            subject=words.subject,
            text=words.text,
            html=words.html,
            link=words.link,
            attachment=enclosed(self._engine, message),
            attempt=message.attempt,
            authority=message.authority,
        )

    def _open_body(self, message: Taken) -> str:
        """Without cases that were restricted since it was written."""
        if message.kind != "digest":
            return message.body
        with self._engine.database.read() as connection:
            return open_lines(
                connection, message.kind, message.body, message.membership_key, message.recipient
            )

    def _rest(self) -> timedelta | None:
        """For how long the channel still rests; None if it doesn't. A clock that is put back ends no rest."""
        with self._guard:
            if self._rests_until is None:
                return None
            left = self._rests_until - self._engine.clock.now()
            if left <= timedelta():
                self._rests_until = None
                return None
            return left

    def _note_failure(self, after: timedelta | None) -> None:
        with self._guard:
            self._failures += 1
            if after is None and self._failures >= _IN_A_ROW:
                after = REST
            if after is not None:
                self._failures = 0
                self._rests_until = self._engine.clock.now() + after

    def _note_success(self) -> None:
        with self._guard:
            self._failures = 0


def _without_address(message: Taken, where: Destination) -> Outcome:
    """Staff find it in their inbox; a copy of a notice, or what is for who has left, must be seen to."""
    if message.delivery_key is not None or where.has_left:
        return GivenUp(message, where.why_not)
    return Kept(message, where.why_not)
