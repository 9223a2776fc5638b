"""A warning before the ladder tells: a limit that is likely to be missed opens its thread early, once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import bindparam, insert, select, update

from engine.clock import day_of
from engine.services.audit.audit import Actor, Event
from engine.services.deadlines.deadline_rows import Deadline
from engine.services.escalations.escalations import WARNING
from engine.services.escalations.hearers import Hearers
from engine.services.escalations.telling import Told, tell
from engine.services.incidents import guarded
from engine.store import tables
from engine.store.forecast_tables import forecast
from engine.store.types import AnyRow

if TYPE_CHECKING:
    from engine.application import Engine
    from engine.services.step import CaseStep

#: Whoever can still act: the manager of the organisation that owes it.
_LEVEL = "service_manager"
#: By which way they hear, where they chose none.
_AT_ONCE = "email"


@dataclass(frozen=True)
class EarlyWarning:
    """What is said of a limit.

    Attributes:
        per_cent: how likely it is to be missed.
        what_to_do: what would help, in words without a name.
        task_key: the task that this is about, if it is about one.
    """

    deadline_key: int
    per_cent: int
    what_to_do: str
    task_key: int | None


def warn(engine: Engine, case_key: int, warning: EarlyWarning) -> bool:
    """Warn the manager of whoever owes a limit, unless they know; whether anybody was told.

    A limit that has ended or was lifted meanwhile, and one that was warned of, is left alone.

    Raises:
        StepIncident: the case can't be stepped.
    """

    def work(step: CaseStep) -> bool:
        deadline = next((row for row in step.ledger.running() if row.key == warning.deadline_key), None)
        if deadline is None or deadline.exceptions or deadline.due_on is None or deadline.due_on < step.today:
            return False
        thread = step.connection.execute(_THREAD, {"of": deadline.key}).one_or_none()
        if thread is not None and thread.state != "resolved" and thread.level != "task_holder":
            return False  # the ladder has told them
        if step.connection.execute(_WARN, {"of": deadline.key, "at": step.now}).rowcount == 0:
            return False
        if thread is None:
            _tell(step, deadline, warning, _opened(step, deadline, warning), stage=1)
        else:
            _move(step, thread, warning)
            _tell(step, deadline, warning, thread.key, stage=thread.told + 1)
        return True

    return guarded(engine, case_key, "warn of a limit", Actor.clock(), work)


def _opened(step: CaseStep, deadline: Deadline, warning: EarlyWarning) -> int:
    key: int = step.connection.execute(
        _NEW,
        {
            "authority": step.authority,
            "case_key": step.case_key,
            "deadline_key": deadline.key,
            "organisation": deadline.organisation,
            "level": _LEVEL,
            "reason": "nearing",
            "state": "open",
            "raised_at": step.now,
            "changed_at": step.now,
            "told": 1,
            "told_at": step.now,
            "ladder_row": WARNING,
        },
    ).scalar_one()
    step.audit.append(
        Event.ESCALATION_RAISED,
        rule=deadline.rule,
        occurrence=deadline.occurrence,
        reason="nearing",
        level=_LEVEL,
        likelihood=warning.per_cent,
    )
    return key


def _move(step: CaseStep, thread: AnyRow, warning: EarlyWarning) -> None:
    step.connection.execute(_MOVE, {"row_key": thread.key, "at": step.now})
    step.audit.append(
        Event.ESCALATION_MOVED,
        escalation=thread.key,
        reason="nearing",
        level=_LEVEL,
        likelihood=warning.per_cent,
    )


def _tell(step: CaseStep, deadline: Deadline, warning: EarlyWarning, key: int, stage: int) -> None:
    told = Told(
        key=key,
        stage=stage,
        reason="nearing",
        level=_LEVEL,
        channel=_AT_ONCE,
        wording=WARNING,
        subject=f"Case {step.case_key}: a limit may be missed",
        body={
            "likelihood": warning.per_cent,
            "whatToDo": warning.what_to_do,
            **({} if warning.task_key is None else {"task": str(warning.task_key)}),
        },
    )
    on = day_of(step.engine.working_hours.moment_from(step.now, step.calendar))
    tell(step, deadline, told, Hearers(step, on).of(deadline, [_LEVEL]))


_escalation = tables.escalation
_WARN = (
    update(forecast)
    .where(forecast.c.deadline_key == bindparam("of"), forecast.c.warned_at.is_(None))
    .values(warned_at=bindparam("at"))
)
_THREAD = select(_escalation).where(_escalation.c.deadline_key == bindparam("of"))
_NEW = insert(_escalation).returning(_escalation.c.key)
_MOVE = (
    update(_escalation)
    .where(_escalation.c.key == bindparam("row_key"))
    .values(
        level=_LEVEL,
        reason="nearing",
        state="open",
        ladder_row=WARNING,
        told=_escalation.c.told + 1,
        told_at=bindparam("at"),
        changed_at=bindparam("at"),
        version=_escalation.c.version + 1,
    )
)
