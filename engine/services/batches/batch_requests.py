"""Batches as people ask for them; one of a single item is done before it is answered."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from engine.errors import BadInput
from engine.services.batches import batch_runs, batches
from engine.services.batches.views_of_batches import BatchView
from engine.services.principals import Principal
from engine.services.processes.migrations import Migration, definitions_for, require_sound
from engine.services.sight import sight

if TYPE_CHECKING:
    from engine.application import Engine


def request_batch(
    engine: Engine,
    principal: Principal,
    kind: str,
    reason: str,
    *,
    process_instance_keys: Sequence[str] | None = None,
    process_definition_key: str | None = None,
    task_keys: Sequence[str] | None = None,
    assignee_key: str | None = None,
    force: bool = False,
) -> BatchView:
    """Make a batch of anything but a migration.

    Raises:
        BadInput: what it needs is missing, or what it doesn't need is there, or what it is for isn't.
    """
    if (kind == "reassign") != (task_keys is not None):
        raise BadInput.field("taskKeys", "Tasks are named to be reassigned, and for nothing else.")
    if (kind == "reassign") != (assignee_key is not None):
        raise BadInput.field("assigneeKey", "Say who gets the tasks; nothing else needs it.")
    parameters: dict[str, Any] = {"force": True} if kind == "cancel" and force else {}
    if assignee_key is not None:
        parameters["assignee"] = sight.key(assignee_key)
    made = batches.create(
        engine,
        principal,
        kind,
        reason,
        instance_keys=process_instance_keys,
        definition_key=None if process_definition_key is None else sight.key(process_definition_key),
        task_keys=task_keys,
        parameters=parameters,
    )
    return _begun(engine, principal, made)


def request_migration(
    engine: Engine,
    principal: Principal,
    migration: Migration,
    reason: str,
    *,
    instance_keys: Sequence[str] | None = None,
) -> BatchView:
    """Carry instances over: those named, or all that run on the plan's source.

    Raises:
        BadInput: the plan has errors, nothing runs on its source, or a version or instance isn't there.
    """
    principal.require("instance:migrate")
    with engine.database.read() as connection:
        source, target = definitions_for(engine, connection, principal.authority, migration.plan)
    require_sound(migration.plan, source, target)
    made = batches.create(
        engine,
        principal,
        "migrate",
        reason,
        instance_keys=instance_keys,
        definition_key=source.key if instance_keys is None else None,
        parameters=batch_runs.to_parameters(migration),
    )
    return _begun(engine, principal, made)


def _begun(engine: Engine, principal: Principal, made: BatchView) -> BatchView:
    if made.total > 1:
        return made
    batch_runs.run_slice(engine, only=int(made.key))
    return batches.get_batch(engine, principal, made.key)
