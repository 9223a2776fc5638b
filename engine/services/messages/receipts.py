"""What a provider says became of a message: it arrived, it didn't, or it is to be sent anew.

Receipts come more than once, late, and in any order. What has ended stays as it ended.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from sqlalchemy import Connection, bindparam, select, update

from engine.clock import day_of
from engine.errors import NotFound
from engine.services.audit.audit import Actor
from engine.services.incidents import guarded
from engine.services.messages.dead_letters import give_up
from engine.services.messages.queue import WAITS, note_attempt
from engine.services.messages.receipts_of_copies import hear_of
from engine.services.notices.posting_days import posted
from engine.services.step import CaseStep
from engine.store.message_tables import outbox
from engine.store.types import AnyRow

if TYPE_CHECKING:
    from engine.application import Engine

#: How often a message is sent anew that its provider couldn't deliver for now.
MOST_RESENT = 3
_JITTER = 0.2


class Fate(StrEnum):
    """What a receipt says."""

    #: It is still on its way.
    UNDER_WAY = "under way"
    #: It reached its mailbox, its phone, or its system.
    ARRIVED = "arrived"
    #: It was printed and posted: nothing more will be heard.
    POSTED = "posted"
    #: It didn't arrive now; later it may.
    NOT_NOW = "not now"
    #: It never will.
    NEVER = "never"


@dataclass(frozen=True)
class Receipt:
    """What a provider says of a message."""

    fate: Fate
    #: In the provider's own word, without personal data.
    outcome: str
    #: The provider's name for the message.
    provider_reference: str
    #: Ours; None where the provider doesn't say it.
    reference: str | None = None
    #: When it came to that; None: now.
    at: datetime | None = None


def take(engine: Engine, receipt: Receipt) -> bool:
    """Take a receipt; whether it changed anything.

    Raises:
        NotFound: nothing was ever sent under its name.
        StepIncident: the case of an undelivered message couldn't go on; it is stored, and can be tried again.
    """
    with engine.database.read() as connection:
        row = _found(connection, receipt)
    if row is None:
        raise NotFound("No message of this installation has this reference.")
    acts = {
        Fate.ARRIVED: _arrived,
        Fate.POSTED: _posted,
        Fate.NOT_NOW: _not_now,
        Fate.NEVER: _never,
    }
    act = acts.get(receipt.fate)
    return act is not None and act(engine, row, receipt)


def _found(connection: Connection, receipt: Receipt) -> AnyRow | None:
    if receipt.reference is not None:
        return connection.execute(_BY_REFERENCE, {"named": receipt.reference}).one_or_none()
    return connection.execute(_BY_PROVIDER, {"named": receipt.provider_reference}).first()


def _arrived(engine: Engine, row: AnyRow, receipt: Receipt) -> bool:
    """It counts whichever attempt arrived: also one that was thought lost, so that none is sent again."""
    values = {"which": row.key, "at": engine.clock.now(), "came_to": receipt.outcome}
    if row.delivery_key is None:
        with engine.database.write() as connection:
            return _ended(connection, row, values)

    def work(step: CaseStep) -> bool:
        if not _ended(step.connection, row, values):
            return False
        hear_of(step, row.delivery_key, "delivered", day_of(receipt.at or step.now))
        return True

    return guarded(engine, row.case_key, "take a receipt", Actor.clock(), work)


def _ended(connection: Connection, row: AnyRow, values: dict[str, object]) -> bool:
    changed = connection.execute(_ARRIVED, values).one_or_none()
    if changed is not None:
        note_attempt(connection, changed, str(values["came_to"]), _instant(values["at"]))
    return changed is not None


def _instant(at: object) -> datetime:
    assert isinstance(at, datetime)
    return at


def _posted(engine: Engine, row: AnyRow, receipt: Receipt) -> bool:
    """A letter was printed and posted: from then its copy counts as sent, and is served by post."""
    values = {"which": row.key, "named": receipt.provider_reference, "came_to": receipt.outcome}

    def work(step: CaseStep) -> bool:
        if step.connection.execute(_POSTED, {**values, "at": step.now}).rowcount != 1:
            return False
        if row.delivery_key is not None:
            posted(step, row.delivery_key, min(day_of(receipt.at or step.now), step.today))
        return True

    return guarded(engine, row.case_key, "take a receipt", Actor.clock(), work)


def _not_now(engine: Engine, row: AnyRow, receipt: Receipt) -> bool:
    """Have it sent anew after a while; after several times it is given up."""
    if row.attempts > MOST_RESENT:
        return _never(engine, row, receipt)
    now = engine.clock.now()
    wait = WAITS[min(row.attempts + 2, len(WAITS) - 1)] * random.uniform(1 - _JITTER, 1 + _JITTER)  # noqa: S311 -- no secret hangs on it
    values = {"which": row.key, "named": receipt.provider_reference, "due": now + wait}
    with engine.database.write() as connection:
        again = connection.execute(_AGAIN, {**values, "came_to": receipt.outcome}).one_or_none()
        if again is not None:
            note_attempt(connection, again, receipt.outcome, now)
    return again is not None


def _never(engine: Engine, row: AnyRow, receipt: Receipt) -> bool:
    """Give it up, if it's the last attempt that failed: a caseworker sees to it."""
    if row.state != "sent" or row.provider_reference != receipt.provider_reference:
        return False
    if row.delivery_key is not None:
        on = day_of(receipt.at or engine.clock.now())

        def work(step: CaseStep) -> None:
            hear_of(step, row.delivery_key, "failed", on)

        guarded(engine, row.case_key, "take a receipt", Actor.clock(), work)
    return give_up(engine, row.key, receipt.outcome)


_message = outbox.c
_BY_REFERENCE = select(outbox).where(_message.reference == bindparam("named"))
_BY_PROVIDER = select(outbox).where(
    _message.provider_reference == bindparam("named"), _message.state == "sent"
)
_THIS = _message.key == bindparam("which")
_OF_THE_LAST_ATTEMPT = _message.provider_reference == bindparam("named")
_ARRIVED = (
    update(outbox)
    .where(_THIS, _message.state.in_(("waiting", "sent", "held")))
    .values(
        state="delivered",
        ended_at=bindparam("at"),
        outcome=bindparam("came_to"),
        version=_message.version + 1,
    )
    .returning(outbox)
)
_POSTED = (
    update(outbox)
    .where(_THIS, _message.state == "sent", _message.ended_at.is_(None), _OF_THE_LAST_ATTEMPT)
    .values(ended_at=bindparam("at"), outcome=bindparam("came_to"), version=_message.version + 1)
)
_AGAIN = (
    update(outbox)
    .where(_THIS, _message.state == "sent", _OF_THE_LAST_ATTEMPT)
    .values(
        state="waiting",
        next_at=bindparam("due"),
        outcome=bindparam("came_to"),
        version=_message.version + 1,
    )
    .returning(outbox)
)
