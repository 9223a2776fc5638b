"""What was sent and isn't known to have arrived: whom to ask, less and less often, and until when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import bindparam, func, select, update

from engine.store.message_tables import AWAITED, outbox
from engine.store.types import AnyRow

if TYPE_CHECKING:
    from engine.application import Engine

#: The first wait between two questions, and the longest.
_SOONEST, _LATEST = timedelta(minutes=5), timedelta(hours=6)
#: After this nobody is asked any more: providers forget what they sent after a week.
PATIENCE = timedelta(days=8)
_AT_ONCE = 100
#: What is written of a message of which nothing was heard.
UNHEARD = "no receipt"


@dataclass(frozen=True)
class Awaited:
    """A message that its provider is asked after."""

    key: int
    provider: str
    provider_reference: str
    reference: str


def take_due(engine: Engine) -> list[Awaited]:
    """The messages to ask after now, each for this caller alone; each is due again after a longer wait."""
    now = engine.clock.now()
    with engine.database.read() as connection:
        rows = connection.execute(_DUE, {"now": now}).all()
    if not rows:
        return []
    with engine.database.write() as connection:
        taken = [row for row in rows if connection.execute(_TAKE, _claim(row, now)).rowcount]
    return [Awaited(row.key, row.provider, row.provider_reference, row.reference) for row in taken]


def let_go(engine: Engine, key: int) -> None:
    """Say that nothing more will be heard of a message: it stays sent."""
    with engine.database.write() as connection:
        values = {"which": key, "at": engine.clock.now(), "came_to": UNHEARD}
        connection.execute(_LET_GO, values)


def is_given_up(engine: Engine, key: int) -> bool:
    """Whether it was sent so long ago that its provider has forgotten it."""
    with engine.database.read() as connection:
        sent_at = connection.execute(_SENT_AT, {"which": key}).scalar()
    return sent_at is not None and engine.clock.now() - sent_at > PATIENCE


def _claim(row: AnyRow, now: datetime) -> dict[str, object]:
    waited = (now - (row.sent_at or now)) / 2
    return {"which": row.key, "asked": row.next_at, "due": now + min(max(waited, _SOONEST), _LATEST)}


_message = outbox.c
_THIS = _message.key == bindparam("which")
#: When the next of them is asked after.
NEXT_QUESTION = select(func.min(outbox.c.next_at)).where(AWAITED)
_DUE = (
    select(outbox)
    .where(AWAITED, _message.next_at <= bindparam("now"), _message.provider_reference.is_not(None))
    .order_by(_message.next_at)
    .limit(_AT_ONCE)
)
_TAKE = (
    update(outbox)
    .where(_THIS, AWAITED, _message.next_at == bindparam("asked"))
    .values(next_at=bindparam("due"))
)
_LET_GO = (
    update(outbox)
    .where(_THIS, AWAITED)
    .values(ended_at=bindparam("at"), outcome=bindparam("came_to"), version=_message.version + 1)
)
_SENT_AT = select(_message.sent_at).where(_THIS)
