"""What an administrator does with messages: holds them back, lets them go, has them sent again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, bindparam, update

from engine.errors import Conflict
from engine.services.audit import audit_of_authority
from engine.services.audit.audit import Actor, Event
from engine.services.messages import lists
from engine.services.messages.queue import note_attempt
from engine.services.messages.views_of_messages import SentMessageView
from engine.services.people.organisations import check_version
from engine.services.principals import Principal
from engine.store.message_tables import outbox
from engine.store.types import AnyRow

if TYPE_CHECKING:
    from engine.application import Engine

#: What somebody may do -> the states from which it's done, and how the message stands then.
_MOVES: dict[str, tuple[tuple[str, ...], str]] = {
    "retry": (("failed",), "waiting"),
    "hold": (("waiting",), "held"),
    "release": (("held",), "waiting"),
}


def retry(engine: Engine, principal: Principal, key: str, version: int | None = None) -> SentMessageView:
    """Send a message again that couldn't be sent, under the same reference.

    Raises:
        Conflict: it hasn't failed.
        NotFound, VersionMismatch: as their names say.
    """
    return _change(engine, principal, key, version, "retry")


def hold(engine: Engine, principal: Principal, key: str, version: int | None = None) -> SentMessageView:
    """Hold a message back until it is released; one that is being sent at this moment may still go.

    Raises:
        Conflict: it doesn't wait to be sent.
        NotFound, VersionMismatch: as their names say.
    """
    return _change(engine, principal, key, version, "hold")


def release(engine: Engine, principal: Principal, key: str, version: int | None = None) -> SentMessageView:
    """Let a message go that was held back.

    Raises:
        Conflict: it isn't held.
        NotFound, VersionMismatch: as their names say.
    """
    return _change(engine, principal, key, version, "release")


def move_by_key(engine: Engine, key: int, verb: str, actor: Actor) -> SentMessageView:
    """As an operator at the terminal does it, in any authority.

    Raises:
        Conflict: the message stands otherwise.
        NotFound: there is none.
    """
    with engine.database.write() as connection:
        row = lists.row_of(connection, key, lock=True)
        move(engine, connection, row, verb, actor)
        return lists.with_attempts(engine, connection, lists.row_of(connection, key))


def move(engine: Engine, connection: Connection, row: AnyRow, verb: str, actor: Actor) -> None:
    """Do one of these with a message that is locked, and write so in the authority's trail.

    Raises:
        Conflict: it stands otherwise.
    """
    wanted, to = _MOVES[verb]
    if row.state not in wanted:
        raise Conflict(
            f"Message {row.key} is {row.state}; only one that is {wanted[0]} can be {_NOTED[verb]}."
        )
    now = engine.clock.now()
    values: dict[str, Any] = {"which": row.key, "to": to, "at": now}
    connection.execute(_AGAIN if verb == "retry" else _STAND, values)
    note_attempt(connection, row, _NOTED[verb], now)
    audit_of_authority.record_by(
        connection, engine, row.authority, actor, Event.OUTBOX_CHANGED, message=row.key, after=_NOTED[verb]
    )


_NOTED = {"retry": "sent again", "hold": "held", "release": "released"}


def _change(
    engine: Engine, principal: Principal, key: str, version: int | None, verb: str
) -> SentMessageView:
    principal.require("outbox:control")
    with engine.database.write() as connection:
        row = lists.find(connection, principal, key, lock=True)
        check_version(row, version)
        move(engine, connection, row, verb, Actor.of(principal))
        after = lists.find(connection, principal, key)
        return lists.with_attempts(engine, connection, after)


_message = outbox.c
_STAND = (
    update(outbox)
    .where(_message.key == bindparam("which"))
    .values(state=bindparam("to"), version=_message.version + 1)
)
_AGAIN = (
    update(outbox)
    .where(_message.key == bindparam("which"))
    .values(
        state=bindparam("to"),
        attempts=0,
        next_at=bindparam("at"),
        ended_at=None,
        provider=None,
        provider_reference=None,
        version=_message.version + 1,
    )
)
