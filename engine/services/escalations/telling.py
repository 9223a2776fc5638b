"""People are told of a thread: a hearing for each, and a message for each who hears of it at once.

What waits for a digest is a hearing alone. Nothing here holds a name or a word about a child.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sqlalchemy import and_, bindparam, insert, or_, select, update

from engine.ladder import DIGEST
from engine.services.escalations.hearers import Hearer, Owed, tasks_of
from engine.services.permissions import GRANTS
from engine.store import tables
from engine.store.hearing_tables import UNTOLD, hearing

if TYPE_CHECKING:
    from engine.services.step import CaseStep

#: Levels that see figures and lateness, and are quietened by nobody.
BOARDS = ("operational_board", "strategic_board")


@dataclass(frozen=True)
class Told:
    """What one telling of a thread says.

    Attributes:
        key: of the thread.
        stage: the how many-th telling it is.
        channel: `DIGEST`, or by which way it goes at once.
        row: the row of the ladder that says so; None: a person, or a warning before the ladder.
        body: what a message says besides what every message of a thread does.
    """

    key: int
    stage: int
    reason: str
    level: str
    channel: str
    wording: str
    row: str | None = None
    subject: str | None = None
    body: Mapping[str, object] = field(default_factory=dict)


def tell(step: CaseStep, deadline: Owed, told: Told, hearers: Iterable[Hearer]) -> None:
    """Let people hear: at once, in working hours, or with the next digest. Written when the step is saved."""
    for hearer in hearers:
        is_at_once = told.channel != DIGEST
        reference = f"alert:{told.key}:{told.stage}:{hearer.membership_key or hearer.recipient}"
        if is_at_once:
            _post(step, deadline, told, hearer, reference)
        step.hearings.append(
            {
                "authority": step.authority,
                "case_key": step.case_key,
                "escalation_key": told.key,
                "stage": told.stage,
                "membership_key": hearer.membership_key,
                "recipient": hearer.recipient,
                "instead_of": hearer.instead_of,
                "covers_key": hearer.covers_key,
                "level": told.level,
                "reason": told.reason,
                "ladder_row": told.row,
                "channel": told.channel,
                "wording": told.wording,
                "created_at": step.now,
                "told_at": step.now if is_at_once else None,
                "reference": reference,
            }
        )


def write(step: CaseStep, posted: Mapping[str, int]) -> None:
    """Write the hearings of a step.

    Args:
        posted: the keys of the messages that were just written, by their references.
    """
    rows = [{**row, "outbox_key": posted.get(row["reference"])} for row in step.hearings]
    step.hearings = []
    step.connection.execute(_NEW, [{k: v for k, v in row.items() if k != "reference"} for row in rows])


def take_back(step: CaseStep, threads: Sequence[int], *, boards_too: bool = True) -> None:
    """What nobody has read yet of some threads is never sent: neither alone nor with a digest."""
    which = {"threads": tuple(threads), "at": step.now}
    for cancel in (_CANCEL_ALL, _WITHDRAW_ALL) if boards_too else (_CANCEL_BELOW, _WITHDRAW_BELOW):
        step.connection.execute(cancel, which)


def heard(step: CaseStep, thread: int, stage: int) -> set[int | str]:
    """Who was told at one stage of a thread: keys of memberships, and roles without anybody."""
    rows = step.connection.execute(_HEARD, {"thread": thread, "nth": stage}).all()
    return {row.membership_key or row.recipient for row in rows}


def _post(step: CaseStep, deadline: Owed, told: Told, hearer: Hearer, reference: str) -> None:
    rule = step.engine.statute.rule(deadline.rule)
    assert deadline.due_on is not None
    task = hearer.task or next(iter(tasks_of(step, deadline)), None)
    state = "is nearing" if told.reason == "nearing" else "was missed"
    step.post(
        "alert",
        reference=reference,
        recipient=hearer.recipient,
        membership_key=hearer.membership_key,
        channel=told.channel,
        wording=told.wording,
        not_before=step.engine.working_hours.moment_from(step.now, step.calendar),
        subject=told.subject or f"Case {step.case_key}: a limit {state}",
        body={
            "case": str(step.case_key),
            "escalation": str(told.key),
            "rule": deadline.rule,
            "title": rule.title,
            "citation": rule.latest.cite,
            "dueOn": deadline.due_on.isoformat(),
            "days": (step.today - deadline.due_on).days,
            "reason": told.reason,
            "level": told.level,
            "count": told.stage,
            "task": str(task.key) if task else None,
            "step": task.name if task else rule.title,
            "whatToDo": _what_to_do(told, hearer),
            "link": _link(told, hearer),
            **told.body,
        },
    )


def _what_to_do(told: Told, hearer: Hearer) -> str:
    if hearer.task is not None:
        return "Complete the task, or say what stands in the way."
    if told.level in BOARDS:
        return "Ask what holds it up, and decide what is needed."
    if told.reason == "nearing":
        return "See that it is done in time, or hand it up."
    return "See that it is done now, and answer why it is late."


def _link(told: Told, hearer: Hearer) -> str:
    """Where its reader may look: whoever works on the task, and nothing else, at the task."""
    role = hearer.recipient.partition("@")[0]
    if hearer.task is not None and role not in GRANTS["escalation:read"]:
        return f"/tasks/{hearer.task.key}"
    return f"/escalations/{told.key}"


_outbox = tables.outbox
_NEW = insert(hearing)
_HEARD = select(hearing.c.membership_key, hearing.c.recipient).where(
    hearing.c.escalation_key == bindparam("thread"),
    hearing.c.stage == bindparam("nth"),
    hearing.c.withdrawn_at.is_(None),
)
_OF_THREADS = hearing.c.escalation_key.in_(bindparam("threads", expanding=True))
_BELOW = hearing.c.level.not_in(BOARDS)
_UNSENT = select(hearing.c.outbox_key).where(
    _OF_THREADS, hearing.c.channel != DIGEST, hearing.c.outbox_key.is_not(None)
)
#: What is being sent at this very moment arrives; its sender sees that it was cancelled.
_CANCEL = (
    update(_outbox)
    .where(_outbox.c.state.in_(("waiting", "held")))
    .values(state="canceled", ended_at=bindparam("at"), version=_outbox.c.version + 1)
)
_CANCELED = select(_outbox.c.key).where(_outbox.c.key == hearing.c.outbox_key, _outbox.c.state == "canceled")
_WITHDRAW = (
    update(hearing)
    .where(
        _OF_THREADS,
        or_(
            UNTOLD,
            and_(hearing.c.withdrawn_at.is_(None), hearing.c.channel != DIGEST, _CANCELED.exists()),
        ),
    )
    .values(withdrawn_at=bindparam("at"))
)
_CANCEL_ALL = _CANCEL.where(_outbox.c.key.in_(_UNSENT))
_CANCEL_BELOW = _CANCEL.where(_outbox.c.key.in_(_UNSENT.where(_BELOW)))
_WITHDRAW_ALL, _WITHDRAW_BELOW = _WITHDRAW, _WITHDRAW.where(_BELOW)
