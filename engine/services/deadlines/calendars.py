"""Corrections of the calendar: a bank holiday that was proclaimed, moved or taken back, with its reason.

Every running limit of the authority is worked out again with it, case by case under each case's lock.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from sqlalchemy import bindparam, delete, insert, select

from engine.calendar import CalendarRefused, Correction
from engine.errors import BadInput, StepIncident
from engine.services.audit.audit import Actor
from engine.services.incidents import guarded
from engine.services.step import CaseStep
from engine.store import tables

if TYPE_CHECKING:
    from engine.application import Engine


@dataclass(frozen=True)
class Moved:
    """A limit that a correction moved."""

    case_key: int
    rule: str
    occurrence: str
    before: date | None
    after: date | None


def correct(engine: Engine, authority: str, correction: Correction) -> list[Moved]:
    """Store a correction and move what hangs on it; gives the limits that moved.

    Raises:
        BadInput: it changes nothing, or has no reason.
    """
    try:
        engine.calendar(authority).check(correction)
    except CalendarRefused as refused:
        raise BadInput(str(refused)) from None
    with engine.database.write() as connection:
        connection.execute(_FORGET, {"of": authority, "on": correction.day})
        connection.execute(
            insert(tables.calendar_correction),
            {
                "authority": authority,
                "day": correction.day,
                "is_holiday": correction.is_holiday,
                "reason": correction.reason,
                "recorded_at": engine.clock.now(),
            },
        )
    engine.forget_calendar(authority)
    moved: list[Moved] = []
    for case_key in _running_cases(engine, authority):
        with suppress(StepIncident):  # stored with the case; the others still follow
            moved += _recompute(engine, case_key)
    return moved


def corrections(engine: Engine, authority: str) -> list[Correction]:
    """The authority's corrections, by day."""
    table = tables.calendar_correction
    with engine.database.read() as connection:
        query = select(table).where(table.c.authority == authority).order_by(table.c.day)
        rows = connection.execute(query).all()
    return [Correction(row.day, row.is_holiday, row.reason) for row in rows]


def _running_cases(engine: Engine, authority: str) -> list[int]:
    with engine.database.read() as connection:
        return list(connection.execute(_RUNNING, {"authority": authority}).scalars())


def _recompute(engine: Engine, case_key: int) -> list[Moved]:
    def work(step: CaseStep) -> list[Moved]:
        before = {key: row.due_on for key, row in step.ledger.deadlines.items() if row.is_running}
        step.ledger.reopen_law()
        step.rearm()
        after = step.ledger.deadlines
        return [
            Moved(case_key, rule, which, due_on, after[rule, which].due_on)
            for (rule, which), due_on in before.items()
            if after[rule, which].due_on != due_on
        ]

    return guarded(engine, case_key, "follow the corrected calendar", Actor.clock(), work)


_table = tables.calendar_correction
_FORGET = delete(_table).where(_table.c.authority == bindparam("of"), _table.c.day == bindparam("on"))
_RUNNING = (
    select(tables.deadline.c.case_key)
    .where(tables.deadline.c.authority == bindparam("authority"), tables.deadline.c.status == "running")
    .group_by(tables.deadline.c.case_key)
    .order_by(tables.deadline.c.case_key)
)
