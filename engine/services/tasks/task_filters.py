"""Conditions on tasks kept under a name: one's own, or shared with one's organisation or some of its roles.

They are kept as they were sent, and read by whoever runs them: "me" and "mine" are always the reader.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, Text, and_, bindparam, cast, delete, insert, or_, select, update

from engine.errors import BadInput, NotFound, NotPermitted, VersionMismatch
from engine.services.permissions import ROLES
from engine.services.principals import Principal
from engine.services.sight import sight
from engine.services.tasks.views_of_work import SavedFilterView
from engine.store.types import AnyRow, to_text
from engine.store.work_tables import task_filter

if TYPE_CHECKING:
    from engine.application import Engine

SHARING = ("own", "organisation")
#: How many filters one membership keeps at most.
MOST = 100


@dataclass(frozen=True, kw_only=True)
class Filter:
    """What is kept: a name, conditions as they were sent, and with whom it is shared."""

    name: str
    conditions: Mapping[str, Any]
    sharing: str = "own"
    roles: Sequence[str] | None = None


def list_filters(engine: Engine, principal: Principal) -> list[SavedFilterView]:
    """The principal's own filters and those that are shared with it, by name."""
    principal.require("task:read")
    with engine.database.read() as connection:
        rows = connection.execute(_seen_by(principal).order_by(task_filter.c.name, task_filter.c.key)).all()
    return [_view(principal, row) for row in rows]


def get_filter(engine: Engine, principal: Principal, key: str) -> SavedFilterView:
    """One filter that the principal sees.

    Raises:
        NotFound: there is none.
    """
    principal.require("task:read")
    with engine.database.read() as connection:
        return _view(principal, _find(connection, principal, key))


def save_filter(engine: Engine, principal: Principal, wanted: Filter) -> SavedFilterView:
    """Keep conditions under a name.

    Raises:
        BadInput: roles that there aren't, or too many filters.
    """
    principal.require("task:read")
    _check(wanted)
    now = engine.clock.now()
    with engine.database.write() as connection:
        own = select(task_filter.c.key).where(task_filter.c.membership_key == principal.membership_key)
        if len(connection.execute(own).all()) >= MOST:
            raise BadInput.field("name", f"You keep {MOST} filters already. Delete one first.")
        row = {
            "authority": principal.authority,
            "membership_key": principal.membership_key,
            "organisation": principal.organisation,
            **_values(wanted),
            "version": 1,
            "created_at": now,
            "changed_at": now,
        }
        made = connection.execute(_NEW, row).scalar_one()
        return _view(principal, _find(connection, principal, str(made)))


def change_filter(
    engine: Engine, principal: Principal, key: str, wanted: Filter, version: int | None = None
) -> SavedFilterView:
    """Put something else in a filter's place; one's own only.

    Raises:
        BadInput, NotFound, NotPermitted, VersionMismatch: as their names say.
    """
    principal.require("task:read")
    _check(wanted)
    with engine.database.write() as connection:
        row = _own(connection, principal, key, version)
        values = {f"new_{name}": value for name, value in _values(wanted).items()}
        connection.execute(_CHANGE, {"row_key": row.key, "at": engine.clock.now(), **values})
        return _view(principal, _find(connection, principal, key))


def delete_filter(
    engine: Engine, principal: Principal, key: str, version: int | None = None
) -> SavedFilterView:
    """Take one's own filter away; gives what it was.

    Raises:
        NotFound, NotPermitted, VersionMismatch: as their names say.
    """
    principal.require("task:read")
    with engine.database.write() as connection:
        row = _own(connection, principal, key, version)
        connection.execute(_DELETE, {"row_key": row.key})
        return _view(principal, row)


def _check(wanted: Filter) -> None:
    if wanted.sharing not in SHARING:
        raise BadInput.field("sharing", f"sharing is one of {', '.join(SHARING)}.")
    if wanted.roles is not None and wanted.sharing == "own":
        raise BadInput.field("roles", "Roles are for a filter that is shared with the organisation.")
    if unknown := set(wanted.roles or ()) - set(ROLES):
        raise BadInput.field("roles", f"There is no role {min(unknown)}.")


def _values(wanted: Filter) -> dict[str, Any]:
    return {
        "name": wanted.name,
        "conditions": dict(wanted.conditions),
        "sharing": wanted.sharing,
        "roles": None if wanted.roles is None else sorted(set(wanted.roles)),
    }


def _own(connection: Connection, principal: Principal, key: str, version: int | None) -> AnyRow:
    row = _find(connection, principal, key)
    if row.membership_key != principal.membership_key:
        raise NotPermitted("Only whoever keeps a filter changes or deletes it.")
    if version is not None and version != row.version:
        raise VersionMismatch(f"The filter stands at version {row.version}, not {version}. Read it again.")
    return row


def _find(connection: Connection, principal: Principal, key: str) -> AnyRow:
    row = connection.execute(_seen_by(principal).where(task_filter.c.key == sight.key(key))).one_or_none()
    if row is None:
        raise NotFound(f"There is no filter {key} for you.")
    return row


def _seen_by(principal: Principal) -> Any:
    named = cast(task_filter.c.roles, Text).contains(to_text(principal.role), autoescape=True)
    shared = and_(
        task_filter.c.authority == principal.authority,
        task_filter.c.organisation == principal.organisation,
        task_filter.c.sharing == "organisation",
        or_(task_filter.c.roles.is_(None), named),
    )
    return select(task_filter).where(or_(task_filter.c.membership_key == principal.membership_key, shared))


def _view(principal: Principal, row: AnyRow) -> SavedFilterView:
    return SavedFilterView(
        key=str(row.key),
        name=row.name,
        conditions=row.conditions,
        sharing=row.sharing,
        roles=row.roles,
        own=row.membership_key == principal.membership_key,
        version=row.version,
    )


_THIS = task_filter.c.key == bindparam("row_key")
_NEW = insert(task_filter).returning(task_filter.c.key)
_CHANGE = (
    update(task_filter)
    .where(_THIS)
    .values(
        name=bindparam("new_name"),
        conditions=bindparam("new_conditions"),
        sharing=bindparam("new_sharing"),
        roles=bindparam("new_roles"),
        changed_at=bindparam("at"),
        version=task_filter.c.version + 1,
    )
)
_DELETE = delete(task_filter).where(_THIS)
