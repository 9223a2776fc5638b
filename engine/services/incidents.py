"""A step that failed leaves nothing but an incident, which says what, where and how to go on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from sqlalchemy import Connection, bindparam, insert, select, update
from sqlalchemy.exc import DataError

from engine.errors import Conflict, NotFound, StepIncident
from engine.services.audit.audit import Actor, Event
from engine.services.instances import StepFault
from engine.services.step import CaseStep
from engine.spiff import StepFailed
from engine.store import tables
from engine.store.types import AnyRow

if TYPE_CHECKING:
    from engine.application import Engine

Outcome = TypeVar("Outcome")


@dataclass(frozen=True)
class _Failure:
    """Why a step failed, and the stored instances whose timers must not try it again by themselves."""

    instance_key: int
    firing: int | None
    attempted: str
    element: str | None
    message: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.element + ': ' if self.element else ''}{self.message} {self.remedy}"


def guarded(
    engine: Engine,
    case: int | Callable[[Connection], int | AnyRow],
    attempted: str,
    actor: Actor,
    work: Callable[[CaseStep], Outcome],
) -> Outcome:
    """Carry out one step of a case in its own transaction.

    Args:
        case: the case's key, or how to find that or the locked row; what it raises is passed on.

    Raises:
        StepIncident: the step failed; it was rolled back and an incident is stored.
    """
    step: CaseStep | None = None
    try:
        with engine.database.write() as connection:
            found = case if isinstance(case, int) else case(connection)
            step = CaseStep.lock(engine, connection, found, actor)
            outcome = work(step)
            step.save()
        engine.meters.step_done(step.lateness)
        return outcome
    except (StepFault, DataError) as problem:
        failure = _failure(step, attempted, problem)
        if failure is None or step is None:
            raise
        engine.meters.step_failed()
        incident_key, held = _store(engine, step.case_key, actor, failure)
        message = f"The step couldn't be carried out and nothing was changed. {failure}"
        raise StepIncident(message, incident_key, held=held) from problem


def _failure(step: CaseStep | None, attempted: str, problem: StepFault | DataError) -> _Failure | None:
    """The failure in words; None where no stored instance is at fault."""
    acting, firing = (step.acting, step.firing) if step else (None, None)
    at_fault = problem.instance_key if isinstance(problem, StepFault) else acting
    return _Failure(at_fault, firing, attempted, *_words(problem)) if at_fault is not None else None


def _words(problem: StepFault | DataError) -> tuple[str | None, str, str]:
    if isinstance(problem, DataError):
        said = str(problem.orig).splitlines()[0]
        remedy = "Change the diagram so that its names and codes are short, plain text, then retry."
        return None, f"The database refuses what the step would write ({said}).", remedy
    cause = problem.cause
    if isinstance(cause, StepFailed):
        return cause.element_id or None, cause.message, cause.remedy
    remedy = "Migrate the instance to a version that fits its state, then retry."
    return None, f"The stored state can't be restored: {cause}", remedy


def _store(engine: Engine, case_key: int, actor: Actor, failure: _Failure) -> tuple[int, int]:
    """Keep the incident, once for what fails again and again, and let the sweep pass by what is due."""
    with engine.database.write() as connection:
        step = CaseStep.lock(engine, connection, case_key, actor)
        same = {"of": failure.instance_key, "what": failure.attempted, "why": failure.message}
        known: int | None = connection.execute(_SAME, same).scalar()
        key = known or int(connection.execute(_NEW, _row(step, failure)).scalar_one())
        held = _hold_due_timers(connection, step, failure, key)
        if held or known is None:
            step.audit.append(
                Event.INCIDENT_RAISED,
                element=failure.element,
                incident=key,
                instance=failure.instance_key,
                held=held,
            )
            step.save()
    return key, held


def _row(step: CaseStep, failure: _Failure) -> dict[str, object]:
    return {
        "authority": step.authority,
        "case_key": step.case_key,
        "instance_key": failure.instance_key,
        "element_id": failure.element,
        "attempted": failure.attempted,
        "message": failure.message,
        "remedy": failure.remedy,
        "state": "open",
        "created_at": step.now,
    }


def _hold_due_timers(connection: Connection, step: CaseStep, failure: _Failure, incident_key: int) -> int:
    """Hold the due timers of the instance at fault, and of the one whose timer set the step off."""
    held = 0
    for instance_key in {failure.instance_key, failure.firing} - {None}:
        values = {"of": instance_key, "now": step.now, "incident": incident_key}
        held += connection.execute(_HOLD, values).rowcount
    return held


def retry(engine: Engine, incident_key: int, actor: Actor) -> None:
    """Let an incident's instance go on: the timers it held are due again at once.

    Raises:
        NotFound: there is no such incident.
        Conflict: it's resolved already.
    """
    with engine.database.write() as connection:
        case_key = connection.execute(_CASE_OF, {"key": incident_key}).scalar()
        if case_key is None:
            raise NotFound(f"There is no incident {incident_key}.")
        step = CaseStep.lock(engine, connection, case_key, actor)
        resolve(step, incident_key)
        step.save()


def resolve(step: CaseStep, incident_key: int) -> None:
    """Close an incident within a step; the timers it held are due again.

    Raises:
        Conflict: it's resolved already.
    """
    values = {"row_key": incident_key, "at": step.now}
    if not step.connection.execute(_RESOLVE, values).rowcount:
        raise Conflict(f"Incident {incident_key} is resolved already.")
    step.connection.execute(_RELEASE, {"incident": incident_key})
    step.audit.append(Event.INCIDENT_RESOLVED, incident=incident_key)


_timer, _incident = tables.timer, tables.incident
_NEW = insert(_incident).returning(_incident.c.key)
_SAME = select(_incident.c.key).where(
    _incident.c.instance_key == bindparam("of"),
    _incident.c.attempted == bindparam("what"),
    _incident.c.message == bindparam("why"),
    _incident.c.state == "open",
)
_CASE_OF = select(_incident.c.case_key).where(_incident.c.key == bindparam("key"))
_RESOLVE = (
    update(_incident)
    .where(_incident.c.key == bindparam("row_key"), _incident.c.state == "open")
    .values(state="resolved", resolved_at=bindparam("at"))
)
_HOLD = (
    update(_timer)
    .where(_timer.c.instance_key == bindparam("of"), _timer.c.due_at <= bindparam("now"), tables.NOT_HELD)
    .values(incident_key=bindparam("incident"))
)
_RELEASE = update(_timer).where(_timer.c.incident_key == bindparam("incident")).values(incident_key=None)
