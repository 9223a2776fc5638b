"""What has come up since one last looked: tasks in the order of their keys, for who follows many cases."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import bindparam, func, select

from engine.services.environment import Standstill
from engine.services.processes.definitions import Definition
from engine.spiff import Instance, TokenGone
from engine.store import tables

if TYPE_CHECKING:
    from engine.application import Engine


@dataclass(frozen=True)
class Arrival:
    """A task that has come up."""

    key: int
    case_key: int
    instance_key: int
    element_id: str
    organisation: str
    occurrence: str
    candidate_groups: list[str]
    form_key: str | None


def newest_task(engine: Engine) -> int:
    """The key of the newest task; 0 where there is none yet."""
    with engine.database.read() as connection:
        return int(connection.execute(_NEWEST).scalar() or 0)


def tasks_since(engine: Engine, key: int) -> list[Arrival]:
    """The tasks that came up after the one with this key, oldest first."""
    with engine.database.read() as connection:
        rows = connection.execute(_SINCE, {"last": key}).all()
    return [Arrival(*row) for row in rows]


def variables_at(engine: Engine, task_key: int) -> Mapping[str, object]:
    """What the process knows at a task, for the form's own formulas; nothing once the task has ended."""
    with engine.database.read() as connection:
        row = connection.execute(_AT, {"key": task_key}).one()
        definition = engine.definitions.get(connection, row.definition_key)
    try:
        instance = Instance.restore(definition.bundle, row.state, Standstill(engine.clock.now()))
        return instance.values(row.token)
    except TokenGone:
        return {}


def definition_of(engine: Engine, instance_key: int) -> Definition:
    """The version of the process that an instance runs on."""
    with engine.database.read() as connection:
        key = connection.execute(_DEFINITION_OF, {"key": instance_key}).scalar_one()
        return engine.definitions.get(connection, key)


def current_definitions(engine: Engine, authority: str) -> list[Definition]:
    """The newest version of every process of an authority."""
    with engine.database.read() as connection:
        keys = connection.execute(_CURRENT, {"authority": authority}).scalars().all()
        return [engine.definitions.get(connection, key) for key in keys]


def authorities(engine: Engine) -> list[str]:
    """The codes of the authorities in the database."""
    with engine.database.read() as connection:
        return list(connection.execute(_AUTHORITIES).scalars())


def open_incidents(engine: Engine, authority: str) -> int:
    """How many steps failed and wait for somebody to retry them."""
    with engine.database.read() as connection:
        return int(connection.execute(_INCIDENTS, {"authority": authority}).scalar_one())


_task, _incident = tables.task, tables.incident
_NEWEST = select(func.max(_task.c.key))
_SINCE = (
    select(
        _task.c.key,
        _task.c.case_key,
        _task.c.instance_key,
        _task.c.element_id,
        _task.c.organisation,
        _task.c.occurrence,
        _task.c.candidate_groups,
        _task.c.form_key,
    )
    .where(_task.c.key > bindparam("last"))
    .order_by(_task.c.key)
)
_AT = (
    select(_task.c.token, tables.instance.c.definition_key, tables.instance.c.state)
    .join(tables.instance, tables.instance.c.key == _task.c.instance_key)
    .where(_task.c.key == bindparam("key"))
)
_DEFINITION_OF = select(tables.instance.c.definition_key).where(tables.instance.c.key == bindparam("key"))
_definition = tables.process_definition
#: The version made last of each process; versions count up with their keys.
_CURRENT = (
    select(func.max(_definition.c.key))
    .where(_definition.c.authority == bindparam("authority"))
    .group_by(_definition.c.process_id)
)
_AUTHORITIES = select(tables.authority.c.code).order_by(tables.authority.c.code)
_INCIDENTS = (
    select(func.count())
    .select_from(_incident)
    .where(_incident.c.authority == bindparam("authority"), _incident.c.state == "open")
)
