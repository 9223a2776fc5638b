"""A step that failed leaves nothing but an incident, which says what, where and how to go on."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

from sqlalchemy import Connection, bindparam, insert, select, update

from engine.errors import Conflict, NotFound, StepIncident
from engine.services.audit import Actor, Event
from engine.services.instances import StepFault
from engine.services.step import CaseStep
from engine.spiff import StateUnreadable, StepFailed
from engine.store import tables

if TYPE_CHECKING:
    from engine.application import Engine

Outcome = TypeVar("Outcome")


def guarded(
    engine: Engine, case_key: int, attempted: str, actor: Actor, work: Callable[[CaseStep], Outcome]
) -> Outcome:
    """Carry out one step of a case in its own transaction.

    Raises:
        StepIncident: the step failed; it was rolled back and an incident is stored.
    """
    try:
        with engine.database.write() as connection:
            step = CaseStep.lock(engine, connection, case_key, actor)
            outcome = work(step)
            step.save()
            return outcome
    except StepFault as fault:
        incident_key = _store(engine, case_key, attempted, actor, fault)
        raise StepIncident(
            f"The step couldn't be carried out and nothing was changed: {fault}", incident_key
        ) from fault


def _store(engine: Engine, case_key: int, attempted: str, actor: Actor, fault: StepFault) -> int:
    with engine.database.write() as connection:
        step = CaseStep.lock(engine, connection, case_key, actor)
        element, message, remedy = _words(fault.cause)
        held = _hold_due_timers(connection, fault.instance_key, step)
        key = int(
            connection.execute(
                _NEW,
                {
                    "authority": step.authority,
                    "case_key": case_key,
                    "instance_key": fault.instance_key,
                    "element_id": element,
                    "attempted": attempted,
                    "message": message,
                    "remedy": remedy,
                    "state": "open",
                    "created_at": step.now,
                },
            ).scalar_one()
        )
        step.audit.append(
            Event.INCIDENT_RAISED, element=element, incident=key, instance=fault.instance_key, held=held
        )
        step.save()
    return key


def _words(cause: StepFailed | StateUnreadable) -> tuple[str | None, str, str]:
    if isinstance(cause, StepFailed):
        return cause.element_id, cause.message, cause.remedy
    return (
        None,
        f"The stored state can't be restored: {cause}",
        "Migrate the instance to a version that fits its state, then retry.",
    )


def _hold_due_timers(connection: Connection, instance_key: int, step: CaseStep) -> int:
    """Let the sweep pass by this instance's due timers until the incident is resolved."""
    return connection.execute(_HOLD, {"of": instance_key, "now": step.now}).rowcount


def retry(engine: Engine, incident_key: int, actor: Actor) -> None:
    """Let an incident's instance go on: its held timers are due again at once.

    Raises:
        NotFound: there is no such incident.
        Conflict: it's resolved already.
    """
    with engine.database.write() as connection:
        row = connection.execute(_BY_KEY, {"key": incident_key}).one_or_none()
        if row is None:
            raise NotFound(f"There is no incident {incident_key}.")
        if row.state == "resolved":
            raise Conflict(f"Incident {incident_key} is resolved already.")
        step = CaseStep.lock(engine, connection, row.case_key, actor)
        connection.execute(_RESOLVE, {"row_key": incident_key, "at": step.now})
        connection.execute(_RELEASE, {"of": row.instance_key})
        step.audit.append(Event.INCIDENT_RESOLVED, incident=incident_key)
        step.save()


_timer = tables.timer
_NEW = insert(tables.incident).returning(tables.incident.c.key)
_BY_KEY = select(tables.incident).where(tables.incident.c.key == bindparam("key"))
_RESOLVE = (
    update(tables.incident)
    .where(tables.incident.c.key == bindparam("row_key"))
    .values(state="resolved", resolved_at=bindparam("at"))
)
_HOLD = (
    update(_timer)
    .where(_timer.c.instance_key == bindparam("of"), _timer.c.due_at <= bindparam("now"))
    .values(held=True)
)
_RELEASE = update(_timer).where(_timer.c.instance_key == bindparam("of")).values(held=False)
