"""What nobody carries: messages for the inbox, and those whose way this installation doesn't have."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

from sqlalchemy import ColumnElement, and_, bindparam, literal_column, or_, select, update

from engine.services.messages.queue import RANKS, WAITING
from engine.store.message_tables import outbox

if TYPE_CHECKING:
    from engine.application import Engine

#: Ways that somebody outside carries.
CARRIED = ("email", "text", "letter", "chat", "webhook")
#: Ways that end here: who signs in finds it.
IN_HOUSE = ("inbox", "portal")
_AT_ONCE = 500


def settle(engine: Engine, carried: Collection[str]) -> int:
    """See to what is due and nobody carries; returns how many messages.

    What is for an inbox is there from now on. What should go a way that this installation doesn't have stays
    in its person's inbox; a copy of a notice goes to the print queue.

    Args:
        carried: the channels that this installation has.
    """
    settled = 0
    values = {"now": engine.clock.now(), "lost": sorted(set(CARRIED) - set(carried)), "most": _AT_ONCE}
    while True:
        with engine.database.read() as connection:
            rows = connection.execute(_DUE, values).all()
        if not rows:
            return settled
        printed = [row.key for row in rows if row.delivery_key is not None and row.channel not in IN_HOUSE]
        shown = [row.key for row in rows if row.key not in set(printed)]
        with engine.database.write() as connection:
            connection.execute(_PRINT, {"keys": printed})
            connection.execute(_SHOW, {"keys": shown, "now": values["now"]})
        settled += len(rows)


_message = outbox.c
_HAS_NO_CARRIER = _message.channel.in_(bindparam("lost", expanding=True))
_DUE = (
    select(_message.key, _message.channel, _message.delivery_key)
    .where(
        WAITING,
        _message.rank.in_((0, 1, 2)),
        _message.next_at <= bindparam("now"),
        or_(_message.channel.in_(IN_HOUSE), _HAS_NO_CARRIER),
    )
    .limit(bindparam("most"))
)
_ALL_WAYS: list[ColumnElement[str]] = [literal_column(f"'{way}'") for way in (*CARRIED, *IN_HOUSE)]
#: When the next message of each rank is due, whoever sees to it; what is to be printed waits for people.
NEXT_MESSAGES = tuple(
    select(_message.next_at)
    .where(WAITING, _message.rank == literal_column(str(rank)), _message.channel.in_(_ALL_WAYS))
    .order_by(_message.next_at)
    .limit(1)
    for rank in RANKS
)
_THESE = and_(_message.key.in_(bindparam("keys", expanding=True)), WAITING)
_PRINT = (
    update(outbox).where(_THESE).values(channel="print", outcome="not set up", version=_message.version + 1)
)
_SHOW = (
    update(outbox)
    .where(_THESE)
    .values(
        state="delivered",
        sent_at=bindparam("now"),
        ended_at=bindparam("now"),
        outcome="inbox",
        version=_message.version + 1,
    )
)
