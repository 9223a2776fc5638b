"""Corrections with a reason: an anchor that was wrong, an exception that lifts a limit, a withdrawal.

Each shows every deadline before and after, and moves all that hangs on it in the same transaction.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import insert

from engine.errors import BadInput, CaseClosed, FieldProblem
from engine.law import UnknownRule
from engine.services.audit.audit import Actor, Event
from engine.services.cases.cases import find_case
from engine.services.deadlines.deadline_rows import Deadline
from engine.services.deadlines.liftings import CLOSURES, Lifting
from engine.services.deadlines.views_of_deadlines import ledger_views
from engine.services.incidents import guarded
from engine.services.principals import Principal
from engine.services.reviews import review_due
from engine.services.step import CLOSED_STATUSES, CaseStep
from engine.services.views import ChangeView, DeadlineView
from engine.store import tables

if TYPE_CHECKING:
    from engine.application import Engine

_FOUR_WEEKS = timedelta(weeks=4)
_LONGEST_ABSENCE = {"EX_ABSENT_4W": _FOUR_WEEKS, "EX_ABSENT_2W": timedelta(weeks=2)}


@dataclass(frozen=True)
class NewException:
    """Why a limit need not be kept: the circumstance, and that it makes keeping it impractical.

    An occurrence (an adviser's code) keeps it to the limits of that one; "" means every occurrence.
    """

    code: str
    rules: list[str]
    start: date
    end: date | None
    evidence: str
    impractical_because: str
    family_told_on: date | None = None
    occurrence: str = ""


def correct_anchor(
    engine: Engine,
    principal: Principal,
    case_key: str,
    anchor: str,
    on: date,
    reason: str,
    occurrence: str = "",
    *,
    version: int | None = None,
) -> ChangeView:
    """Set a fact that limits count from, with a reason; every limit and timer that hangs on it moves.

    Raises:
        BadInput: an unknown anchor, no reason, a day in the future for what has happened, or one that is out
            of order with another fact.
    """
    today = engine.clock.today()
    if anchor not in engine.statute.anchors():
        raise BadInput.field("anchor", f"{anchor} isn't an anchor. See: ehc statute anchors.")
    if not reason.strip():
        raise BadInput.field("reason", "Say why the date changes.")
    if on > today and not engine.statute.anchors()[anchor].planned:
        raise BadInput.field("date", f"{anchor} is a fact and can't lie after today, {today}.")
    if len(occurrence) > _LONGEST_OCCURRENCE:
        raise BadInput.field("occurrence", f"occurrence has at most {_LONGEST_OCCURRENCE} letters.")

    def work(step: CaseStep) -> None:
        if on < step.born_on():
            raise BadInput.field("date", f"{anchor} can't lie before the child's birth.")
        _check_order(step, anchor, on, occurrence)
        if anchor in _RECEIPT and (anchor, "") in step.ledger.anchors:
            step.case_received(on)
        step.ledger.record(anchor, on, occurrence, correcting=True)
        review_due.follow(step, anchor, on, occurrence)
        step.note_reason(Event.ANCHOR_CORRECTED, reason, anchor=anchor, after=on.isoformat())
        step.rearm()
        step.save()  # what has become due by it is looked up in the tables
        step.fire_due()

    return _change(engine, principal, case_key, f"correct {anchor}", work, version)


def record_exception(
    engine: Engine,
    principal: Principal,
    case_key: str,
    new: NewException,
    *,
    version: int | None = None,
) -> ChangeView:
    """Record a circumstance that lifts limits (for instance regulation 10(4)); late is then late excused.

    It lifts the limit; it doesn't stop the clock, and the duty stays. Nobody is told of lateness any more.
    A limit that opens later is lifted too, if the circumstance falls within its time.

    Raises:
        BadInput: the code doesn't exist or is no longer in force, doesn't lift a rule that is named, lacks
            its evidence, its period is too short for what the law asks or meets no limit that it names, or
            the case has no such occurrence.
    """
    problems = _problems(engine, new)
    if problems:
        raise BadInput("The exception can't be recorded.", problems)

    def work(step: CaseStep) -> None:
        lifting = Lifting(new.code, tuple(new.rules), new.occurrence, new.start, new.end)
        _check_closure(step, new)
        _check_limits(step.ledger.all(), lifting)
        step.connection.execute(insert(tables.exception), _row(step, principal, new))
        step.audit.append(
            Event.EXCEPTION_RECORDED,
            code=new.code,
            rules=new.rules,
            occurrence=new.occurrence,
            start=new.start.isoformat(),
        )
        step.ledger.except_rules(lifting)

    return _change(engine, principal, case_key, f"record {new.code}", work, version)


def withdraw(
    engine: Engine,
    principal: Principal,
    case_key: str,
    withdrawn_on: date,
    reason: str,
    *,
    version: int | None = None,
) -> ChangeView:
    """End a request that was withdrawn: its tasks and timers go, its running limits end as withdrawn.

    Raises:
        BadInput: no reason, or a day in the future or before the request.
        CaseClosed: it has ended already, withdrawn or with a decision.
    """
    if withdrawn_on > engine.clock.today():
        raise BadInput.field("withdrawnOn", "A withdrawal can't lie in the future.")
    if not reason.strip():
        raise BadInput.field("reason", "Say why the request ends.")

    def work(step: CaseStep) -> None:
        if step.status in CLOSED_STATUSES:
            raise CaseClosed(f"Case {case_key} has ended ({step.status}): there is no request to withdraw.")
        if withdrawn_on < step.case.received_on:
            raise BadInput.field("withdrawnOn", "A request can't be withdrawn before it was received.")
        for live in step.active_instances():
            live.cancel()
        step.ledger.withdraw()
        step.note_reason(Event.CASE_WITHDRAWN, reason, on=withdrawn_on.isoformat())
        step.set_status("withdrawn")

    return _change(engine, principal, case_key, "withdraw the request", work, version)


def _check_order(step: CaseStep, anchor: str, on: date, occurrence: str) -> None:
    """A draft comes before its final plan, a sending before its service: whatever is recorded of the same."""
    known, recorded = step.engine.statute.anchors(), step.ledger.anchors
    for earlier, cite in known[anchor].follows.items():
        day = recorded.get((earlier, occurrence))
        if day is not None and on < day:
            raise BadInput.field(
                "date", f"{anchor} can't lie before {earlier}, {day} ({cite}). Correct that first."
            )
    for later in (name for name, fact in known.items() if anchor in fact.follows):
        day = recorded.get((later, occurrence))
        if day is not None and day < on:
            cite = known[later].follows[anchor]
            raise BadInput.field(
                "date", f"{anchor} can't lie after {later}, {day} ({cite}). Correct that first."
            )


_RECEIPT = frozenset({"request_received_on", "became_responsible_on"})
_LONGEST_OCCURRENCE = 80


def _change(
    engine: Engine,
    principal: Principal,
    case_key: str,
    attempted: str,
    work: Callable[[CaseStep], None],
    version: int | None,
) -> ChangeView:
    principal.require("case:correct")
    with engine.database.read() as connection:
        row = find_case(engine, connection, principal, case_key)
    actor = Actor(principal.membership_key, principal.organisation)

    def before_and_after(step: CaseStep) -> ChangeView:
        if step.status == "withdrawn":
            raise CaseClosed(f"Case {case_key} is withdrawn; nothing can be changed on it any more.")
        step.require_version(version)
        step.fire_due()
        step.ledger.write()
        before = _views(engine, step)
        work(step)
        step.save()
        return ChangeView(before=before, after=_views(engine, step))

    return guarded(engine, row.key, attempted, actor, before_and_after)


def _views(engine: Engine, step: CaseStep) -> list[DeadlineView]:
    return ledger_views(engine, step.authority, step.ledger.all())


def _problems(engine: Engine, new: NewException) -> list[FieldProblem]:
    problems = [
        FieldProblem(field, message)
        for field, value, message in (
            ("evidence", new.evidence, "Say what shows the circumstance."),
            ("impracticalBecause", new.impractical_because, "Say why it made keeping the limit impractical."),
        )
        if not value.strip()
    ]
    if not _in_force(engine, new):
        return [*problems, FieldProblem("code", f"{new.code} isn't an exception in force on {new.start}.")]
    if not new.rules:
        problems.append(FieldProblem("rules", "Name the limits that it lifts."))
    for number, rule_id in enumerate(new.rules):
        problems.extend(_rule_problem(engine, new.code, number, rule_id))
    return [*problems, *_period_problems(engine, new)]


def _rule_problem(engine: Engine, code: str, number: int, rule_id: str) -> list[FieldProblem]:
    field = f"rules.{number}"
    if rule_id not in engine.statute:
        return [FieldProblem(field, f"There is no rule {rule_id}. See: ehc statute list.")]
    terms = engine.statute.rule(rule_id).latest
    if code not in terms.exceptions:
        lifts = ", ".join(terms.exceptions) or "no exception"
        return [FieldProblem(field, f"{code} doesn't lift {rule_id} ({terms.cite}); that has {lifts}.")]
    return []


def _in_force(engine: Engine, new: NewException) -> bool:
    try:
        return engine.statute.exception(new.code).is_in_force(new.start)
    except UnknownRule:
        return False


def _period_problems(engine: Engine, new: NewException) -> list[FieldProblem]:
    problems = []
    if new.start > engine.clock.today():
        problems.append(FieldProblem("from", "A circumstance can't be recorded before it begins."))
    if new.family_told_on is not None and new.family_told_on > engine.clock.today():
        problems.append(FieldProblem("familyToldOn", "The family can't have been told after today."))
    if new.end is not None and new.end < new.start:
        problems.append(FieldProblem("to", "to can't lie before from."))
    least = _LONGEST_ABSENCE.get(new.code)
    if least and new.end is not None and new.end - new.start < least:
        problems.append(FieldProblem("to", f"The absence must be continuous for {least.days // 7} weeks."))
    if new.code in CLOSURES and new.end is not None and new.end - new.start < _FOUR_WEEKS:
        problems.append(FieldProblem("to", "The setting must be closed for a continuous four weeks or more."))
    return problems


def _check_closure(step: CaseStep, new: NewException) -> None:
    """Regulation 10(4)(a), (b): what counts is the day on which the head's advice was asked for."""
    asked = step.ledger.anchors.get(("advice_request_received_on", "education"))
    if new.code not in CLOSURES or new.end is None or asked is None:
        return
    week = timedelta(weeks=1)
    if not new.start - week <= asked <= new.end - week:
        raise BadInput.field(
            "from",
            f"The head's advice was asked for on {asked}; the exception needs a day from one week before the"
            " setting closed to one week before it opens again.",
        )


def _check_limits(limits: list[Deadline], lifting: Lifting) -> None:
    """An exception that can lift nothing of what it names is a slip of the pen, unless it may open later."""
    problems = []
    for number, rule in enumerate(lifting.rules):
        of_the_rule = [row for row in limits if row.rule == rule]
        named = [row for row in of_the_rule if lifting.names(rule, row.occurrence)]
        if lifting.occurrence and not named:
            known = ", ".join(sorted({row.occurrence for row in of_the_rule if row.occurrence})) or "none"
            message = f"The case has no limit {rule} of {lifting.occurrence}; it has those of: {known}."
            problems.append(FieldProblem("occurrence", message))
        dated = [row for row in named if row.due_on is not None]
        if dated and not any(lifting.meets(row.anchored_on, row.due_on) for row in named):
            times = ", ".join(sorted({f"{row.anchored_on} to {row.due_on}" for row in dated}))
            message = f"The circumstance must fall within the time that {rule} allows: {times}."
            problems.append(FieldProblem(f"rules.{number}", message))
    if problems:
        raise BadInput("The exception can't be recorded.", problems)


def _row(step: CaseStep, principal: Principal, new: NewException) -> dict[str, object]:
    return {
        "authority": step.authority,
        "case_key": step.case_key,
        "code": new.code,
        "rules": list(new.rules),
        "occurrence": new.occurrence,
        "starts_on": new.start,
        "ends_on": new.end,
        "evidence": new.evidence,
        "impractical_because": new.impractical_because,
        "family_told_on": new.family_told_on,
        "recorded_at": step.now,
        "recorded_by": principal.membership_key,
    }
