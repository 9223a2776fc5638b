"""An alert or a digest that didn't arrive is told to the next level: nobody's silence stops the ladder."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, bindparam, or_, select
from sqlalchemy.dialects import postgresql, sqlite

from engine.clock import day_of
from engine.ladder import DIGEST
from engine.services.audit.audit import Actor
from engine.services.escalations.hearers import Hearer, Hearers, role_above
from engine.services.escalations.telling import Told, tell
from engine.services.step import CaseStep
from engine.store import tables
from engine.store.hearing_tables import hearing
from engine.store.types import AnyRow

if TYPE_CHECKING:
    from engine.application import Engine

#: By which way the next level hears, where they chose none.
_AT_ONCE = "email"
_THREADS = "/escalations/"


def tell_next_level(step: CaseStep, message: AnyRow) -> None:
    """Tell whoever sits above the reader of an alert at once what it said, unless they have heard it."""
    thread = step.connection.execute(_OF_ALERT, {"message": message.key}).one_or_none()
    if message.kind != "alert" or thread is None:
        return
    on = day_of(step.engine.working_hours.moment_from(step.now, step.calendar))
    said = json.loads(message.body)
    told = Told(
        key=thread.key,
        stage=thread.told,
        reason=thread.reason,
        level=thread.level,
        channel=_AT_ONCE,
        wording=message.wording,
        row=thread.hearing_row,
        subject=message.subject,
        body={"likelihood": said["likelihood"]} if "likelihood" in said else {},
    )
    tell(step, thread, told, _above(Hearers(step, on), step.connection, thread, message))


def pass_up(engine: Engine, connection: Connection, message: AnyRow, now: datetime) -> None:
    """Let the next digest of whoever sits above the reader of a message say what that said."""
    rows = [
        _hearing(thread, each, now)
        for thread in _threads_of(connection, message)
        for each in _above(
            Hearers(_look(engine, connection, thread), day_of(now)), connection, thread, message
        )
    ]
    if rows:
        dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
        connection.execute(dialect.insert(hearing).on_conflict_do_nothing(), rows)


def _look(engine: Engine, connection: Connection, thread: AnyRow) -> CaseStep:
    return CaseStep.look(engine, connection, thread.case_key, Actor.clock())


def _above(hearers: Hearers, connection: Connection, thread: AnyRow, message: AnyRow) -> Iterator[Hearer]:
    """Who hears in the reader's place, and hasn't been told as the thread stands."""
    asked = {"thread": thread.key, "nth": thread.told}
    known = {row.membership_key or row.recipient for row in connection.execute(_KNOWN, asked)}
    for each in hearers.of(thread, [role_above(message.recipient)]):
        if (each.membership_key or each.recipient) not in known | {message.membership_key}:
            yield replace(each, instead_of=message.recipient)


def _threads_of(connection: Connection, message: AnyRow) -> list[AnyRow]:
    """The threads that a message told of, as far as they stand."""
    shown = [line["link"] for group in json.loads(message.body).get("groups", ()) for line in group["lines"]]
    keys = [int(link.removeprefix(_THREADS)) for link in shown if link.startswith(_THREADS)]
    return list(connection.execute(_OF_MESSAGE, {"message": message.key, "threads": keys}).all())


def _hearing(thread: AnyRow, hearer: Hearer, now: datetime) -> dict[str, Any]:
    return {
        "authority": thread.authority,
        "case_key": thread.case_key,
        "escalation_key": thread.key,
        "stage": thread.told,
        "membership_key": hearer.membership_key,
        "recipient": hearer.recipient,
        "instead_of": hearer.instead_of,
        "covers_key": hearer.covers_key,
        "level": thread.level,
        "reason": thread.reason,
        "ladder_row": thread.ladder_row,
        "channel": DIGEST,
        "created_at": now,
    }


_escalation, _deadline = tables.escalation, tables.deadline
_THREAD = (
    select(_escalation, _deadline.c.rule, _deadline.c.occurrence, _deadline.c.due_on)
    .join(_deadline, _deadline.c.key == _escalation.c.deadline_key)
    .where(_escalation.c.state != "resolved")
)
#: A thread that was told again since tells its readers anew.
_OF_ALERT = (
    _THREAD.add_columns(hearing.c.ladder_row.label("hearing_row"))
    .join(hearing, hearing.c.escalation_key == _escalation.c.key)
    .where(hearing.c.outbox_key == bindparam("message"), hearing.c.stage == _escalation.c.told)
)
_CARRIED = select(hearing.c.escalation_key).where(hearing.c.outbox_key == bindparam("message"))
_OF_MESSAGE = _THREAD.where(
    or_(_escalation.c.key.in_(_CARRIED), _escalation.c.key.in_(bindparam("threads", expanding=True)))
).order_by(_escalation.c.key)
_KNOWN = select(hearing.c.membership_key, hearing.c.recipient).where(
    hearing.c.escalation_key == bindparam("thread"), hearing.c.stage == bindparam("nth")
)
