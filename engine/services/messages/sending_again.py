"""Has a message of a case sent again, once somebody has seen to what kept it from its reader."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import bindparam, select, update

from engine.services.audit.audit import Event
from engine.services.messages.queue import note_attempt
from engine.store import tables
from engine.store.message_tables import outbox
from engine.store.types import AnyRow

if TYPE_CHECKING:
    from engine.services.step import CaseStep

AGAIN, BY_POST = "again", "post"


def send_again(step: CaseStep, message_key: str, way: str) -> None:
    """Let a message wait to be sent: the same way, or, for the copy of a notice, by post.

    It keeps its reference. What somebody has sent again meanwhile is left as it is.

    Raises:
        ValueError: the case has no such message, or it can't go that way.
    """
    row = _find(step, message_key)
    if way not in (AGAIN, BY_POST):
        raise ValueError(f"A message is sent {AGAIN} or by {BY_POST}, not '{way}'.")
    if way == BY_POST and row.delivery_key is None:
        raise ValueError(
            "Only the copy of a notice goes by post. Send this message again, or say it's not needed."
        )
    if row.state != "failed":
        return
    channel = "print" if way == BY_POST else row.channel
    step.connection.execute(_AGAIN, {"which": row.key, "by": channel, "at": step.now})
    if way == BY_POST:
        step.connection.execute(_POSTED, {"copy": row.delivery_key})
    note_attempt(step.connection, row, "by post" if way == BY_POST else "sent again", step.now)
    step.audit.append(Event.MESSAGE_RESENT, message=row.key, channel=channel)


def _find(step: CaseStep, message_key: str) -> AnyRow:
    asked = {"which": int(message_key) if message_key.isdigit() else 0, "case": step.case_key}
    row = step.connection.execute(_MESSAGE, asked).one_or_none()
    if row is None:
        raise ValueError(f"Case {step.case_key} has no message {message_key[:20]}.")
    return row


_message, _delivery = outbox.c, tables.delivery.c
_MESSAGE = select(outbox).where(_message.key == bindparam("which"), _message.case_key == bindparam("case"))
_AGAIN = (
    update(outbox)
    .where(_message.key == bindparam("which"))
    .values(
        state="waiting",
        channel=bindparam("by"),
        attempts=0,
        next_at=bindparam("at"),
        ended_at=None,
        provider=None,
        provider_reference=None,
        version=_message.version + 1,
    )
)
_POSTED = (
    update(tables.delivery).where(_delivery.key == bindparam("copy")).values(channel="post", state="sent")
)
