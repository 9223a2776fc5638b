"""What comes for a process instance while it is suspended, and what it does when it goes on.

Nothing in a suspended instance is carried out: its tasks can't be completed and its timers don't fire.
Limits of law aren't its own: they run on, and their lateness is raised as ever.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from sqlalchemy import bindparam, delete, insert, select

from engine.clock import format_instant
from engine.errors import InstanceSuspended
from engine.feel import freeze, thaw
from engine.services.audit.audit import Event
from engine.store.control_tables import held_event

if TYPE_CHECKING:
    from engine.services.instances import LiveInstance
    from engine.services.step import CaseStep


def refuse_suspended(live: LiveInstance) -> None:
    """See to it that an instance may go on.

    Raises:
        InstanceSuspended: it may not.
    """
    if live.suspended_at is not None:
        since = format_instant(live.suspended_at)
        raise InstanceSuspended(f"Process instance {live.key} is suspended since {since}. Resume it first.")


def is_held(
    step: CaseStep, live: LiveInstance, message: str, key: str | None, variables: Mapping[str, object]
) -> bool:
    """Hold a message for a suspended instance if it waits for one with this key; whether it does."""
    if not live.waits_for(message, key):
        return False
    hold(step, live, "message", message, key, variables)
    return True


def hold(
    step: CaseStep,
    live: LiveInstance,
    kind: str,
    name: str,
    key: str | None,
    variables: Mapping[str, object],
) -> None:
    """Keep a message or signal for a suspended instance alone."""
    step.audit.append(Event.MESSAGE_HELD, message=name, instance=live.key)
    step.connection.execute(
        insert(held_event),
        {
            "authority": step.authority,
            "case_key": step.case_key,
            "instance_key": live.key,
            "kind": kind,
            "name": name,
            "correlation_key": key,
            "variables": freeze(dict(variables)),
            "received_at": step.now,
        },
    )


def go_on(step: CaseStep, instance_key: int) -> None:
    """Give a resumed instance what came meanwhile, in order, then fire once whatever is due.

    What came, came before what is due now: an answer that was in time isn't overtaken by its limit.
    """
    live = step.instance(instance_key)
    for row in step.connection.execute(_HELD, {"of": instance_key}).all():
        step.connection.execute(_TAKE, {"row_key": row.key})
        variables = thaw(row.variables)
        if row.kind == "signal":
            live.signal(row.name, variables)
        elif live.receive(row.name, row.correlation_key, variables, before_timers=True):
            step.audit.append(Event.MESSAGE_RECEIVED, message=row.name, instance=live.key)
        else:  # it no longer waits for it: somebody else of the case may
            step.give(row.name, row.correlation_key, variables)
    step.fire_due()
    step.settle()


_HELD = select(held_event).where(held_event.c.instance_key == bindparam("of")).order_by(held_event.c.key)
_TAKE = delete(held_event).where(held_event.c.key == bindparam("row_key"))
