"""The messages that wait to be sent: taken by one sender at a time, and written down what became of each.

A message is leased before it's sent: a sender that is lost leaves it to another, once the lease has ended.
That one asks the channel first whether it has the message already.
"""

from __future__ import annotations

import random
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, Select, String, bindparam, func, insert, literal_column, select, update

from engine.store.message_tables import outbox, outbox_attempt
from engine.store.types import AnyRow

if TYPE_CHECKING:
    from engine.application import Engine

#: The waits between attempts; after the last of them a message is given up.
WAITS = (
    timedelta(seconds=5),
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=5),
    timedelta(hours=10),
    timedelta(hours=14),
    timedelta(hours=20),
    timedelta(hours=24),
)
#: By how much a wait is made longer or shorter, so that what failed together isn't tried together.
_JITTER = 0.2
#: How long a sender has for what it took: then another takes it.
LEASE = timedelta(minutes=5)
#: From the first that goes to the last: statutory notices, what is urgent, the rest.
RANKS = (0, 1, 2)
TAKEN_AT_ONCE = 200
#: What a rank gets of what is taken at once, though those before it have more than enough: one in ten.
_SHARE = 10
#: Letters of what came of an attempt.
LONGEST_OUTCOME = 60


@dataclass(frozen=True)
class Taken:
    """A message that is leased to one sender."""

    key: int
    authority: str
    case_key: int | None
    kind: str
    reference: str
    recipient: str
    membership_key: int | None
    delivery_key: int | None
    channel: str
    wording: str | None
    subject: str
    body: str
    #: 1 the first time.
    attempt: int
    created_at: datetime
    #: Until when it's the taker's.
    leased_until: datetime


@dataclass(frozen=True)
class Sent:
    """That a channel has it: from now on a receipt is awaited, unless `is_final`."""

    message: Taken
    provider: str
    provider_reference: str | None
    is_final: bool

    @property
    def outcome(self) -> str:
        """In a word."""
        return "delivered" if self.is_final else "accepted"


@dataclass(frozen=True)
class Kept:
    """That it can't be sent to its person, and stays in their inbox."""

    message: Taken
    outcome: str
    provider: str = "inbox"
    provider_reference: None = None
    is_final: bool = True


@dataclass(frozen=True)
class PutOff:
    """That it's tried later: after the wait of its attempt, or `after` what the provider asks, if longer."""

    message: Taken
    outcome: str
    after: timedelta = timedelta()

    @property
    def is_last(self) -> bool:
        """Whether it was tried as often as anything is."""
        return self.message.attempt > len(WAITS)


@dataclass(frozen=True)
class PutBack:
    """That it wasn't tried at all: the lease ends, nothing is counted."""

    message: Taken
    after: timedelta


Result = Sent | Kept | PutOff | PutBack


def has_due(engine: Engine, channels: Collection[str]) -> bool:
    """Whether anything is due on one of these channels."""
    values = {"now": engine.clock.now(), "ways": sorted(channels)}
    with engine.database.read() as connection:
        return any(connection.execute(_due(rank).limit(1), values).first() is not None for rank in RANKS)


def take_due(engine: Engine, channels: Collection[str], *, most: int = TAKEN_AT_ONCE) -> list[Taken]:
    """Messages that are due on these channels, leased to the caller alone, in the order to send them in.

    Statutory notices come first, then what is urgent; but each rank that has something due gets its share,
    and within a rank what was due first goes first: nothing waits for ever.
    """
    if not channels or not has_due(engine, channels):
        return []
    now = engine.clock.now()
    until = now + LEASE
    with engine.database.write() as connection:
        rows = _shared_out(_by_rank(connection, now, channels, most), most)
        if rows:
            connection.execute(_TAKE, {"keys": [row.key for row in rows], "until": until})
    return [_taken(row, until) for row in rows]


def record(engine: Engine, results: Sequence[Result]) -> None:
    """Write down what came of messages, all in one transaction."""
    now = engine.clock.now()
    with engine.database.write() as connection:
        sent = [_sent_values(each, now) for each in results if isinstance(each, Sent | Kept)]
        late = [_late_values(each, now) for each in results if isinstance(each, PutOff | PutBack)]
        tried = [_attempt(each, now) for each in results if not isinstance(each, PutBack)]
        for statement, values in ((_SENT, sent), (_LATE, late), (_ATTEMPT, tried)):
            if values:
                connection.execute(statement, values)


def note_attempt(connection: Connection, message: AnyRow, outcome: str, now: datetime) -> None:
    """Add to the log of a message what came of it elsewhere than in `record`."""
    values = {
        "authority": message.authority,
        "outbox_key": message.key,
        "at": now,
        "provider": message.provider or message.channel,
        "provider_reference": message.provider_reference,
        "outcome": outcome[:LONGEST_OUTCOME],
    }
    connection.execute(_ATTEMPT, values)


def _by_rank(
    connection: Connection, now: datetime, channels: Collection[str], most: int
) -> list[Sequence[AnyRow]]:
    values = {"now": now, "ways": sorted(channels)}
    return [
        connection.execute(_due(rank).limit(most).with_for_update(skip_locked=True), values).all()
        for rank in RANKS
    ]


def _shared_out(by_rank: Sequence[Sequence[AnyRow]], most: int) -> list[AnyRow]:
    """What is taken now: of each rank as much as those after it leave, who have their share for certain."""
    taken: list[AnyRow] = []
    for place, rows in enumerate(by_rank):
        kept_for_others = sum(min(len(each), most // _SHARE) for each in by_rank[place + 1 :])
        taken += rows[: most - len(taken) - kept_for_others]
    return taken


def _taken(row: AnyRow, until: datetime) -> Taken:
    return Taken(
        key=row.key,
        authority=row.authority,
        case_key=row.case_key,
        kind=row.kind,
        reference=row.reference,
        recipient=row.recipient,
        membership_key=row.membership_key,
        delivery_key=row.delivery_key,
        channel=row.channel,
        wording=row.wording,
        subject=row.subject,
        body=row.body,
        attempt=row.attempts + 1,
        created_at=row.created_at,
        leased_until=until,
    )


def _sent_values(result: Sent | Kept, now: datetime) -> dict[str, Any]:
    return {
        "which": result.message.key,
        "to": "delivered" if result.is_final else "sent",
        "at": now,
        "over_at": now if result.is_final else None,
        "by": result.provider,
        "named": result.provider_reference,
        "came_to": result.outcome[:LONGEST_OUTCOME],
    }


def _late_values(result: PutOff | PutBack, now: datetime) -> dict[str, Any]:
    message = result.message
    values = {"which": message.key, "leased": message.attempt}
    if isinstance(result, PutBack):
        return {**values, "due": now + result.after, "counted": message.attempt - 1, "came_to": None}
    usual = WAITS[min(message.attempt, len(WAITS)) - 1]
    wait = max(usual, result.after) * random.uniform(1 - _JITTER, 1 + _JITTER)  # noqa: S311 -- no secret hangs on it
    outcome = result.outcome[:LONGEST_OUTCOME]
    return {**values, "due": now + wait, "counted": message.attempt, "came_to": outcome}


def _attempt(result: Sent | Kept | PutOff, now: datetime) -> Mapping[str, Any]:
    message = result.message
    return {
        "authority": message.authority,
        "outbox_key": message.key,
        "at": now,
        "provider": message.channel if isinstance(result, PutOff) else result.provider,
        "provider_reference": None if isinstance(result, PutOff) else result.provider_reference,
        "outcome": result.outcome[:LONGEST_OUTCOME],
    }


_message = outbox.c
_THIS = _message.key == bindparam("which")
#: Written with a literal, so that a query with it can use the partial index.
WAITING = _message.state == literal_column("'waiting'")


def _due(rank: int) -> Select[Any]:
    return (
        select(outbox)
        .where(
            WAITING,
            _message.rank == rank,
            _message.next_at <= bindparam("now"),
            _message.channel.in_(bindparam("ways", expanding=True)),
        )
        .order_by(_message.next_at, _message.key)
    )


_TAKE = (
    update(outbox)
    .where(_message.key.in_(bindparam("keys", expanding=True)), WAITING)
    .values(attempts=_message.attempts + 1, next_at=bindparam("until"))
)
# Whatever somebody decided meanwhile, it has gone out, and a receipt that was faster stands.
_SENT = (
    update(outbox)
    .where(_THIS, _message.state != "sent", _message.state != "delivered")
    .values(
        state=bindparam("to"),
        sent_at=bindparam("at"),
        ended_at=bindparam("over_at"),
        provider=bindparam("by"),
        provider_reference=bindparam("named"),
        outcome=bindparam("came_to"),
        version=_message.version + 1,
    )
)
_LATE = (
    update(outbox)
    .where(_THIS, WAITING, _message.attempts == bindparam("leased"))
    .values(
        next_at=bindparam("due"),
        attempts=bindparam("counted"),
        outcome=func.coalesce(bindparam("came_to", type_=String), _message.outcome),
    )
)
_ATTEMPT = insert(outbox_attempt)
