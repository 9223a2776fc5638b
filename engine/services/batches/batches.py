"""Work on many instances at once: made, looked at, paused, resumed, cancelled. `batch_runs` does it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, bindparam, func, insert, select, update

from engine.errors import BadInput, Conflict, NotFound, VersionMismatch
from engine.services import paging
from engine.services.audit.audit import Event
from engine.services.audit.audit_of_authority import record
from engine.services.batches.views_of_batches import BatchItemView, BatchView
from engine.services.principals import Principal
from engine.services.sight import sight
from engine.services.views import Page, PageEnd
from engine.store import tables
from engine.store.batch_tables import batch, batch_item
from engine.store.types import AnyRow

if TYPE_CHECKING:
    from engine.application import Engine

#: Instances or tasks that can be named in one request; all of a version need no naming.
MOST_NAMED = 1_000
#: Instances of a version that one batch takes.
MOST_ITEMS = 50_000
#: What a batch does, and the permission that it takes.
KINDS: Mapping[str, str] = {
    "migrate": "instance:migrate",
    "undo_migration": "instance:migrate",
    "suspend": "process:change",
    "resume": "process:change",
    "cancel": "process:change",
    "retry": "process:change",
    "reassign": "batch:control",
}


def create(
    engine: Engine,
    principal: Principal,
    kind: str,
    reason: str,
    *,
    instance_keys: Sequence[str] | None = None,
    definition_key: int | None = None,
    task_keys: Sequence[str] | None = None,
    parameters: Mapping[str, Any] | None = None,
) -> BatchView:
    """Make a batch; it begins at once, in the background.

    Args:
        instance_keys: the instances it is for; or `definition_key`, for all that run on that version; or
            `task_keys`.

    Raises:
        BadInput: nothing to work on, too much, or something that isn't there.
    """
    principal.require("batch:control")
    principal.require(KINDS[kind])
    if not reason.strip():
        raise BadInput.field("reason", "Say why.")
    _require_one_selection(instance_keys, definition_key, task_keys)
    with engine.database.write() as connection:
        items = _selected(connection, principal, instance_keys, definition_key, task_keys)
        if not items:
            raise BadInput("There is nothing to work on: no running instance is selected.")
        values = {
            "authority": principal.authority,
            "kind": kind,
            "state": "running",
            "reason": reason.strip(),
            "parameters": dict(parameters or {}),
            "total": len(items),
            "version": 1,
            "created_at": engine.clock.now(),
            "created_by": principal.membership_key,
        }
        key = int(connection.execute(_NEW, values).scalar_one())
        rows = [
            {"authority": principal.authority, "batch_key": key, "state": "waiting", **each} for each in items
        ]
        connection.execute(insert(batch_item), rows)
        record(connection, engine, principal, Event.BATCH_CREATED, batch=key, kind=kind, items=len(items))
        return _view(connection, _row(connection, principal, str(key)))


def list_batches(
    engine: Engine,
    principal: Principal,
    *,
    state: str | None = None,
    kind: str | None = None,
    limit: int = 50,
    cursor: str | None = None,
) -> Page[BatchView]:
    """The batches of the principal's authority, the newest first."""
    principal.require("batch:read")
    query = select(batch).where(batch.c.authority == principal.authority).order_by(batch.c.key.desc())
    if state is not None:
        query = query.where(batch.c.state == state)
    if kind is not None:
        query = query.where(batch.c.kind == kind)
    if cursor is not None:
        query = query.where(batch.c.key < paging.decode(cursor, int)[0])
    limit = paging.clamp(limit)
    with engine.database.read() as connection:
        rows = connection.execute(query.limit(limit + 1)).all()
        items = [_view(connection, row) for row in rows[:limit]]
    return _page(items, rows, limit)


def get_batch(engine: Engine, principal: Principal, key: str) -> BatchView:
    """One batch.

    Raises:
        NotFound: there is none in this authority.
    """
    principal.require("batch:read")
    with engine.database.read() as connection:
        return _view(connection, _row(connection, principal, key))


def list_items(
    engine: Engine,
    principal: Principal,
    key: str,
    *,
    state: str | None = None,
    limit: int = 50,
    cursor: str | None = None,
) -> Page[BatchItemView]:
    """The items of a batch in the order in which they are done.

    Raises:
        NotFound: there is no such batch in this authority.
    """
    principal.require("batch:read")
    limit = paging.clamp(limit)
    with engine.database.read() as connection:
        found = _row(connection, principal, key)
        query = select(batch_item).where(batch_item.c.batch_key == found.key).order_by(batch_item.c.key)
        if state is not None:
            query = query.where(batch_item.c.state == state)
        if cursor is not None:
            query = query.where(batch_item.c.key > paging.decode(cursor, int)[0])
        rows = connection.execute(query.limit(limit + 1)).all()
    return _page([_item(row) for row in rows[:limit]], rows, limit)


def pause(engine: Engine, principal: Principal, key: str, version: int | None = None) -> BatchView:
    """Do nothing more of a batch until it is resumed; what is being done is done to its end.

    Raises:
        Conflict: it isn't running.
    """
    return _change(engine, principal, key, version, ("running",), "paused", Event.BATCH_PAUSED)


def go_on(engine: Engine, principal: Principal, key: str, version: int | None = None) -> BatchView:
    """Go on with a paused batch.

    Raises:
        Conflict: it isn't paused.
    """
    return _change(engine, principal, key, version, ("paused",), "running", Event.BATCH_RESUMED)


def stop(engine: Engine, principal: Principal, key: str, version: int | None = None) -> BatchView:
    """Leave the rest of a batch undone for good; what is done stays done.

    Raises:
        Conflict: it has ended.
    """
    return _change(engine, principal, key, version, ("running", "paused"), "cancelled", Event.BATCH_CANCELLED)


def _change(
    engine: Engine,
    principal: Principal,
    key: str,
    version: int | None,
    states: Sequence[str],
    state: str,
    event: Event,
) -> BatchView:
    principal.require("batch:control")
    with engine.database.write() as connection:
        found = _row(connection, principal, key, lock=True)
        if version is not None and version != found.version:
            raise VersionMismatch(
                f"Batch {key} stands at version {found.version}, not {version}. Read it again."
            )
        if found.state not in states:
            raise Conflict(f"Batch {key} is {found.state}.")
        ended = engine.clock.now() if state == "cancelled" else None
        connection.execute(_MOVE, {"row_key": found.key, "new_state": state, "at": ended})
        if state == "cancelled":
            connection.execute(_LEAVE, {"of": found.key})
        record(connection, engine, principal, event, batch=found.key)
        return _view(connection, _row(connection, principal, key))


def _require_one_selection(*selections: object) -> None:
    if sum(each is not None for each in selections) != 1:
        raise BadInput("Name the instances, or the version that they run on, or the tasks: one of the three.")


def _selected(
    connection: Connection,
    principal: Principal,
    instance_keys: Sequence[str] | None,
    definition_key: int | None,
    task_keys: Sequence[str] | None,
) -> list[dict[str, Any]]:
    """The items of a new batch."""
    if definition_key is not None:
        asked = {"definition": definition_key, "authority": principal.authority, "most": MOST_ITEMS + 1}
        query = _OF_VERSION.where(sight.open_to(principal, _instance.c.case_key))
        rows = connection.execute(query, asked).all()
        if len(rows) > MOST_ITEMS:
            raise BadInput(f"More than {MOST_ITEMS:,} instances run on that version. Name some of them.")
        return [_of(row.case_key, row.key) for row in rows]
    named = list(dict.fromkeys(instance_keys if instance_keys is not None else task_keys or ()))
    if len(named) > MOST_NAMED:
        raise BadInput(f"Name at most {MOST_NAMED:,} at a time.")
    keys = [sight.key(each) for each in named]
    of_tasks, of_instances = (
        query.where(sight.open_to(principal, table.c.case_key))
        for query, table in ((_TASKS, _task), (_INSTANCES, _instance))
    )
    query = of_tasks if instance_keys is None else of_instances
    found = {
        row.key: row for row in connection.execute(query, {"keys": keys, "authority": principal.authority})
    }
    missing = [key for key in keys if key not in found]
    if missing:
        field = "taskKeys" if instance_keys is None else "processInstanceKeys"
        raise BadInput.field(field, f"There is nothing with the key {missing[0]}. Leave it out.")
    if instance_keys is None:
        return [_of(found[key].case_key, found[key].instance_key, key) for key in keys]
    return [_of(found[key].case_key, key) for key in keys]


def _of(case_key: int, instance_key: int, task_key: int | None = None) -> dict[str, Any]:
    return {"case_key": case_key, "instance_key": instance_key, "task_key": task_key}


def _row(connection: Connection, principal: Principal, key: str, *, lock: bool = False) -> AnyRow:
    query = select(batch).where(batch.c.key == bindparam("key"))
    row = connection.execute(
        query.with_for_update() if lock else query, {"key": sight.key(key)}
    ).one_or_none()
    if row is None or row.authority != principal.authority:
        raise NotFound(f"There is no batch {key}.")
    return row


def _view(connection: Connection, row: AnyRow) -> BatchView:
    counted = {each.state: each.number for each in connection.execute(_COUNTED, {"of": row.key})}
    return BatchView(
        key=str(row.key),
        kind=row.kind,
        state=row.state,
        reason=row.reason,
        total=row.total,
        waiting=counted.get("waiting", 0),
        done=counted.get("done", 0),
        failed=counted.get("failed", 0),
        cancelled=counted.get("cancelled", 0),
        version=row.version,
        created_at=row.created_at,
        ended_at=row.ended_at,
    )


def _item(row: AnyRow) -> BatchItemView:
    return BatchItemView(
        key=str(row.key),
        process_instance_key=str(row.instance_key),
        task_key=None if row.task_key is None else str(row.task_key),
        state=row.state,
        problem=row.problem,
        done_at=row.done_at,
    )


def _page(items: list[Any], rows: Sequence[AnyRow], limit: int) -> Page[Any]:
    end = paging.encode([rows[limit - 1].key]) if len(rows) > limit else None
    return Page(items=items, page=PageEnd(end_cursor=end))


_instance, _task = tables.instance, tables.task
_NEW = insert(batch).returning(batch.c.key)
_MOVE = (
    update(batch)
    .where(batch.c.key == bindparam("row_key"))
    .values(state=bindparam("new_state"), ended_at=bindparam("at"), version=batch.c.version + 1)
)
_LEAVE = (
    update(batch_item)
    .where(batch_item.c.batch_key == bindparam("of"), batch_item.c.state == "waiting")
    .values(state="cancelled")
)
_OF_VERSION = (
    select(_instance.c.key, _instance.c.case_key)
    .where(
        _instance.c.definition_key == bindparam("definition"),
        _instance.c.authority == bindparam("authority"),
        _instance.c.status == "active",
    )
    .order_by(_instance.c.key)
    .limit(bindparam("most"))
)
_INSTANCES = select(_instance.c.key, _instance.c.case_key).where(
    _instance.c.key.in_(bindparam("keys", expanding=True)), _instance.c.authority == bindparam("authority")
)
_TASKS = select(_task.c.key, _task.c.case_key, _task.c.instance_key).where(
    _task.c.key.in_(bindparam("keys", expanding=True)), _task.c.authority == bindparam("authority")
)
_COUNTED = (
    select(batch_item.c.state, func.count().label("number"))
    .where(batch_item.c.batch_key == bindparam("of"))
    .group_by(batch_item.c.state)
)
