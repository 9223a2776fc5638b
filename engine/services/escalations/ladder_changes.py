"""A ladder as it is deployed: held to what the authority has, and followed by every limit that runs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, Select, and_, bindparam, select, update

from engine.definitions.checks.ladder import ladder_stands
from engine.definitions.comparing import Loss
from engine.definitions.comparing.ladders import ladder_losses
from engine.ladder import FILE, NOT_ANSWERED, Ladder, Rung, read_ladder
from engine.services.escalations.alert_times import Place
from engine.services.escalations.lateness_reasons import titles
from engine.spiff import Finding
from engine.store import tables
from engine.store.types import AnyRow
from engine.wording import SUFFIX, kind_of

if TYPE_CHECKING:
    from engine.application import Engine

#: Cases whose limits are worked out again at a time.
_AT_ONCE = 500


def ladder_findings(
    engine: Engine, connection: Connection, authority: str, files: Mapping[str, bytes]
) -> list[Finding]:
    """What is wrong with the ladder among the files of a deployment, the authority's own reasons known."""
    own = {name.removesuffix(SUFFIX) for name in files if name.endswith(SUFFIX)}
    alerts = frozenset(name for name in engine.wordings.shipped().names() | own if kind_of(name) == "alert")
    return list(ladder_stands(files, alerts or None, titles(connection, authority).keys()))


def lost_by_ladder(engine: Engine, before: Mapping[str, bytes], whole: Mapping[str, bytes]) -> list[Loss]:
    """Who would be told later than by the shipped ladder, where none was deployed before."""
    if not before or FILE in before:
        return []
    return ladder_losses({FILE: engine.ladders.shipped_content()}, whole)


def follow(
    engine: Engine,
    connection: Connection,
    authority: str,
    before: Mapping[str, bytes],
    whole: Mapping[str, bytes],
) -> int:
    """Let every running limit of an authority follow the ladder that is being deployed.

    What the ladder hasn't reached is told of when it does; where it says something else today, or said
    nothing before, the next sweep looks at the case. It is all of one transaction, under each case's lock:
    a step that began by the old ladder has ended, one that begins afterwards asks for the new one.

    Returns:
        The number of limits whose next alert is at another time.
    """
    if not before or FILE not in whole or before.get(FILE) == whole[FILE]:
        return 0
    engine.ladders.forget(authority)
    old = read_ladder(before[FILE]) if FILE in before else None
    turn = _Turn(engine, connection, authority, old, read_ladder(whole[FILE]))
    return sum(turn.follow(cases) for cases in _cases(connection, authority))


def _cases(connection: Connection, authority: str) -> Iterator[list[int]]:
    """The cases with running limits, some at a time, each locked from then on."""
    last = 0
    while found := list(connection.execute(_CASES, {"of": authority, "after": last}).scalars()):
        connection.execute(_LOCK, {"cases": found}).all()
        yield found
        last = found[-1]


@dataclass(frozen=True)
class _Turn:
    """The change from one ladder to another, for one authority."""

    engine: Engine
    connection: Connection
    authority: str
    old: Ladder | None
    new: Ladder

    def follow(self, cases: list[int]) -> int:
        """Work out anew when the limits of some cases are told of next."""
        changed: list[dict[str, Any]] = []
        for row in self.connection.execute(_LIMITS, {"cases": cases}).all():
            alert_at = self._next(row)
            if alert_at != row.alert_at:
                changed.append({"row_key": row.key, "at": alert_at})
        if changed:
            self.connection.execute(_MOVE, changed)
        return len(changed)

    def _next(self, row: AnyRow) -> datetime | None:
        now, today = self.engine.clock.now(), self.engine.clock.today()
        agency = self.engine.ladders.agency(self.connection, self.authority, row.organisation)
        place = Place(
            ladder=self.new,
            calendar=self.engine.calendar(self.authority),
            agency=agency,
            rule=row.rule,
            kind=row.kind,
            due_on=row.due_on,
            answered=row.answer_code or NOT_ANSWERED,
        )
        first = place.first()
        has_thread = row.thread_state not in (None, "resolved")
        if not has_thread and (first is None or first > now):
            return first
        stood = replace(place, ladder=self.old).rung(today) if self.old is not None else None
        if not has_thread or not _are_alike(stood, place.rung(today)):
            return now
        following = place.next(today)
        return min((at for at in (row.alert_at, following) if at is not None), default=None)


def _are_alike(left: Rung | None, right: Rung | None) -> bool:
    """Whether two rungs tell the same people the same by the same way, from rows of the same id."""
    if left is None or right is None:
        return left is right
    return all(getattr(left, name) == getattr(right, name) for name in _TELLING)


_TELLING = ("row", "level", "roles", "channel", "wording")
_deadline, _thread = tables.deadline, tables.escalation
_IS_RUNNING = and_(_deadline.c.status == "running", _deadline.c.due_on.is_not(None))
_CASES: Select[Any] = (
    select(_deadline.c.case_key)
    .where(_deadline.c.authority == bindparam("of"), _IS_RUNNING, _deadline.c.case_key > bindparam("after"))
    .group_by(_deadline.c.case_key)
    .order_by(_deadline.c.case_key)
    .limit(_AT_ONCE)
)
#: In the order of the keys, as everybody locks several cases.
_LOCK = (
    select(tables.ehc_case.c.key)
    .where(tables.ehc_case.c.key.in_(bindparam("cases", expanding=True)))
    .order_by(tables.ehc_case.c.key)
    .with_for_update(key_share=True)
)
_LIMITS = (
    select(
        _deadline.c.key,
        _deadline.c.organisation,
        _deadline.c.rule,
        _deadline.c.kind,
        _deadline.c.due_on,
        _deadline.c.alert_at,
        _thread.c.state.label("thread_state"),
        _thread.c.answer_code,
    )
    .outerjoin(_thread, _thread.c.deadline_key == _deadline.c.key)
    .where(
        _deadline.c.case_key.in_(bindparam("cases", expanding=True)),
        _IS_RUNNING,
        _deadline.c.nature == "deadline",
        _deadline.c.exceptions == [],
    )
)
_MOVE = update(_deadline).where(_deadline.c.key == bindparam("row_key")).values(alert_at=bindparam("at"))
