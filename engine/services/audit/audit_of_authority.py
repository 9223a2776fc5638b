"""The audit trail of what belongs to no case: a membership that ended, a token, a deployment, an export.

One chain an authority, made like a case's own (`engine.services.audit.audit`). Its head is a row of its own,
locked by whoever adds to the chain until the transaction ends: record last, so that others wait little.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, bindparam, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from engine.clock import format_instant
from engine.services.audit.audit import GENESIS, Actor, Event, parse
from engine.store.organisation_tables import authority_chain, authority_event
from engine.store.types import AnyRow, to_text

if TYPE_CHECKING:
    from engine.application import Engine
    from engine.services.principals import Principal


def record(connection: Connection, engine: Engine, principal: Principal, event: Event, **facts: Any) -> None:
    """Add an event to the chain of the principal's authority, in the transaction that is under way.

    Args:
        facts: keys, codes and dates, never names or what people wrote; `before` and `after` for what changed.
    """
    actor = Actor(principal.membership_key, principal.organisation)
    record_by(connection, engine, principal.authority, actor, event, **facts)


def record_by(
    connection: Connection, engine: Engine, authority: str, actor: Actor, event: Event, **facts: Any
) -> None:
    """Add an event that nobody signed in caused: the clock (`Actor.clock()`), a command, a failed sign-in."""
    head = _locked_head(connection, authority)
    body = to_text(
        {
            "authority": authority,
            "sequence": head.sequence + 1,
            "at": format_instant(engine.clock.now()),
            "event": event.value,
            "actor": {"membership": actor.membership_key, "organisation": actor.organisation},
            "details": facts,
        }
    )
    values = {"sequence": head.sequence + 1, "hash": _hash(head.hash, body)}
    connection.execute(_INSERT, {"authority": authority, "body": body, **values})
    moved = {"of": authority, "new_sequence": values["sequence"], "new_hash": values["hash"]}
    connection.execute(_MOVE_HEAD, moved)


@dataclass(frozen=True)
class AuthorityBreak:
    """A place where an authority's chain doesn't hold."""

    authority: str
    sequence: int
    problem: str


def verify(connection: Connection, authority: str | None = None) -> Iterator[AuthorityBreak]:
    """Walk the chains of authorities from the stored bytes and yield every break, the heads included."""
    heads = select(authority_chain).order_by(authority_chain.c.authority)
    events = select(authority_event.c.authority).distinct().order_by(authority_event.c.authority)
    if authority is not None:
        heads = heads.where(authority_chain.c.authority == authority)
        events = events.where(authority_event.c.authority == authority)
    known = {head.authority: head for head in connection.execute(heads).all()}
    for code in connection.execute(events).scalars().all():
        if code not in known:
            yield AuthorityBreak(code, 0, "the head of the chain is missing")
    for head in known.values():
        yield from _verify(head, connection.execute(_ALL, {"of": head.authority}))


def _verify(head: AnyRow, rows: Iterable[AnyRow]) -> Iterator[AuthorityBreak]:
    before, count = GENESIS, 0
    for count, row in enumerate(rows, start=1):
        if row.sequence != count:
            yield AuthorityBreak(head.authority, count, "an event is missing or has been renumbered")
            return
        if _hash(before, row.body) != row.hash:
            yield AuthorityBreak(head.authority, count, "the event or one before it has been changed")
            return
        event = parse(row.body)
        if (event["authority"], event["sequence"]) != (head.authority, row.sequence):
            yield AuthorityBreak(head.authority, count, "the event belongs elsewhere")
            return
        before = row.hash
    if (count, before) != (head.sequence, head.hash):
        yield AuthorityBreak(
            head.authority, head.sequence, "the last events are missing, or the head was changed"
        )


def _locked_head(connection: Connection, authority: str) -> AnyRow:
    found = connection.execute(_HEAD, {"of": authority}).one_or_none()
    if found is not None:
        return found
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    first = {"authority": authority, "sequence": 0, "hash": GENESIS}
    # Two may begin the chain at once: one of them makes the row, both then wait for it.
    connection.execute(dialect.insert(authority_chain).values(first).on_conflict_do_nothing())
    return connection.execute(_HEAD, {"of": authority}).one()


def _hash(before: str, body: str) -> str:
    return hashlib.sha256(before.encode() + body.encode()).hexdigest()


_HEAD = select(authority_chain).where(authority_chain.c.authority == bindparam("of")).with_for_update()
_MOVE_HEAD = (
    update(authority_chain)
    .where(authority_chain.c.authority == bindparam("of"))
    .values(sequence=bindparam("new_sequence"), hash=bindparam("new_hash"))
)
_INSERT = insert(authority_event)
_ALL = (
    select(authority_event)
    .where(authority_event.c.authority == bindparam("of"))
    .order_by(authority_event.c.sequence)
)
