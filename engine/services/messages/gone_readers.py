"""Who was told that a limit nears and is away since, or has left: others must hear while there is time."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

from sqlalchemy import Connection, bindparam, func, select

from engine.store import tables
from engine.store.hearing_tables import hearing
from engine.store.types import AnyRow

#: A limit nears for no longer than this: whoever left before was told of nothing that still does.
_LONGEST = timedelta(days=366)


def gone(connection: Connection, authority: str, today: date) -> list[int]:
    """The memberships that are away on a day, or ended within the last year."""
    asked = {"of": authority, "on": today, "since": today - _LONGEST}
    return sorted({*connection.execute(_AWAY, asked).scalars(), *connection.execute(_LEFT, asked).scalars()})


def heard(connection: Connection, rows: Iterable[AnyRow]) -> set[tuple[int, int, int | str]]:
    """Thread, telling and member of all who were told of some threads: nobody is told the same twice."""
    threads = sorted({row.thread for row in rows})
    if not threads:
        return set()
    found = connection.execute(_HEARD, {"threads": threads})
    return {(row.escalation_key, row.stage, row.membership_key or row.recipient) for row in found}


_cover, _membership = tables.cover.c, tables.membership.c
#: By way of the organisations: neither memberships nor absences have an index of their authority.
_PLACES = select(tables.organisation.c.key).where(tables.organisation.c.authority == bindparam("of"))
_AWAY = (
    select(_cover.absent_key)
    .join_from(tables.membership, tables.cover, _cover.absent_key == _membership.key)
    .where(
        _membership.organisation_key.in_(_PLACES),
        _cover.from_on <= bindparam("on"),
        _cover.to_on >= bindparam("on"),
    )
)
_LEFT = select(_membership.key).where(
    _membership.organisation_key.in_(_PLACES),
    _membership.valid_to < bindparam("on"),
    _membership.valid_to >= bindparam("since"),
)
_HEARD = select(
    hearing.c.escalation_key, hearing.c.stage, hearing.c.membership_key, hearing.c.recipient
).where(hearing.c.escalation_key.in_(bindparam("threads", expanding=True)))
#: Of whoever a hearing is: the one who is away, where somebody covers.
WHOSE = func.coalesce(hearing.c.covers_key, hearing.c.membership_key)
