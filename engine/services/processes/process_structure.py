"""What lies inside a process instance and around it: variables, called processes, those it began."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import Connection, bindparam, select

from engine.errors import Conflict
from engine.services.principals import Principal
from engine.services.processes.process_instances import find_instance, state_of
from engine.services.processes.views_of_control import CallHierarchy, CallView, VariablesView, VariableView
from engine.services.sight import sight
from engine.spiff import OpenScope, StateUnreadable, open_scopes
from engine.store import tables
from engine.store.types import AnyRow

if TYPE_CHECKING:
    from engine.application import Engine

#: What may be seen of a case by whoever may not read it: where it belongs, and nothing of the child.
OPEN_TO_ALL = frozenset({"caseKey", "occurrence"})
#: Instances of one case that began on another's behalf, one inside the other.
_DEEPEST = 50


def instance_variables(engine: Engine, principal: Principal, key: str) -> VariablesView:
    """The variables of an instance: their names and types, and the values that the principal may see.

    Whoever may read whole cases sees all values; a process owner those of `OPEN_TO_ALL`.

    Raises:
        NotFound: there is no such instance in this authority.
        Conflict: its state can't be read.
    """
    with engine.database.read() as connection:
        row = find_instance(connection, principal, key)
        scopes = _scopes(engine, connection, row)
    sees_all = "case:read" in principal.permissions and sight.sees_whole_cases(principal)
    items = [
        _variable(scope, name, value, hidden=not sees_all and name not in OPEN_TO_ALL)
        for scope in scopes
        for name, value in sorted((scope.variables or {}).items())
    ]
    return VariablesView(items=items)


def call_hierarchy(engine: Engine, principal: Principal, key: str) -> CallHierarchy:
    """Where an instance stands among those of its case.

    A called process runs inside the instance that calls it; one that a process starts (`ehc:start`) is an
    instance of its own, which knows on whose behalf it began.

    Raises:
        NotFound: there is no such instance in this authority.
        Conflict: its state can't be read.
    """
    with engine.database.read() as connection:
        row = find_instance(connection, principal, key)
        family = {each.key: each for each in connection.execute(_OF_CASE, {"case": row.case_key}).all()}
        return CallHierarchy(
            ancestors=_ancestors(family, row.key), instance=_calls(engine, connection, family, row.key)
        )


def _ancestors(family: dict[int, AnyRow], key: int) -> list[str]:
    found: list[str] = []
    above = family[key].parent_key
    while above in family and len(found) < _DEEPEST:
        found.append(str(above))
        above = family[above].parent_key
    return found[::-1]


def _calls(
    engine: Engine, connection: Connection, family: dict[int, AnyRow], key: int, depth: int = 0
) -> CallView:
    row = family[key]
    begun = [each.key for each in family.values() if each.parent_key == key] if depth < _DEEPEST else []
    inner = _inside(row, _scopes(engine, connection, row)[1:], 0) if row.status == "active" else []
    return CallView(
        process_instance_key=str(key),
        process_id=row.process_id,
        element_id=None,
        token=None,
        state=state_of(row),
        children=[*inner, *(_calls(engine, connection, family, each, depth + 1) for each in begun)],
    )


def _inside(row: AnyRow, scopes: list[OpenScope], holder: int) -> list[CallView]:
    """The sub-processes and called processes that hang directly on a token's scope."""
    return [
        CallView(
            process_instance_key=str(row.key),
            process_id=scope.process_id,
            element_id=scope.element_id,
            token=scope.holder,
            state=state_of(row),
            children=_inside(row, scopes, scope.holder),
        )
        for scope in scopes
        if scope.inside == holder
    ]


def _scopes(engine: Engine, connection: Connection, row: AnyRow) -> list[OpenScope]:
    definition = engine.definitions.get(connection, row.definition_key)
    try:
        return open_scopes(definition.bundle, row.state)
    except StateUnreadable as problem:
        raise Conflict(f"The state of process instance {row.key} can't be read. {problem}") from problem


def _variable(scope: OpenScope, name: str, value: object, *, hidden: bool) -> VariableView:
    return VariableView(
        name=name,
        process_id=scope.process_id,
        scope_token=scope.holder or None,
        type=_TYPES.get(type(value), "object"),
        hidden=hidden,
        value=None if hidden else value,
    )


_TYPES = {
    str: "text",
    bool: "flag",
    int: "number",
    float: "number",
    list: "list",
    dict: "object",
    type(None): "null",
}
_instance, _definition = tables.instance, tables.process_definition
_OF_CASE = (
    select(_instance, _definition.c.process_id)
    .join(_definition, _definition.c.key == _instance.c.definition_key)
    .where(_instance.c.case_key == bindparam("case"))
    .order_by(_instance.c.key)
)
