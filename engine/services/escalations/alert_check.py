"""Proves that every limit that runs is looked at when the ladder in force next has something to say."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from sqlalchemy import bindparam, select

from engine.clock import format_instant
from engine.services.deadlines.deadline_rows import Deadline
from engine.services.escalations.telling import BOARDS
from engine.store import tables
from engine.store.types import AnyRow

if TYPE_CHECKING:
    from engine.services.step import CaseStep


def unheard(step: CaseStep) -> Iterator[str]:
    """The limits of a case that would be told of later than the ladder says, or never."""
    threads = {row.deadline_key: row for row in step.connection.execute(_THREADS, {"case": step.case_key})}
    for row in step.ledger.running():
        if row.is_told_of:
            yield from _late(step, row, threads.get(row.key))


def _late(step: CaseStep, row: Deadline, thread: AnyRow | None) -> Iterator[str]:
    place = step.alert_times.place(row, thread.answer_code if thread is not None else None)
    if thread is None or thread.state == "resolved":
        first = place.first()
        expected = None if first is None else max(first, step.now)
    else:
        expected = place.next(step.today, least=None if thread.quiet_until is None else BOARDS[0])
    if expected is not None and (row.alert_at is None or row.alert_at > expected):
        told = "never" if row.alert_at is None else f"at {format_instant(row.alert_at)}"
        says = format_instant(expected)
        yield f"{row.rule} would be told of {told}; by the ladder in force it's due at {says}"


_THREADS = select(tables.escalation).where(tables.escalation.c.case_key == bindparam("case"))
