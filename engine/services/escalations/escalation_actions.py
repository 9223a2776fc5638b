"""What people do about lateness: acknowledge, note, answer with a coded reason, hand up.

None of it ends a thread: it ends with its cause, and stays as long as the cause stands.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING

from sqlalchemy import Connection, bindparam, insert, update

from engine.errors import BadInput, Conflict, NotPermitted, VersionMismatch
from engine.services.audit.audit import Actor, Event
from engine.services.escalations import escalation_threads, lateness_reasons
from engine.services.escalations.escalations import LEVELS, resolve_threads, stands_still
from engine.services.escalations.hearers import followers
from engine.services.escalations.heeding import heed_answer, quieten, tell_those_above
from engine.services.escalations.views_of_escalations import ThreadView
from engine.services.incidents import guarded
from engine.services.principals import Principal
from engine.services.step import CaseStep
from engine.store import tables
from engine.store.types import AnyRow
from engine.store.work_tables import escalation_entry

if TYPE_CHECKING:
    from engine.application import Engine

Work = Callable[[CaseStep, AnyRow], None]

#: The level of a role that isn't named as its level is; officers and the like have none.
_LEVEL_OF = {"dco": "dco_dsco", "dsco": "dco_dsco"}


def acknowledge(
    engine: Engine, principal: Principal, key: str, version: int | None = None, *, until: date | None = None
) -> ThreadView:
    """Say that one has seen it and looks after it. Saying so again changes nothing.

    Args:
        until: the last day on which nobody below a board is told of it again. It is raised again on the day
            after, and at once if the limit is missed meanwhile.

    Raises:
        BadInput: the day is over, or too far ahead.
        Conflict: it is resolved.
        NotPermitted: a day is named by somebody below the level at which it stands.
        NotFound, VersionMismatch: as their names say.
    """

    def work(step: CaseStep, row: AnyRow) -> None:
        if until is not None:
            _require_reach(principal, row)
            quieten(step, row, until)
        if row.state == "open" or until is not None:
            event = Event.ESCALATION_ACKNOWLEDGED
            _enter(step, row, "acknowledged", event, state="acknowledged", until=until)

    return _on(engine, principal, key, version, "acknowledge", work)


def note(
    engine: Engine, principal: Principal, key: str, words: str, version: int | None = None
) -> ThreadView:
    """Add words to the thread.

    Raises:
        BadInput: there are none.
        Conflict: it is resolved.
        NotFound, VersionMismatch: as their names say.
    """
    if not words.strip():
        raise BadInput.field("note", "Write what is to be known.")

    def work(step: CaseStep, row: AnyRow) -> None:
        _enter(step, row, "note", Event.ESCALATION_NOTED, words=words.strip())

    return _on(engine, principal, key, version, "note", work)


def give_answer(
    engine: Engine,
    principal: Principal,
    key: str,
    code: str,
    words: str | None = None,
    version: int | None = None,
) -> ThreadView:
    """Say why it is late, by one of the coded reasons that are offered. It counts in figures as the last one.

    Raises:
        BadInput: there is no such reason, or the reason "other" is told in no words.
        Conflict: it is resolved.
        NotFound, VersionMismatch: as their names say.
    """

    def work(step: CaseStep, row: AnyRow) -> None:
        lateness_reasons.require_offered(step.connection, step.authority, code, step.today)
        if code == "other" and not (words or "").strip():
            raise BadInput.field("note", "Say what the other reason is.")
        said = words and words.strip()
        _enter(step, row, "answered", Event.ESCALATION_ANSWERED, state="answered", code=code, words=said)
        heed_answer(step, row, code)

    return _on(engine, principal, key, version, "answer", work)


def hand_up(
    engine: Engine, principal: Principal, key: str, words: str | None = None, version: int | None = None
) -> ThreadView:
    """Hand it to the next level, who is told; time alone doesn't bring it down again while it stands.

    Raises:
        Conflict: it is resolved, or at the top.
        NotFound, VersionMismatch: as their names say.
    """

    def work(step: CaseStep, row: AnyRow) -> None:
        level = _above(row.level, row.organisation)
        _enter(
            step,
            row,
            "handed_up",
            Event.ESCALATION_HANDED,
            state="open",
            level=level,
            words=words and words.strip(),
        )
        tell_those_above(step, row, level)

    return _on(engine, principal, key, version, "hand up", work)


def resolve(engine: Engine, principal: Principal, key: str, version: int | None = None) -> ThreadView:
    """Close a thread whose cause has ended. It closes by itself then; what is closed stays so.

    Raises:
        Conflict: the cause stands.
        NotFound, VersionMismatch: as their names say.
    """

    def work(step: CaseStep, row: AnyRow) -> None:
        if row.state == "resolved":
            return
        if stands_still(step, row, {each.key: each for each in step.ledger.running()}):
            raise Conflict(
                f"The limit {row.rule} still stands, with {row.due_on} as its last day. The escalation ends"
                " by itself once the duty is met, lifted by an exception, or moved by a correction."
            )
        resolve_threads(step, [row.key])

    return _on(engine, principal, key, version, "resolve", work, may_be_over=True)


def _require_reach(principal: Principal, row: AnyRow) -> None:
    """A quiet keeps others from hearing: nobody below the thread's level may ask for one."""
    own = _LEVEL_OF.get(principal.role, principal.role)
    if own not in LEVELS or LEVELS.index(own) < LEVELS.index(row.level):
        raise NotPermitted(
            f"Escalation {row.key} stands at the level {row.level}: only a manager of that level or above may"
            " name a day until which nobody is told. Acknowledge it without a day, or ask them."
        )


def _on(
    engine: Engine,
    principal: Principal,
    key: str,
    version: int | None,
    verb: str,
    work: Work,
    *,
    may_be_over: bool = False,
) -> ThreadView:
    principal.require("escalation:answer")

    def case_of(connection: Connection) -> int:
        case_key: int = escalation_threads.find(connection, principal, key).case_key
        return case_key

    def then_look(step: CaseStep) -> ThreadView:
        row = escalation_threads.find(step.connection, principal, key)
        if version is not None and version != row.version:
            raise VersionMismatch(
                f"Escalation {row.key} stands at version {row.version}, not {version}. Read it again."
            )
        if row.state == "resolved" and not may_be_over:
            raise Conflict(f"Escalation {row.key} is resolved: its cause has ended.")
        work(step, row)
        step.save()
        after = escalation_threads.find(step.connection, principal, key)
        return escalation_threads.thread_of(engine, step.connection, principal, after)

    actor = Actor(principal.membership_key, principal.organisation)
    return guarded(engine, case_of, f"{verb} an escalation", actor, then_look)


def _enter(
    step: CaseStep,
    row: AnyRow,
    kind: str,
    event: Event,
    *,
    state: str | None = None,
    level: str | None = None,
    code: str | None = None,
    words: str | None = None,
    until: date | None = None,
) -> None:
    """Write an entry, and what it changes of the thread. The words stay out of the audit trail."""
    step.connection.execute(
        _ENTRY,
        {
            "authority": step.authority,
            "case_key": step.case_key,
            "escalation_key": row.key,
            "membership_key": step.actor.membership_key,
            "kind": kind,
            "level": level or row.level,
            "code": code,
            "words": words,
            "at": step.now,
        },
    )
    values = {
        "new_state": state or row.state,
        "new_level": level or row.level,
        "new_handed": level or row.handed_up_to,
        "new_code": code or row.answer_code,
    }
    step.connection.execute(_CHANGE, {"row_key": row.key, "at": step.now, **values})
    facts = {} if until is None else {"until": until.isoformat()}
    step.audit.append(event, escalation=row.key, level=values["new_level"], code=code, **facts)


def _above(level: str, organisation: str) -> str:
    """The next level; a designated officer answers only for health and care."""
    above = LEVELS[LEVELS.index(level) + 1 :]
    if not above:
        raise Conflict("It is with the Strategic Board: there is nobody above.")
    return above[1] if above[0] == "dco_dsco" and not followers(organisation) else above[0]


_escalation = tables.escalation
_ENTRY = insert(escalation_entry)
_CHANGE = (
    update(_escalation)
    .where(_escalation.c.key == bindparam("row_key"))
    .values(
        state=bindparam("new_state"),
        level=bindparam("new_level"),
        handed_up_to=bindparam("new_handed"),
        answer_code=bindparam("new_code"),
        changed_at=bindparam("at"),
        version=_escalation.c.version + 1,
    )
)
