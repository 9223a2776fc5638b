"""Lateness reaches people: one thread per limit, raised by its row, and never closed while it stands.

The ladder in force says who hears of a limit on which day; a thread climbs with it, is quiet while somebody
looks after it until a day that they named, and is raised again when that day has passed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import bindparam, insert, select, update

from engine.clock import day_of
from engine.ladder import LEVELS as LEVELS
from engine.ladder import Rung
from engine.services.audit.audit import Event
from engine.services.deadlines.deadline_rows import Deadline
from engine.services.escalations.alert_times import Place
from engine.services.escalations.hearers import Hearers
from engine.services.escalations.telling import BOARDS, Told, heard, take_back, tell
from engine.store import tables
from engine.store.types import AnyRow

if TYPE_CHECKING:
    from engine.services.step import CaseStep
    from engine.spiff import Thrown

STATES = ("open", "acknowledged", "answered", "resolved")
#: Stands for a row of the ladder in a thread that began with a warning.
WARNING = "early_warning"
#: Of a thread that is raised again after a quiet time.
_AGAIN = "raised_again"


@dataclass(frozen=True)
class Standing:
    """What a thread says now."""

    reason: str
    level: str
    rung: Rung

    @property
    def place(self) -> tuple[str, str]:
        """Why it's there, and how high."""
        return self.reason, self.level


def raise_alerts(step: CaseStep) -> None:
    """Raise or move up the thread of every limit of the case whose time has come."""
    due = step.ledger.alerts_due()
    if due:
        if any(deadline.key is None for deadline in due):
            step.ledger.write()
        threads = {row.deadline_key: row for row in step.connection.execute(_OF_CASE, _case(step))}
        for deadline in due:
            follow(step, deadline, threads.get(deadline.key))
    _count_joined(step)


def follow(step: CaseStep, deadline: Deadline, thread: AnyRow | None) -> None:
    """Bring a limit's thread to where the ladder stands now, and set when to look at it again."""
    step.alerts_followed += 1
    place = step.alert_times.place(deadline, thread.answer_code if thread is not None else None)
    stands = _standing(step, deadline, place, thread)
    quiet = thread is not None and _stays_quiet(step, thread, stands)
    schedule(step, deadline, thread if quiet else None, place)
    if stands is None or quiet:
        return
    if thread is None:
        _tell(step, deadline, stands, _open_thread(step, deadline, stands), stage=1)
    elif _is_news(thread, stands):
        _move_thread(step, deadline, thread, stands)
    else:
        _tell_the_rest(step, deadline, thread, stands)


def schedule(step: CaseStep, deadline: Deadline, quiet: AnyRow | None, place: Place) -> None:
    """Set when a limit is looked at next.

    Args:
        quiet: its thread, if that rests: it is woken by its day, by a miss, and for the boards.
    """
    broken = deadline.broken_at if deadline.broken_at and step.now < deadline.broken_at else None
    least = None if quiet is None else BOARDS[0]
    wakes = [place.next(step.today, least=least), broken]
    if quiet is not None:
        wakes.append(quiet.quiet_until)
    deadline.alert_at = min((at for at in wakes if at is not None), default=None)
    deadline.changed = True


def _standing(step: CaseStep, deadline: Deadline, place: Place, thread: AnyRow | None) -> Standing | None:
    """Where the ladder stands; while its cause stands, time alone never brings a thread down."""
    rung = place.rung(step.today)
    assert deadline.broken_at is not None
    if rung is None:
        return None
    reason = "nearing" if step.now < deadline.broken_at else "missed"
    held = [rung.level]
    if thread is not None and thread.state != "resolved":
        held.append(thread.handed_up_to or rung.level)
        held.append(thread.level if thread.reason == reason else rung.level)
    return Standing(reason, max(held, key=LEVELS.index), rung)


def _stays_quiet(step: CaseStep, thread: AnyRow, stands: Standing | None) -> bool:
    """Whether it rests: until its day, but not for a limit that was just missed, and never from a board."""
    if thread.quiet_until is None or thread.state == "resolved" or step.now >= thread.quiet_until:
        return False
    return stands is None or (
        not _was_just_missed(thread, stands) and (stands.level not in BOARDS or stands.level == thread.level)
    )


def _was_just_missed(thread: AnyRow, stands: Standing) -> bool:
    return bool(thread.reason == "nearing" and stands.reason == "missed")


def _is_news(thread: AnyRow, stands: Standing) -> bool:
    if thread.state == "resolved" or thread.quiet_until is not None:
        return True
    if (thread.reason, thread.level) != stands.place:
        return True
    is_another_row = thread.ladder_row not in (None, stands.rung.row)
    return is_another_row and stands.level == stands.rung.level


def _open_thread(step: CaseStep, deadline: Deadline, stands: Standing) -> int:
    key: int = step.connection.execute(
        _NEW, {**_first(step, deadline, *stands.place), "ladder_row": stands.rung.row}
    ).scalar_one()
    step.audit.append(
        Event.ESCALATION_RAISED,
        rule=deadline.rule,
        occurrence=deadline.occurrence,
        reason=stands.reason,
        level=stands.level,
    )
    return key


def _first(step: CaseStep, deadline: Deadline, reason: str, level: str) -> dict[str, object]:
    """A new thread's row."""
    return {
        "authority": step.authority,
        "case_key": step.case_key,
        "deadline_key": deadline.key,
        "organisation": deadline.organisation,
        "level": level,
        "reason": reason,
        "state": "open",
        "raised_at": step.now,
        "changed_at": step.now,
        "told": 1,
        "told_at": step.now,
    }


def _move_thread(step: CaseStep, deadline: Deadline, thread: AnyRow, stands: Standing) -> None:
    again = _ends_its_quiet(thread, step)
    values = {"new_level": stands.level, "new_reason": stands.reason, "new_row": stands.rung.row}
    step.connection.execute(_MOVE, {"row_key": thread.key, **values, "at": step.now})
    same = thread.state != "resolved" and (thread.reason, thread.level) == stands.place
    if same:
        _note_told(step, thread, stands, thread.told + 1)
    else:
        step.audit.append(
            Event.ESCALATION_MOVED, escalation=thread.key, reason=stands.reason, level=stands.level
        )
    _tell(step, deadline, stands, thread.key, stage=thread.told + 1, again=again)


def _ends_its_quiet(thread: AnyRow, step: CaseStep) -> bool:
    return bool(thread.quiet_until is not None and step.now >= thread.quiet_until)


def _tell(
    step: CaseStep, deadline: Deadline, stands: Standing, key: int, stage: int, *, again: bool = False
) -> None:
    told = _told(stands, key, stage, again=again)
    tell(step, deadline, told, _hearers(step).of(deadline, roles_of(stands)))


def _tell_the_rest(step: CaseStep, deadline: Deadline, thread: AnyRow, stands: Standing) -> None:
    """Tell whoever the ladder names now and didn't before; nobody is told the same twice."""
    if thread.handed_up_to is not None:
        return
    known = heard(step, thread.key, thread.told)
    found = _hearers(step).of(deadline, stands.rung.roles)
    new = [each for each in found if (each.membership_key or each.recipient) not in known]
    if new:
        stage = max(thread.told, 1)
        values = {"row_key": thread.key, "new_row": stands.rung.row, "new_told": stage, "at": step.now}
        step.connection.execute(_SAME, values)
        _note_told(step, thread, stands, stage)
        tell(step, deadline, _told(stands, thread.key, stage), new)


def _note_told(step: CaseStep, thread: AnyRow, stands: Standing, stage: int) -> None:
    step.audit.append(
        Event.ESCALATION_TOLD, escalation=thread.key, reason=stands.reason, level=stands.level, told=stage
    )


def _told(stands: Standing, key: int, stage: int, *, again: bool = False) -> Told:
    return Told(
        key=key,
        stage=stage,
        reason=stands.reason,
        level=stands.level,
        channel=stands.rung.channel,
        wording=_AGAIN if again else stands.rung.wording,
        row=stands.rung.row,
    )


def roles_of(stands: Standing) -> Sequence[str]:
    """Whom the row names, and the level to which somebody handed it up beyond that."""
    roles = stands.rung.roles
    return roles if stands.level in (stands.rung.level, *roles) else (stands.level, *roles)


def _hearers(step: CaseStep) -> Hearers:
    """Who hears is asked for the day on which they hear."""
    on = day_of(step.engine.working_hours.moment_from(step.now, step.calendar))
    return Hearers(step, on)


# --- the end of a thread -------------------------------------------------------------------


def resolve_ended(step: CaseStep) -> None:
    """Close the threads whose limits are met, lifted, or no longer near."""
    if not step.ledger.eased_any:
        return
    running = {row.key: row for row in step.ledger.running()}
    ended = [
        thread.key
        for thread in step.connection.execute(_OPEN_THREADS, _case(step)).all()
        if not stands_still(step, thread, running)
    ]
    if ended:
        resolve_threads(step, ended)


def stands_still(step: CaseStep, thread: AnyRow, running: Mapping[int | None, Deadline]) -> bool:
    """Whether the cause of a thread stands: its limit runs and has come near, or a warning was given."""
    deadline = running.get(thread.deadline_key)
    if deadline is None or not deadline.is_told_of:
        return False
    first = step.alert_times.first(deadline)
    is_near = first is not None and first <= step.now
    is_warned_of = thread.ladder_row == WARNING and thread.reason == "nearing"
    return is_near or is_warned_of


def resolve_threads(step: CaseStep, keys: Sequence[int]) -> None:
    """Close threads whose cause has ended; what wasn't sent of them is never sent."""
    for key in keys:
        step.connection.execute(_RESOLVE, {"row_key": key, "at": step.now})
        step.audit.append(Event.ESCALATION_RESOLVED, escalation=key)
    take_back(step, keys)


# --- what a diagram adds -------------------------------------------------------------------


def join_thread(step: CaseStep, event: Thrown) -> None:
    """A diagram's escalation joins its rule's thread: the row raises, the diagram only adds to it."""
    step.audit.append(Event.ESCALATION_JOINED, element=event.element_id, code=event.name)
    if len(step.limits_fired) == 1:
        step.joined.update(step.limits_fired)


def _count_joined(step: CaseStep) -> None:
    for limit, times in step.joined.items():
        deadline = step.ledger.deadlines.get(limit)
        if deadline is not None and deadline.key is not None:
            step.connection.execute(_JOIN, {"of": deadline.key, "times": times})
    step.joined.clear()


def _case(step: CaseStep) -> dict[str, int]:
    return {"case": step.case_key}


_escalation = tables.escalation
_OF_CASE = select(_escalation).where(_escalation.c.case_key == bindparam("case"))
_OPEN_THREADS = _OF_CASE.where(_escalation.c.state != "resolved")
_NEW = insert(_escalation).returning(_escalation.c.key)
_ONE = update(_escalation).where(_escalation.c.key == bindparam("row_key"))
_NEXT = {"changed_at": bindparam("at"), "version": _escalation.c.version + 1}
_RESOLVE = _ONE.values(state="resolved", handed_up_to=None, quiet_until=None, **_NEXT)
_MOVE = _ONE.values(
    level=bindparam("new_level"),
    reason=bindparam("new_reason"),
    ladder_row=bindparam("new_row"),
    state="open",
    quiet_until=None,
    told=_escalation.c.told + 1,
    told_at=bindparam("at"),
    **_NEXT,
)
#: More people hear of what stands as it stood.
_SAME = _ONE.values(
    ladder_row=bindparam("new_row"), told=bindparam("new_told"), told_at=bindparam("at"), **_NEXT
)
_JOIN = (
    update(_escalation)
    .where(_escalation.c.deadline_key == bindparam("of"))
    .values(joined=_escalation.c.joined + bindparam("times"))
)
