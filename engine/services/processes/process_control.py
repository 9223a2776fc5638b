"""What process owners do to running instances: suspend, resume, cancel; each with a reason, under the case's
lock, in its audit trail."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING

from sqlalchemy import Connection, bindparam, delete, select, update

from engine.clock import format_instant
from engine.errors import BadInput, Conflict, DeadlineOrphaned, NotFound, StepIncident, VersionMismatch
from engine.services.audit.audit import Actor, Event
from engine.services.deadlines.deadline_rows import Deadline
from engine.services.incidents import guarded
from engine.services.instances import LiveInstance
from engine.services.principals import Principal
from engine.services.processes import suspension
from engine.services.processes.process_instances import get_instance
from engine.services.processes.views_of_control import InstanceDetail
from engine.services.sight import sight
from engine.services.step import CaseStep
from engine.spiff import Bundle, open_scopes
from engine.store import control_tables, tables
from engine.store.types import AnyRow

if TYPE_CHECKING:
    from engine.application import Engine


def suspend(
    engine: Engine, principal: Principal, key: str, reason: str, version: int | None = None
) -> InstanceDetail:
    """Let nothing in an instance be carried out until it is resumed. Limits of law run on.

    Raises:
        NotFound, VersionMismatch: as their names say.
        Conflict: it has ended, or is suspended already.
    """

    def work(step: CaseStep, row: AnyRow) -> None:
        if row.suspended_at is not None:
            raise Conflict(f"Process instance {key} is suspended since {format_instant(row.suspended_at)}.")
        _mark(step, row, at=True)
        step.note_reason(Event.PROCESS_SUSPENDED, reason, instance=row.key)

    _changed(engine, principal, key, "suspend", reason, version, work)
    return get_instance(engine, principal, key)


def resume(
    engine: Engine, principal: Principal, key: str, reason: str, version: int | None = None
) -> InstanceDetail:
    """Let a suspended instance go on: it gets what came meanwhile, and what is due fires once.

    If it can't go on, it is resumed all the same and has an incident that says why.

    Raises:
        NotFound, VersionMismatch: as their names say.
        Conflict: it has ended, or isn't suspended.
    """

    def work(step: CaseStep, row: AnyRow) -> None:
        if row.suspended_at is None:
            raise Conflict(f"Process instance {key} isn't suspended.")
        _mark(step, row, at=False)
        step.note_reason(
            Event.PROCESS_RESUMED, reason, instance=row.key, since=format_instant(row.suspended_at)
        )

    case_key = _changed(engine, principal, key, "resume", reason, version, work)
    with suppress(StepIncident):
        catch_up(engine, case_key, sight.key(key), Actor(principal.membership_key, principal.organisation))
    return get_instance(engine, principal, key)


def catch_up(engine: Engine, case_key: int, instance_key: int, actor: Actor) -> None:
    """Give an instance what came while it was suspended, and fire what is due.

    Raises:
        StepIncident: it can't be carried out; what came is still held.
    """
    attempted = f"go on with process instance {instance_key}"
    guarded(engine, case_key, attempted, actor, lambda step: suspension.go_on(step, instance_key))


def cancel(
    engine: Engine,
    principal: Principal,
    key: str,
    reason: str,
    *,
    force: bool = False,
    version: int | None = None,
) -> InstanceDetail:
    """End an instance where it stands. Its case and its limits of law stay.

    Args:
        force: even if limits of law would be left with nobody at work on them; they run on and escalate.

    Raises:
        NotFound, VersionMismatch, StepIncident: as their names say.
        Conflict: it has ended already.
        DeadlineOrphaned: limits would be left, and `force` wasn't given.
    """

    def work(step: CaseStep, row: AnyRow) -> None:
        live = step.instance(row.key)
        left = orphaned(step, live)
        if left and not force:
            raise _refused(key, left)
        live.cancel()
        step.settle()
        step.connection.execute(_DROP_HELD, {"of": row.key})
        rules = [deadline.rule for deadline in left]
        step.note_reason(Event.PROCESS_CANCELLED, reason, instance=row.key, limits=rules)

    _changed(engine, principal, key, "cancel", reason, version, work)
    return get_instance(engine, principal, key)


def orphaned(step: CaseStep, live: LiveInstance) -> list[Deadline]:
    """The running limits of law that an instance, with what it calls, is drawn to meet.

    Another instance may be drawn to meet them too; whether it will, only a person knows.
    """
    met = _met_by(live)
    return [
        deadline
        for deadline in step.ledger.running()
        if deadline.kind == "statutory" and deadline.nature == "deadline" and deadline.rule in met
    ]


def _met_by(live: LiveInstance) -> set[str]:
    """The rules that elements of an instance meet: of its processes under way, and those that they name."""
    bundle = live.definition.bundle
    reached = {scope.process_id for scope in open_scopes(bundle, live.workflow.save())}
    while more := {name for each in reached for name in _calls(bundle, each)} - reached:
        reached |= more
    return {
        rule
        for name in reached
        for element in bundle.elements[name].values()
        for rule in element.properties.get("ehc:meets", "").split()
    }


def _calls(bundle: Bundle, process_id: str) -> set[str]:
    return set(bundle.processes[process_id].calls) & set(bundle.processes)


def _refused(key: str, left: list[Deadline]) -> DeadlineOrphaned:
    told = [
        {
            "rule": each.rule,
            "occurrence": each.occurrence,
            "dueOn": each.due_on.isoformat() if each.due_on else "",
        }
        for each in left
    ]
    rules = ", ".join(each.rule for each in left)
    return DeadlineOrphaned(
        f"Process instance {key} is drawn to keep {rules}, which would run on with nobody at work on it."
        " Start what keeps it first, or insist with force.",
        told,
    )


def _mark(step: CaseStep, row: AnyRow, *, at: bool) -> None:
    """Write on an instance, its open tasks and its timers since when they are suspended."""
    values = {"of": row.key, "in_case": row.case_key, "at": step.now if at else None}
    for statement in (_MARK_INSTANCE, _MARK_TASKS, _MARK_TIMERS):
        step.connection.execute(statement, values)


def _changed(
    engine: Engine,
    principal: Principal,
    key: str,
    verb: str,
    reason: str,
    version: int | None,
    work: Callable[[CaseStep, AnyRow], None],
) -> int:
    """Do something to a running instance under its case's lock; gives the case's key."""
    principal.require("process:change")
    if not reason.strip():
        raise BadInput.field("reason", f"Say why you {verb} it.")

    def case_of(connection: Connection) -> int:
        query = _PLACE.where(sight.open_to(principal, _instance.c.case_key))
        row = connection.execute(query, {"key": sight.key(key)}).one_or_none()
        if row is None or row.authority != principal.authority:
            raise NotFound(f"There is no process instance {key} for you.")
        case_key: int = row.case_key
        return case_key

    def under_lock(step: CaseStep) -> int:
        row = step.connection.execute(_PLACE, {"key": sight.key(key)}).one()
        if version is not None and version != row.version:
            raise VersionMismatch(
                f"Process instance {key} stands at version {row.version}, not {version}. Read it again."
            )
        if row.status != "active":
            raise Conflict(f"Process instance {key} has ended ({row.status}).")
        work(step, row)
        return step.case_key

    actor = Actor(principal.membership_key, principal.organisation)
    return guarded(engine, case_of, f"{verb} process instance {sight.key(key)}", actor, under_lock)


_instance, _task, _timer = tables.instance, tables.task, tables.timer
_PLACE = select(
    _instance.c.key,
    _instance.c.authority,
    _instance.c.case_key,
    _instance.c.status,
    _instance.c.version,
    _instance.c.suspended_at,
).where(_instance.c.key == bindparam("key"))
_MARK_INSTANCE = (
    update(_instance)
    .where(_instance.c.key == bindparam("of"))
    .values(suspended_at=bindparam("at"), version=_instance.c.version + 1)
)
_OPEN_HERE = (
    _task.c.case_key == bindparam("in_case"),
    _task.c.instance_key == bindparam("of"),
    tables.OPEN_TASK,
)
_MARK_TASKS = (
    update(_task).where(*_OPEN_HERE).values(suspended_at=bindparam("at"), version=_task.c.version + 1)
)
_MARK_TIMERS = (
    update(_timer).where(_timer.c.instance_key == bindparam("of")).values(suspended_at=bindparam("at"))
)
_DROP_HELD = delete(control_tables.held_event).where(
    control_tables.held_event.c.instance_key == bindparam("of")
)
