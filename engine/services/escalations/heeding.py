"""What people's answers mean for a thread: who is told now, and when it is looked at next."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import bindparam, select, update

from engine.clock import day_of, start_of_day
from engine.errors import BadInput
from engine.ladder import LEVELS
from engine.services.escalations.escalations import follow, schedule
from engine.services.escalations.hearers import Hearers
from engine.services.escalations.telling import Told, take_back, tell
from engine.store import tables
from engine.store.types import AnyRow

if TYPE_CHECKING:
    from engine.services.deadlines.deadline_rows import Deadline
    from engine.services.step import CaseStep

#: By which way whoever it's handed up to hears, where they chose none.
_AT_ONCE = "email"
#: How long nobody hears of a thread again that is looked after.
_LONGEST_QUIET = timedelta(days=28)


@dataclass(frozen=True)
class _Owed:
    """A thread's limit, as its row tells of it."""

    rule: str
    occurrence: str
    organisation: str
    due_on: date | None


def tell_those_above(step: CaseStep, row: AnyRow, level: str) -> None:
    """Whoever sits at the level is told at once."""
    told = Told(
        key=row.key,
        stage=row.told + 1,
        reason=row.reason,
        level=level,
        channel=_AT_ONCE,
        wording="handed_up",
        subject=f"Case {step.case_key}: an escalation was handed up to you",
    )
    step.connection.execute(_TOLD, {"row_key": row.key, "at": step.now})
    on = day_of(step.engine.working_hours.moment_from(step.now, step.calendar))
    owed = _Owed(row.rule, row.occurrence, row.organisation, row.due_on)
    tell(step, owed, told, Hearers(step, on).of(owed, [level]))


def quieten(step: CaseStep, row: AnyRow, until: date) -> None:
    """Let nobody below a board hear of it until a day has passed; what they would still be sent isn't.

    Raises:
        BadInput: the day is over, or too far ahead.
    """
    if not step.today <= until <= step.today + _LONGEST_QUIET:
        raise BadInput.field(
            "until",
            f"Name a day from today to {step.today + _LONGEST_QUIET}: an escalation doesn't rest for longer.",
        )
    values = {"row_key": row.key, "new_quiet": start_of_day(until + timedelta(days=1))}
    step.connection.execute(_QUIETEN, values)
    take_back(step, [row.key], boards_too=False)
    deadline = _limit(step, row)
    if deadline is not None and deadline.is_told_of:
        resting = step.connection.execute(_THIS, {"row_key": row.key}).one()
        schedule(step, deadline, resting, step.alert_times.place(deadline, row.answer_code))


def heed_answer(step: CaseStep, row: AnyRow, code: str) -> None:
    """The ladder may give whoever answered more time, or tell somebody else at once."""
    deadline = _limit(step, row)
    if deadline is None or not deadline.is_told_of:
        return
    place = step.alert_times.place(deadline, code)
    rung = place.rung(step.today)
    if rung is not None and LEVELS.index(rung.level) > LEVELS.index(row.level):
        follow(step, deadline, step.connection.execute(_THIS, {"row_key": row.key}).one())
        return
    if rung is not None and rung.level == row.level:
        step.connection.execute(_STAND_ON, {"row_key": row.key, "new_row": rung.row})
    resting = row if row.quiet_until is not None and step.now < row.quiet_until else None
    schedule(step, deadline, resting, place)


def _limit(step: CaseStep, row: AnyRow) -> Deadline | None:
    """The limit that a thread is about, if it still runs."""
    return next((each for each in step.ledger.running() if each.key == row.deadline_key), None)


_escalation = tables.escalation
_ONE = update(_escalation).where(_escalation.c.key == bindparam("row_key"))
_THIS = select(_escalation).where(_escalation.c.key == bindparam("row_key"))
_QUIETEN = _ONE.values(quiet_until=bindparam("new_quiet"))
_STAND_ON = _ONE.values(ladder_row=bindparam("new_row"))
_TOLD = _ONE.values(told=_escalation.c.told + 1, told_at=bindparam("at"), quiet_until=None)
