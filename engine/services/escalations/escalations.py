"""Lateness reaches a manager: one thread per deadline, raised by its row and never closed while it stands.

First step of the ladder: a limit that nears goes to the service manager of the organisation that owes it;
a missed one to that manager at once, and to the Group Head when it still stands two days later.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import bindparam, insert, select, update

from engine.clock import start_of_day
from engine.services.audit.audit import Event
from engine.services.deadlines.deadline_rows import Deadline
from engine.services.principals import SEND_TEAM
from engine.store import tables
from engine.store.types import AnyRow

if TYPE_CHECKING:
    from engine.services.step import CaseStep
    from engine.spiff import Thrown

STATES = ("open", "acknowledged", "answered", "resolved")
#: From the bottom up.
LEVELS = (
    "task_holder",
    "service_manager",
    "dco_dsco",
    "group_head",
    "operational_board",
    "strategic_board",
)
#: Days after its last day that a missed limit climbs to the Group Head.
CLIMBS_AFTER_DAYS = 2


@dataclass(frozen=True)
class Rung:
    """What a thread says from an instant on."""

    reason: str
    level: str
    next_at: datetime | None


def rung(deadline: Deadline, now: datetime) -> Rung:
    """Where the ladder stands for a running limit at an instant on or after its first alert."""
    assert deadline.due_on is not None
    assert deadline.broken_at is not None
    climbs_at = start_of_day(deadline.due_on + timedelta(days=1 + CLIMBS_AFTER_DAYS))
    if now < deadline.broken_at:
        return Rung("nearing", "service_manager", deadline.broken_at)
    if now < climbs_at:
        return Rung("missed", "service_manager", climbs_at)
    return Rung("missed", "group_head", None)


def raise_alerts(step: CaseStep) -> None:
    """Raise or move up the thread of every limit of the case whose time has come."""
    for deadline in step.ledger.alerts_due():
        stands = rung(deadline, step.now)
        deadline.alert_at = stands.next_at
        deadline.changed = True
        _raise(step, deadline, stands)


def resolve_ended(step: CaseStep) -> None:
    """Close the threads whose limits are met, lifted, or no longer near."""
    if not step.ledger.eased_any:
        return
    still_told_of = told_of(step)
    for thread in step.connection.execute(_OPEN_THREADS, {"case": step.case_key}).all():
        if thread.deadline_key not in still_told_of:
            resolve_thread(step, thread.key)


def resolve_thread(step: CaseStep, key: int) -> None:
    """Close a thread whose cause has ended."""
    step.connection.execute(_RESOLVE, {"row_key": key, "at": step.now})
    step.audit.append(Event.ESCALATION_RESOLVED, escalation=key)


def told_of(step: CaseStep) -> set[int | None]:
    """The keys of the deadlines whose lateness, or nearness, stands."""
    return {row.key for row in step.ledger.running() if _is_told_of(row, step.now)}


def _is_told_of(deadline: Deadline, now: datetime) -> bool:
    return deadline.first_alert is not None and deadline.first_alert <= now


def join_thread(step: CaseStep, event: Thrown) -> None:
    """A diagram's escalation joins its rule's thread: the row raises, the diagram only adds to it."""
    step.audit.append(Event.ESCALATION_JOINED, element=event.element_id, code=event.name)


def _raise(step: CaseStep, deadline: Deadline, stands: Rung) -> None:
    if deadline.key is None:
        step.ledger.write()
    thread = step.connection.execute(_OF_DEADLINE, {"deadline": deadline.key}).one_or_none()
    if thread is not None and thread.handed_up_to is not None:
        stands = replace(stands, level=max(stands.level, thread.handed_up_to, key=LEVELS.index))
    if thread is None:
        _open_thread(step, deadline, stands)
    elif thread.state == "resolved" or (thread.reason, thread.level) != (stands.reason, stands.level):
        _move_thread(step, thread, stands)
    else:
        return
    for recipient in _recipients(deadline, stands):
        _tell(step, deadline, stands, recipient)


def _open_thread(step: CaseStep, deadline: Deadline, stands: Rung) -> None:
    step.connection.execute(
        _NEW,
        {
            "authority": step.authority,
            "case_key": step.case_key,
            "deadline_key": deadline.key,
            "organisation": deadline.organisation,
            "level": stands.level,
            "reason": stands.reason,
            "state": "open",
            "raised_at": step.now,
            "changed_at": step.now,
        },
    )
    step.audit.append(
        Event.ESCALATION_RAISED,
        rule=deadline.rule,
        occurrence=deadline.occurrence,
        reason=stands.reason,
        level=stands.level,
    )


def _move_thread(step: CaseStep, thread: AnyRow, stands: Rung) -> None:
    values = {"new_level": stands.level, "new_reason": stands.reason, "new_state": "open"}
    step.connection.execute(_MOVE, {"row_key": thread.key, **values, "at": step.now})
    step.audit.append(Event.ESCALATION_MOVED, escalation=thread.key, reason=stands.reason, level=stands.level)


def _recipients(deadline: Deadline, stands: Rung) -> list[str]:
    manager = f"service_manager@{deadline.organisation}"
    return [manager] if stands.level == "service_manager" else [manager, f"group_head@{SEND_TEAM}"]


def _tell(step: CaseStep, deadline: Deadline, stands: Rung, recipient: str) -> None:
    rule = step.engine.statute.rule(deadline.rule)
    assert deadline.due_on is not None
    state = "is nearing" if stands.reason == "nearing" else "was missed"
    step.post(
        "alert",
        reference=f"alert:{step.case_key}:{step.audit.sequence}:{recipient}",
        recipient=recipient,
        subject=f"Case {step.case_key}: a limit {state}",
        body={
            "case": str(step.case_key),
            "rule": deadline.rule,
            "title": rule.title,
            "citation": rule.latest.cite,
            "dueOn": deadline.due_on.isoformat(),
            "reason": stands.reason,
            "level": stands.level,
        },
    )


_escalation = tables.escalation
_OF_DEADLINE = select(_escalation).where(_escalation.c.deadline_key == bindparam("deadline"))
_OPEN_THREADS = select(_escalation).where(
    _escalation.c.case_key == bindparam("case"), _escalation.c.state != "resolved"
)
_NEW = insert(_escalation)
_RESOLVE = (
    update(_escalation)
    .where(_escalation.c.key == bindparam("row_key"))
    .values(
        state="resolved", handed_up_to=None, changed_at=bindparam("at"), version=_escalation.c.version + 1
    )
)
_MOVE = (
    update(_escalation)
    .where(_escalation.c.key == bindparam("row_key"))
    .values(
        level=bindparam("new_level"),
        reason=bindparam("new_reason"),
        state=bindparam("new_state"),
        changed_at=bindparam("at"),
        version=_escalation.c.version + 1,
    )
)
