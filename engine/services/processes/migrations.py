"""Carrying one running instance to another version of its process, and back.

Each in its own transaction under its case's lock. The limits of law are rows of the case: no migration
touches them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import Connection, bindparam, insert, select, update

from engine.errors import BadInput, Conflict, FieldProblem
from engine.services.audit.audit import Event
from engine.services.instances import LiveInstance, faults_of
from engine.services.principals import Principal
from engine.services.processes.definitions import Definition
from engine.services.processes.drawings import drawings_of
from engine.services.processes.migration_checks import errors_in, findings_of
from engine.services.processes.migration_plans import Plan
from engine.services.processes.modification import case_of, in_step, require_active
from engine.services.processes.standing import newly_stuck
from engine.services.processes.suspension import refuse_suspended
from engine.services.processes.views_of_moves import MigratedView
from engine.services.sight import sight
from engine.services.step import CaseStep
from engine.spiff import MoveRefused, Relocated, Restart, carried, positions, returned
from engine.store import tables
from engine.store.batch_tables import KEPT_STATE, instance_migration

if TYPE_CHECKING:
    from engine.application import Engine

#: How long the state from before a migration is kept.
UNDO_FOR = timedelta(days=30)


@dataclass(frozen=True)
class Migration:
    """A plan, and where cases go on that stand at an element without a place."""

    plan: Plan
    restarts: tuple[Restart, ...] = ()


def definitions_for(
    engine: Engine, connection: Connection, authority: str, plan: Plan
) -> tuple[Definition, Definition]:
    """The two versions of a plan.

    Raises:
        BadInput: one of them isn't this authority's.
    """
    for name, key in (("source", plan.source_key), ("target", plan.target_key)):
        owner = connection.execute(_AUTHORITY_OF, {"key": key}).scalar()
        if owner != authority:
            raise BadInput.field(f"{name}DefinitionKey", f"There is no process definition {key}.")
    get = engine.definitions.get
    return get(connection, plan.source_key), get(connection, plan.target_key)


def require_sound(plan: Plan, source: Definition, target: Definition) -> None:
    """See to it that a plan has no error.

    Raises:
        BadInput: it has; each is named.
    """
    errors = errors_in(findings_of(plan, source, target))
    if errors:
        problems = [
            FieldProblem(f"elements.{each.element_id}", f"{each.message} {each.remedy}") for each in errors
        ]
        raise BadInput(f"The plan can't be right. {errors[0].message}", problems)


def migrate(
    engine: Engine,
    principal: Principal,
    instance_key: str,
    migration: Migration,
    reason: str,
    *,
    batch_key: int | None = None,
) -> MigratedView:
    """Carry one instance over.

    Raises:
        BadInput: the plan, or this instance under it, can't be right; nothing was changed.
        Conflict: it has ended, is on another version, or a step that would follow fails.
    """
    principal.require("instance:migrate")
    with engine.database.read() as connection:
        source, target = definitions_for(engine, connection, principal.authority, migration.plan)
    require_sound(migration.plan, source, target)

    def work(step: CaseStep) -> MigratedView:
        live = step.instance(int(instance_key))
        require_active(live)
        if migration.restarts:
            refuse_suspended(live)
        if live.definition.key == target.key:
            raise Conflict(f"Instance {live.key} is on that version already.")
        return _carry(step, live, migration, target, reason, principal, batch_key)

    case_key = case_of(engine, principal, instance_key)
    return in_step(engine, principal, case_key, work, dry_run=False)


def relocate(step: CaseStep, live: LiveInstance, migration: Migration, target: Definition) -> Relocated:
    """The instance on the other version, without anything being written.

    Raises:
        MoveRefused, StepFault: it can't be carried over.
    """
    if live.definition.key != migration.plan.source_key:
        raise MoveRefused(
            "",
            f"Instance {live.key} is on version {live.definition.version} of {live.definition.process_id}, "
            "and not on the one that the plan begins from.",
            "Generate a plan from that version.",
        )
    former = positions(live.workflow)
    with faults_of(step, live.key):
        made = carried(live.workflow, target.bundle, migration.plan.way, step.environment, migration.restarts)
    drawings = drawings_of(step.connection, target)
    stuck = newly_stuck(
        drawings, former, positions(made.instance), drawings_of(step.connection, live.definition)
    )
    if made.instance.status == "active" and stuck:
        raise MoveRefused("", stuck[0], "Say where the case goes on instead, or mend the new version.")
    return made


def _carry(
    step: CaseStep,
    live: LiveInstance,
    migration: Migration,
    target: Definition,
    reason: str,
    principal: Principal,
    batch_key: int | None,
) -> MigratedView:
    source, state = live.definition, live.workflow.save()
    made = relocate(step, live, migration, target)
    live.exchange(target, made.instance)
    there = live.workflow.save()
    step.settle()
    moved = made.moved or there != live.workflow.save()
    step.note_reason(
        Event.PROCESS_MIGRATED,
        reason,
        instance=live.key,
        before=source.key,
        after=target.key,
        batch=batch_key,
        restarted=[[each.element_id, each.target] for each in migration.restarts],
    )
    values = {
        "authority": step.authority,
        "case_key": step.case_key,
        "instance_key": live.key,
        "batch_key": batch_key,
        "source_key": source.key,
        "target_key": target.key,
        "former_state": None if moved else state,
        "after_version": live.version + 1,
        "moved": moved,
        "migrated_at": step.now,
        "migrated_by": principal.membership_key,
    }
    step.connection.execute(_KEEP, values)
    return _view(live, not moved)


def undo(
    engine: Engine,
    principal: Principal,
    instance_key: str,
    reason: str,
    *,
    batch_key: int | None = None,
) -> MigratedView:
    """Take an instance back to the version it was on before, while it hasn't moved since.

    Raises:
        Conflict: it has moved, was never migrated, or its former state isn't kept any more.
    """
    principal.require("instance:migrate")

    def work(step: CaseStep) -> MigratedView:
        live = step.instance(int(instance_key))
        require_active(live)
        row = step.connection.execute(_LAST, {"of": live.key}).first()
        if row is None:
            raise Conflict(
                f"There is no migration of instance {live.key} to undo: none was made in the last"
                f" {UNDO_FOR.days} days, or it did more than wait elsewhere."
            )
        if live.version != row.after_version:
            raise Conflict(
                f"Instance {live.key} has moved since it was migrated. Migrate it with a plan the other way."
            )
        former = engine.definitions.get(step.connection, row.source_key)
        with faults_of(step, live.key):
            back = returned(live.workflow, former.bundle, row.former_state, step.environment)
        live.exchange(former, back)
        step.note_reason(
            Event.MIGRATION_UNDONE, reason, instance=live.key, before=row.target_key, after=row.source_key
        )
        step.connection.execute(_UNDONE, {"row_key": row.key, "at": step.now})
        return _view(live, False)

    case_key = case_of(engine, principal, instance_key)
    return in_step(engine, principal, case_key, work, dry_run=False)


def forget_former_states(engine: Engine) -> int:
    """Let go of states that nobody can go back to any more; how many there were."""
    before = engine.clock.now() - UNDO_FOR
    with engine.database.write() as connection:
        return connection.execute(_FORGET, {"before": before}).rowcount


def instances_on(
    connection: Connection, principal: Principal, definition_key: int, after: int, limit: int
) -> Sequence[int]:
    """Keys of the running instances of a version that the principal finds, from one key on."""
    asked = {"definition": definition_key, "after": after, "most": limit}
    query = _RUNNING.where(sight.open_to(principal, _row.c.case_key))
    return connection.execute(query, asked).scalars().all()


def _view(live: LiveInstance, can_be_undone: bool) -> MigratedView:
    return MigratedView(
        process_instance_key=str(live.key),
        definition_key=str(live.definition.key),
        version=live.version + 1,
        can_be_undone=can_be_undone,
    )


_migration, _row = instance_migration, tables.instance
_AUTHORITY_OF = select(tables.process_definition.c.authority).where(
    tables.process_definition.c.key == bindparam("key")
)
_KEEP = insert(_migration)
_LAST = (
    select(_migration)
    .where(_migration.c.instance_key == bindparam("of"), KEPT_STATE, _migration.c.undone_at.is_(None))
    .order_by(_migration.c.key.desc())
    .limit(1)
)
_UNDONE = (
    update(_migration)
    .where(_migration.c.key == bindparam("row_key"))
    .values(undone_at=bindparam("at"), former_state=None)
)
_FORGET = (
    update(_migration)
    .where(_migration.c.migrated_at < bindparam("before"), KEPT_STATE)
    .values(former_state=None)
)
_RUNNING = (
    select(_row.c.key)
    .where(
        _row.c.definition_key == bindparam("definition"),
        _row.c.status == "active",
        _row.c.key > bindparam("after"),
    )
    .order_by(_row.c.key)
    .limit(bindparam("most"))
)
