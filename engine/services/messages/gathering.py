"""Messages of tasks that were given to somebody: looked at again when they are due, and joined.

Forty tasks that were given in one go are one message. What its reader holds no more, has done, or may not see
any more, isn't told: asked here, once for many messages, and not in each step that ends a task.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, bindparam, select, update

from engine.services.messages.queue import RANKS, WAITING
from engine.services.principals import principal_of
from engine.services.sight import sight
from engine.store import tables
from engine.store.message_tables import outbox
from engine.store.types import AnyRow, to_text

if TYPE_CHECKING:
    from engine.application import Engine

#: The template of what is gathered.
ASSIGNED = "task_assigned"
#: Why a message isn't sent by itself.
JOINED, OVERTAKEN = "joined", "overtaken"
_AT_ONCE = 200


def gather(engine: Engine) -> int:
    """Join what is due; returns how many messages aren't sent by themselves."""
    with engine.database.read() as connection:
        if connection.execute(_DUE, {"now": engine.clock.now()}).first() is None:
            return 0
    with engine.database.write() as connection:
        due = connection.execute(_DUE, {"now": engine.clock.now()}).scalars().all()
        return sum(_gather_for(engine, connection, member) for member in dict.fromkeys(due))


def _gather_for(engine: Engine, connection: Connection, member: int) -> int:
    """Join all that waits for a member, be it due or not yet."""
    waiting = connection.execute(_OF_MEMBER, {"member": member}).all()
    held = _held(connection, member, waiting)
    fresh = [row for row in waiting if _task_of(row) in held]
    stale = [row for row in waiting if _task_of(row) not in held]
    _cancel(engine, connection, stale, OVERTAKEN)
    if len(fresh) > 1:
        kept, *others = fresh
        _cancel(engine, connection, others, JOINED)
        connection.execute(_KEEP, {"which": kept.key, **_joined(fresh)})
    return len(waiting) - min(len(fresh), 1)


def _held(connection: Connection, member: int, waiting: Sequence[AnyRow]) -> set[int]:
    """The tasks of messages that are open, and that the member still holds and may see."""
    keys = sorted({_task_of(row) for row in waiting})
    principal = principal_of(connection, member)
    query = _HELD.where(sight.open_to(principal, tables.task.c.case_key))
    return set(connection.execute(query, {"keys": keys, "member": member}).scalars())


def _joined(rows: Sequence[AnyRow]) -> dict[str, Any]:
    """One message in place of several: the case is named where it is one and the same."""
    cases = {row.case_key for row in rows}
    tasks = {_task_of(row) for row in rows}
    if len(tasks) == 1:
        return {"of_case": rows[-1].case_key, "about": rows[-1].subject, "says": rows[-1].body}
    body: dict[str, Any] = {**json.loads(rows[0].body), "count": len(tasks), "link": "/tasks"}
    for of_one in ("task", "dueOn"):
        body.pop(of_one)
    if len(cases) > 1:
        body.pop("case")
    case_key = cases.pop() if len(cases) == 1 else None
    return {"of_case": case_key, "about": f"{len(tasks)} tasks are yours", "says": to_text(body)}


def _task_of(row: AnyRow) -> int:
    return int(json.loads(row.body).get("task", 0))


def _cancel(engine: Engine, connection: Connection, rows: Sequence[AnyRow], why: str) -> None:
    if rows:
        values = {"keys": [row.key for row in rows], "at": engine.clock.now(), "why": why}
        connection.execute(_CANCEL, values)


_message, _task = outbox.c, tables.task.c
#: Nobody has begun to send it, and it is of one task as yet.
_ALONE = (WAITING, _message.wording == ASSIGNED, _message.attempts == 0)
_DUE = (
    select(_message.membership_key)
    .where(
        *_ALONE,
        _message.rank.in_(RANKS),
        _message.next_at <= bindparam("now"),
        _message.outcome.is_(None),
        _message.membership_key.is_not(None),
    )
    .order_by(_message.next_at)
    .limit(_AT_ONCE)
)
_OF_MEMBER = (
    select(outbox)
    .where(*_ALONE, _message.outcome.is_(None), _message.membership_key == bindparam("member"))
    .order_by(_message.key)
    .with_for_update()
)
_HELD = select(_task.key).where(
    _task.key.in_(bindparam("keys", expanding=True)),
    _task.assignee_key == bindparam("member"),
    tables.OPEN_TASK,
)
_KEEP = (
    update(outbox)
    .where(_message.key == bindparam("which"))
    .values(
        case_key=bindparam("of_case"),
        subject=bindparam("about"),
        body=bindparam("says"),
        outcome=JOINED,
        version=_message.version + 1,
    )
)
_CANCEL = (
    update(outbox)
    .where(_message.key.in_(bindparam("keys", expanding=True)), WAITING)
    .values(
        state="canceled", ended_at=bindparam("at"), outcome=bindparam("why"), version=_message.version + 1
    )
)
