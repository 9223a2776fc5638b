"""Doing the items of batches, in slices between two sweeps.

An item is done in the same transaction that notes it as done, so that after a crash it is either done and
noted or neither. Several servers take different items: whoever has locked one is passed by.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from sqlalchemy import Select, bindparam, exists, select, update

from engine.errors import BadInput, Busy, EhcError, NotFound
from engine.services import incidents
from engine.services.audit.audit import Actor
from engine.services.principals import Principal, principal_of
from engine.services.processes import migrations, process_control
from engine.services.processes.migration_plans import Plan
from engine.services.processes.migrations import Migration
from engine.services.tasks.reassigning import reassign
from engine.spiff import Restart
from engine.store import tables
from engine.store.batch_tables import RUNNING_BATCH, batch, batch_item
from engine.store.types import AnyRow

if TYPE_CHECKING:
    from engine.application import Engine

#: Items of one slice: less than a second of work, so that timers aren't kept waiting.
AT_ONCE = 20

log = logging.getLogger(__name__)


def run_slice(
    engine: Engine,
    *,
    stopping: Callable[[], bool] = lambda: False,
    most: int = AT_ONCE,
    only: int | None = None,
) -> int:
    """Do some items of the batches that run, the oldest first; how many were done or found impossible.

    Args:
        stopping: asked before each item; what is left when it says yes is still to be done.
        only: the one batch that is meant.
    """
    worked = 0
    while worked < most and not stopping() and _one(engine, only):
        worked += 1
    if worked < most and _anything_runs(engine, only):
        _end_finished(engine)
    return worked


def run_to_the_end(engine: Engine, batch_key: str) -> None:
    """Do a batch to its end, for commands that wait for it."""
    while run_slice(engine, only=int(batch_key)):
        pass


def to_parameters(migration: Migration) -> dict[str, Any]:
    """A migration as a batch keeps it."""
    restarts = [[each.process_id, each.element_id, each.target] for each in migration.restarts]
    return {"plan": migration.plan.to_json(), "restarts": restarts}


def _one(engine: Engine, only: int | None) -> bool:
    """Do the next item; False where none is left that nobody else is at."""
    if not _anything_runs(engine, only):
        return False
    item: AnyRow | None = None
    try:
        with engine.database.joined() as connection:
            item = connection.execute(_of(_NEXT, only)).first()
            if item is None:
                return False
            principal = principal_of(connection, item.created_by)
            _ACTS[item.kind](engine, principal, item)
            connection.execute(_DONE, {"row_key": item.key, "at": engine.clock.now()})
    except Busy:
        raise
    except EhcError as problem:
        _note_failure(engine, item, _words(problem))
    except Exception as problem:  # its words may tell of a person: only its kind is kept
        log.error("An item of a batch failed (%s).", type(problem).__name__)
        _note_failure(
            engine, item, f"It failed unexpectedly ({type(problem).__name__}); nothing was changed."
        )
    return item is not None


def _words(problem: EhcError) -> str:
    named = [each.message for each in getattr(problem, "problems", ()) if each.message != problem.message]
    return " ".join([problem.message, *named[:3]])


def _note_failure(engine: Engine, item: AnyRow | None, why: str) -> None:
    if item is None:
        return
    with engine.database.write() as connection:
        connection.execute(_FAILED, {"row_key": item.key, "why": why, "at": engine.clock.now()})


def _of(query: Select[Any], only: int | None) -> Select[Any]:
    return query if only is None else query.where(batch.c.key == only)


def _anything_runs(engine: Engine, only: int | None) -> bool:
    with engine.database.read() as connection:
        return connection.execute(_of(_RUNNING, only)).first() is not None


def _end_finished(engine: Engine) -> None:
    with engine.database.write() as connection:
        connection.execute(_END, {"at": engine.clock.now()})


# --- what is done with an item -----------------------------------------------------------------


def _migrate(engine: Engine, principal: Principal, item: AnyRow) -> None:
    kept: Mapping[str, Any] = item.parameters
    restarts = tuple(Restart(*each) for each in kept["restarts"])
    migration = Migration(Plan.from_json(kept["plan"]), restarts)
    migrations.migrate(
        engine, principal, str(item.instance_key), migration, item.reason, batch_key=item.batch_key
    )


def _undo(engine: Engine, principal: Principal, item: AnyRow) -> None:
    migrations.undo(engine, principal, str(item.instance_key), item.reason)


def _suspend(engine: Engine, principal: Principal, item: AnyRow) -> None:
    process_control.suspend(engine, principal, str(item.instance_key), item.reason)


def _resume(engine: Engine, principal: Principal, item: AnyRow) -> None:
    process_control.resume(engine, principal, str(item.instance_key), item.reason)


def _cancel(engine: Engine, principal: Principal, item: AnyRow) -> None:
    force = bool(item.parameters.get("force"))
    process_control.cancel(engine, principal, str(item.instance_key), item.reason, force=force)


def _retry(engine: Engine, principal: Principal, item: AnyRow) -> None:
    """Retry every open incident of an instance."""
    principal.require("process:change")
    with engine.database.read() as connection:
        keys = connection.execute(_INCIDENTS, {"of": item.instance_key}).scalars().all()
    if not keys:
        raise NotFound(f"Process instance {item.instance_key} has no open incident.")
    for key in keys:
        incidents.retry(engine, key, Actor(principal.membership_key, principal.organisation))


def _reassign(engine: Engine, principal: Principal, item: AnyRow) -> None:
    if item.task_key is None:
        raise BadInput("Only tasks can be given to somebody else.")
    reassign(engine, principal, str(item.task_key), int(item.parameters["assignee"]), item.reason)


_ACTS: Mapping[str, Callable[[Engine, Principal, AnyRow], None]] = {
    "migrate": _migrate,
    "undo_migration": _undo,
    "suspend": _suspend,
    "resume": _resume,
    "cancel": _cancel,
    "retry": _retry,
    "reassign": _reassign,
}
_RUNNING = select(batch.c.key).where(RUNNING_BATCH).limit(1)
_NEXT = (
    select(batch_item, batch.c.kind, batch.c.parameters, batch.c.reason, batch.c.created_by)
    .join(batch, batch.c.key == batch_item.c.batch_key)
    .where(RUNNING_BATCH, batch_item.c.state == "waiting")
    .order_by(batch_item.c.key)
    .limit(1)
    .with_for_update(of=batch_item, skip_locked=True)
)
_DONE = (
    update(batch_item)
    .where(batch_item.c.key == bindparam("row_key"))
    .values(state="done", done_at=bindparam("at"))
)
_FAILED = (
    update(batch_item)
    .where(batch_item.c.key == bindparam("row_key"), batch_item.c.state == "waiting")
    .values(state="failed", problem=bindparam("why"), done_at=bindparam("at"))
)
_left = exists().where(batch_item.c.batch_key == batch.c.key, batch_item.c.state == "waiting")
_END = (
    update(batch)
    .where(RUNNING_BATCH, ~_left)
    .values(state="completed", ended_at=bindparam("at"), version=batch.c.version + 1)
)
_INCIDENTS = select(tables.incident.c.key).where(
    tables.incident.c.instance_key == bindparam("of"), tables.incident.c.state == "open"
)
