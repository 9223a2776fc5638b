"""Process definitions as process owners find them: versions, their files, and how each stands."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, Select, and_, bindparam, case, func, or_, select

from engine.definitions.folder import names_in
from engine.errors import NotFound
from engine.services import paging
from engine.services.principals import Principal
from engine.services.processes.definitions import Definition, files_of
from engine.services.processes.views_of_control import DefinitionDetail, DefinitionView, PartView
from engine.services.sight import sight
from engine.services.views import Page, PageEnd
from engine.store import tables
from engine.store.types import AnyRow

if TYPE_CHECKING:
    from engine.application import Engine


def list_definitions(
    engine: Engine,
    principal: Principal,
    *,
    process_definition_id: str | None = None,
    latest: bool = False,
    limit: int = 50,
    cursor: str | None = None,
) -> Page[DefinitionView]:
    """The definitions of the authority, by process, the newest version first.

    Args:
        latest: only the version of each process on which new instances run.
    """
    principal.require("process:read")
    query = _LIST.where(_definition.c.authority == principal.authority)
    if process_definition_id is not None:
        query = query.where(_definition.c.process_id == process_definition_id)
    if latest:
        query = query.where(_definition.c.version == _NEWEST_VERSION)
    if cursor is not None:
        process_id, version = paging.decode(cursor, str, int)
        query = query.where(_after(process_id, version))
    with engine.database.read() as connection:
        rows = connection.execute(query.limit(paging.clamp(limit) + 1)).all()
        counts = _counts(connection, [row.key for row in rows[:limit]])
    items = [DefinitionView(**_columns(row, counts)) for row in rows[:limit]]
    last = rows[:limit][-1:] if len(rows) > limit else []
    end = [paging.encode([row.process_id, row.version]) for row in last]
    return Page(items=items, page=PageEnd(end_cursor=next(iter(end), None)))


def get_definition(engine: Engine, principal: Principal, key: str) -> DefinitionDetail:
    """One version with the forms and decisions that its process uses.

    Raises:
        NotFound: there is none in this authority.
    """
    with engine.database.read() as connection:
        row = find_definition(connection, principal, key)
        counts = _counts(connection, [row.key])
        definition = engine.definitions.get(connection, row.key)
        files = files_of(connection, row.deployment_key)
    return DefinitionDetail(**_columns(row, counts), **_parts(definition, files))


def definition_xml(engine: Engine, principal: Principal, key: str) -> tuple[str, bytes]:
    """The name and the bytes of the diagram of a version, exactly as it was deployed.

    Raises:
        NotFound: there is none in this authority.
    """
    with engine.database.read() as connection:
        row = find_definition(connection, principal, key)
        return diagram_of(connection, row)


def find_definition(connection: Connection, principal: Principal, key: str) -> AnyRow:
    """The row of a definition of the principal's authority.

    Raises:
        NotFound: there is none.
    """
    principal.require("process:read")
    query = _LIST.where(_definition.c.key == sight.key(key), _definition.c.authority == principal.authority)
    row = connection.execute(query).one_or_none()
    if row is None:
        raise NotFound(f"There is no process definition {key} for you.")
    return row


def diagram_of(connection: Connection, row: AnyRow, process_id: str | None = None) -> tuple[str, bytes]:
    """The name and content of the file that draws a definition, or another process of its deployment."""
    for name, content in files_of(connection, row.deployment_key).items():
        if name.endswith(".bpmn") and (process_id or row.process_id) in names_in({name: content}).processes:
            return name, content
    raise NotFound(f"The diagram of process definition {row.key} isn't among its files.")


def _parts(definition: Definition, files: dict[str, bytes]) -> dict[str, Any]:
    info = definition.bundle.processes[definition.process_id]
    elements = definition.bundle.elements[definition.process_id].values()
    used = sorted({each.form_id for each in elements} & set(definition.deployed.forms))
    forms = [PartView(id=name, resource_name=definition.deployed.forms[name].name) for name in used]
    tables_of = {
        decision: name
        for name, content in files.items()
        if name.endswith(".dmn")
        for decision in names_in({name: content}).decisions
    }
    asked = sorted(info.decisions & set(tables_of))
    return {
        "resource_name": info.file,
        "documentation": info.documentation or None,
        "forms": forms,
        "decisions": [PartView(id=name, resource_name=tables_of[name]) for name in asked],
        "calls": sorted(info.calls),
    }


def _columns(row: AnyRow, counts: dict[int, tuple[int, int]]) -> dict[str, Any]:
    active, suspended = counts.get(row.key, (0, 0))
    return {
        "key": str(row.key),
        "process_definition_id": row.process_id,
        "name": row.name,
        "version": row.version,
        "version_tag": row.version_tag or None,
        "deployment_key": str(row.deployment_key),
        "deployed_at": row.deployed_at,
        "latest": row.version == row.newest,
        "active_instances": active,
        "suspended_instances": suspended,
    }


def _counts(connection: Connection, keys: list[int]) -> dict[int, tuple[int, int]]:
    """Running instances by definition: how many there are, and how many of them are suspended."""
    rows = connection.execute(_RUNNING, {"keys": keys}).all() if keys else ()
    return {row.definition_key: (row.running, row.suspended) for row in rows}


def _after(process_id: str, version: int) -> Any:
    same = and_(_definition.c.process_id == process_id, _definition.c.version < version)
    return or_(_definition.c.process_id > process_id, same)


_definition, _instance = tables.process_definition, tables.instance
_other = _definition.alias("other")
_NEWEST_VERSION = (
    select(func.max(_other.c.version))
    .where(_other.c.authority == _definition.c.authority, _other.c.process_id == _definition.c.process_id)
    .correlate(_definition)
    .scalar_subquery()
)
_LIST: Select[Any] = (
    select(_definition, tables.deployment.c.created_at.label("deployed_at"), _NEWEST_VERSION.label("newest"))
    .join(tables.deployment, tables.deployment.c.key == _definition.c.deployment_key)
    .order_by(_definition.c.process_id, _definition.c.version.desc())
)
_RUNNING = (
    select(
        _instance.c.definition_key,
        func.count().label("running"),
        func.sum(case((_instance.c.suspended_at.is_not(None), 1), else_=0)).label("suspended"),
    )
    .where(_instance.c.definition_key.in_(bindparam("keys", expanding=True)), _instance.c.status == "active")
    .group_by(_instance.c.definition_key)
)
