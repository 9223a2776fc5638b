"""What can't be sent, or didn't arrive: a task for a caseworker, so that no message is lost in silence.

What tells of no case, and what can't become a task, is told to the authority's administrators. And what told
of lateness is told to the next level: at once what was urgent, else with its next digest.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import Connection, String, bindparam, cast, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from engine.errors import NotFound, StepIncident
from engine.services.audit.audit import Actor, Event
from engine.services.incidents import guarded
from engine.services.messages.passing_up import pass_up, tell_next_level
from engine.services.messages.queue import LONGEST_OUTCOME, note_attempt
from engine.services.principals import SEND_TEAM
from engine.services.processes import definitions
from engine.services.step import CaseStep
from engine.store import tables
from engine.store.message_tables import outbox, outbox_attempt
from engine.store.types import AnyRow, to_text

if TYPE_CHECKING:
    from datetime import datetime

    from engine.application import Engine

#: The process that a message starts which didn't arrive, and what its tasks are about.
PROCESS = "undelivered"
#: To whom what isn't a caseworker's is told.
ADMINISTRATORS = f"administrator@{SEND_TEAM}"
#: What stands in the log of a message as the provider, where a process sees to it.
TASK = "task"
_LIVE = ("waiting", "sent")


def give_up(engine: Engine, key: int, outcome: str) -> bool:
    """Say that a message won't arrive, and have somebody see to it; whether it was still on its way.

    Message and task are written in one transaction: nothing is lost between them, and what was given up
    already is told nobody again.

    Args:
        outcome: why, in a word without personal data.
    """
    with engine.database.read() as connection:
        row = connection.execute(_ROW, {"which": key}).one_or_none()
    if row is None or row.state not in _LIVE:
        return False
    if row.case_key is not None and _is_deployed(engine, row.authority):
        try:
            return guarded(
                engine,
                row.case_key,
                "see to a message",
                Actor.clock(),
                lambda step: _in_case(step, key, outcome),
            )
        except StepIncident:  # it's stored, and mended apart; the message is told of all the same
            pass
    with engine.database.write() as connection:
        fallen = _fail(connection, key, outcome, engine.clock.now())
        if fallen is not None:
            _tell_administrators(engine, connection, fallen)
            if fallen.kind in ("alert", "digest"):
                pass_up(engine, connection, fallen, engine.clock.now())
    return fallen is not None


def is_being_seen_to(connection: Connection, message_key: int) -> bool:
    """Whether a caseworker has a task about this message already."""
    return connection.execute(_SEEN_TO, {"message": message_key}).first() is not None


def _is_deployed(engine: Engine, authority: str) -> bool:
    with engine.database.read() as connection:
        try:
            definitions.latest(connection, authority, PROCESS)
        except NotFound:
            return False
    return True


def _in_case(step: CaseStep, key: int, outcome: str) -> bool:
    row = _fail(step.connection, key, outcome, step.now)
    if row is None:
        return False
    step.audit.append(Event.MESSAGE_UNDELIVERED, message=key, kind=row.kind, channel=row.channel)
    tell_next_level(step, row)
    if not is_being_seen_to(step.connection, key):
        about = {"messageKey": str(key), "messageKind": row.kind, "channel": row.channel}
        live = step.start(PROCESS, {"caseKey": str(step.case_key), **about, "outcome": row.outcome})
        step.settle()
        step.connection.execute(_GIVEN, _given(row, live.key, step.now))
    return True


def _given(row: AnyRow, instance_key: int, now: datetime) -> dict[str, object]:
    """A line of the message's log: which instance sees to it."""
    return {
        "authority": row.authority,
        "outbox_key": row.key,
        "at": now,
        "provider": TASK,
        "provider_reference": str(instance_key),
        "outcome": "given to a caseworker",
    }


def _fail(connection: Connection, key: int, outcome: str, now: datetime) -> AnyRow | None:
    """Let a message end as failed; None if it isn't on its way any more."""
    values = {"which": key, "at": now, "came_to": outcome[:LONGEST_OUTCOME]}
    row = connection.execute(_FAIL, values).one_or_none()
    if row is not None:
        note_attempt(connection, row, outcome, now)
    return row


def _tell_administrators(engine: Engine, connection: Connection, row: AnyRow) -> None:
    """Put a message in the inbox of the authority's administrators, once for each time that one fails."""
    now = engine.clock.now()
    about = f"case {row.case_key}" if row.case_key is not None else "no one case"
    body = {
        "case": None if row.case_key is None else str(row.case_key),
        "message": str(row.key),
        "kind": row.kind,
        "channel": row.channel,
        "outcome": row.outcome,
        "whatToDo": "See why it couldn't be sent, then have it sent again or tell its reader yourself.",
        "link": f"/outbox/{row.key}",
    }
    values = {
        "authority": row.authority,
        "case_key": row.case_key,
        "kind": "task",
        "reference": f"undelivered:{row.key}:{row.version}",
        "recipient": ADMINISTRATORS,
        "channel": "inbox",
        "rank": 1,
        "subject": f"A message about {about} couldn't be sent",
        "body": to_text(body),
        "state": "waiting",
        "attempts": 0,
        "created_at": now,
        "next_at": now,
    }
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    connection.execute(dialect.insert(outbox).values(values).on_conflict_do_nothing())


_message, _tried = outbox.c, outbox_attempt.c
_ROW = select(outbox).where(_message.key == bindparam("which"))
_FAIL = (
    update(outbox)
    .where(_message.key == bindparam("which"), _message.state.in_(_LIVE))
    .values(
        state="failed",
        ended_at=bindparam("at"),
        outcome=bindparam("came_to"),
        version=_message.version + 1,
    )
    .returning(outbox)
)
_GIVEN = insert(outbox_attempt)
_SEEN_TO = (
    select(_tried.key)
    .join(tables.instance, cast(tables.instance.c.key, String) == _tried.provider_reference)
    .where(
        _tried.outbox_key == bindparam("message"),
        _tried.provider == TASK,
        tables.instance.c.status == "active",
    )
    .limit(1)
)
