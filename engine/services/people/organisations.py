"""Organisations and their teams: who works with an authority, from when and until when.

A team is an organisation with a parent: its members work on the parent's tasks. What ends keeps its cases and
its history; nothing is ever deleted.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, Connection, and_, bindparam, func, insert, or_, select, update

from engine.errors import BadInput, Conflict, NotFound, VersionMismatch
from engine.plans.settings import SETTING_TYPES
from engine.services import paging
from engine.services.audit import audit_of_authority
from engine.services.audit.audit import Event
from engine.services.people.views_of_organisations import OrganisationView
from engine.services.principals import SEND_TEAM, Principal
from engine.services.sight import sight
from engine.services.views import Page, PageEnd
from engine.store import tables
from engine.store.types import AnyRow

if TYPE_CHECKING:
    from engine.application import Engine

KINDS = ("authority", "health", "care", "setting", "other")


@dataclass(frozen=True)
class NewOrganisation:
    """An organisation to be made; with `parent_key` a team of that organisation."""

    code: str
    name: str
    kind: str | None = None
    urn: str | None = None
    setting_type: str | None = None
    parent_key: str | None = None
    valid_from: date | None = None


def list_organisations(
    engine: Engine,
    principal: Principal,
    *,
    kind: str | None = None,
    search: str | None = None,
    parent_key: str | None = None,
    current: bool | None = None,
    limit: int = 50,
    cursor: str | None = None,
) -> Page[OrganisationView]:
    """The organisations that a principal sees, the oldest first.

    Args:
        search: a part of the name or the code.
        parent_key: only the teams of this organisation.
        current: only those that work today, or only those that don't.
    """
    principal.require("organisation:read")
    query = select(_organisation).where(seen(principal))
    if kind is not None:
        query = query.where(_organisation.c.kind == kind)
    if search is not None:
        named = or_(_contains(_organisation.c.name, search), _contains(_organisation.c.code, search))
        query = query.where(named)
    if parent_key is not None:
        query = query.where(_organisation.c.parent_key == sight.key(parent_key))
    if current is not None:
        works = _works(engine.clock.today())
        query = query.where(works if current else ~works)
    if cursor is not None:
        query = query.where(_organisation.c.key > paging.decode(cursor, int)[0])
    with engine.database.read() as connection:
        rows = connection.execute(query.order_by(_organisation.c.key).limit(paging.clamp(limit) + 1)).all()
    end = paging.encode([rows[limit - 1].key]) if len(rows) > limit else None
    return Page(items=[view(row) for row in rows[:limit]], page=PageEnd(end_cursor=end))


def get_organisation(engine: Engine, principal: Principal, key: str) -> OrganisationView:
    """One organisation.

    Raises:
        NotFound: there is none that this principal sees.
    """
    principal.require("organisation:read")
    with engine.database.read() as connection:
        return view(find(connection, principal, key))


def create_organisation(engine: Engine, principal: Principal, new: NewOrganisation) -> OrganisationView:
    """Make an organisation, or a team of one.

    Raises:
        BadInput: the code is taken, or kind, number and parent don't go together.
    """
    principal.require("organisation:manage")
    with engine.database.write() as connection:
        parent = _parent(connection, principal, new.parent_key)
        kind = _kind(new, parent)
        values = {
            "authority": principal.authority,
            "code": new.code,
            "name": new.name,
            "kind": kind,
            "urn": new.urn,
            "setting_type": _setting_type(new.setting_type, kind),
            "parent_key": parent.key if parent is not None else None,
            "valid_from": new.valid_from,
        }
        _check_free(connection, principal.authority, new.code)
        row = connection.execute(_INSERT, values).one()
        facts = {"organisation": row.key, "code": new.code, "parent": values["parent_key"]}
        audit_of_authority.record(connection, engine, principal, Event.ORGANISATION_MADE, **facts)
        return view(row)


def change_organisation(
    engine: Engine, principal: Principal, key: str, changes: Mapping[str, Any], version: int | None = None
) -> OrganisationView:
    """Change name, kind of setting, or the day on which it begins. Letters sent before stay as they were.

    Raises:
        NotFound, VersionMismatch: as their names say.
        BadInput: it isn't a setting.
    """
    principal.require("organisation:manage")
    with engine.database.write() as connection:
        row = find(connection, principal, key, lock=True)
        check_version(row, version)
        values = {name: value for name, value in changes.items() if value != getattr(row, name)}
        if not values:
            return view(row)
        if "setting_type" in values:
            _setting_type(values["setting_type"], row.kind)
        _set(connection, row, values)
        before = {name: _fact(name, getattr(row, name)) for name in values}
        after = {name: _fact(name, value) for name, value in values.items()}
        facts = {"organisation": row.key, "before": before, "after": after}
        audit_of_authority.record(connection, engine, principal, Event.ORGANISATION_CHANGED, **facts)
        return view(find(connection, principal, key))


def end_organisation(
    engine: Engine, principal: Principal, key: str, last_day: date, version: int | None = None
) -> OrganisationView:
    """Say the last day of an organisation; nobody belongs to it or its teams any longer than that.

    Raises:
        Conflict: it is the SEND team, or has open tasks: its cases would wait for nobody.
        NotFound, VersionMismatch: as their names say.
    """
    principal.require("organisation:manage")
    with engine.database.write() as connection:
        row = find(connection, principal, key, lock=True)
        check_version(row, version)
        _check_may_end(connection, row)
        _set(connection, row, {"valid_to": last_day})
        ended = connection.execute(_END_MEMBERS, {"which": row.key, "on": last_day}).rowcount
        connection.execute(_END_TEAMS, {"which": row.key, "on": last_day})
        facts = {"organisation": row.key, "before": _fact("", row.valid_to), "after": last_day.isoformat()}
        audit_of_authority.record(
            connection, engine, principal, Event.ORGANISATION_ENDED, members=ended, **facts
        )
        return view(find(connection, principal, key))


# --- what others of this part use ------------------------------------------------------------


def seen(principal: Principal) -> ColumnElement[bool]:
    """The organisations that a principal sees: all of the authority, or its own with its teams."""
    inside = _organisation.c.authority == principal.authority
    if sight.sees_whole_cases(principal):
        return inside
    return and_(inside, own(principal))


def own(principal: Principal) -> ColumnElement[bool]:
    """The principal's organisation and its teams."""
    key = select(_organisation.c.key).where(
        _organisation.c.authority == principal.authority, _organisation.c.code == principal.organisation
    )
    return func.coalesce(_organisation.c.parent_key, _organisation.c.key).in_(key)


def find(connection: Connection, principal: Principal, key: str, *, lock: bool = False) -> AnyRow:
    """The row of an organisation that a principal sees.

    Raises:
        NotFound: there is none.
    """
    query = select(_organisation).where(seen(principal), _organisation.c.key == sight.key(key))
    row = connection.execute(query.with_for_update() if lock else query).one_or_none()
    if row is None:
        raise NotFound(f"There is no organisation {key} for you.")
    return row


def check_version(row: AnyRow, version: int | None) -> None:
    """Refuse to change what has changed since the caller looked.

    Raises:
        VersionMismatch: it has.
    """
    if version is not None and version != row.version:
        raise VersionMismatch(f"It stands at version {row.version}, not {version}. Read it again.")


def view(row: AnyRow) -> OrganisationView:
    """An organisation as it's answered."""
    return OrganisationView(
        key=str(row.key),
        code=row.code,
        name=row.name,
        kind=row.kind,
        urn=row.urn,
        setting_type=row.setting_type,
        parent_key=None if row.parent_key is None else str(row.parent_key),
        valid_from=row.valid_from,
        valid_to=row.valid_to,
        version=row.version,
    )


def _parent(connection: Connection, principal: Principal, key: str | None) -> AnyRow | None:
    if key is None:
        return None
    try:
        parent = find(connection, principal, key)
    except NotFound as missing:
        raise BadInput.field("parentKey", missing.message) from None
    if parent.parent_key is not None:
        raise BadInput.field("parentKey", f"{parent.code} is a team itself; a team has no teams.")
    if parent.code == SEND_TEAM:
        raise BadInput.field("parentKey", "The SEND team has no teams: its caseworkers share its work.")
    return parent


def _kind(new: NewOrganisation, parent: AnyRow | None) -> str:
    kind = new.kind or (parent.kind if parent is not None else None)
    if kind is None or (parent is not None and kind != parent.kind):
        raise BadInput.field("kind", "Say the kind of the organisation; a team has its organisation's.")
    is_school = kind == "setting" and parent is None
    if is_school and (new.urn is None or new.code != f"urn:{new.urn}"):
        raise BadInput.field("urn", "A setting has its URN, and the code urn:<that number>.")
    if not is_school and (new.urn is not None or new.code.startswith("urn:")):
        raise BadInput.field("urn", "Only a setting has a URN, and a code that begins with urn:.")
    return kind


def _setting_type(setting_type: str | None, kind: str) -> str | None:
    if setting_type is not None and (kind != "setting" or setting_type not in SETTING_TYPES):
        raise BadInput.field(
            "settingType", f"Only a setting has one; it is one of {', '.join(sorted(SETTING_TYPES))}."
        )
    return setting_type


def _check_free(connection: Connection, authority: str, code: str) -> None:
    taken = select(_organisation.c.key).where(
        _organisation.c.authority == authority, _organisation.c.code == code
    )
    if connection.execute(taken).first() is not None:
        raise BadInput.field("code", f"There is an organisation {code} already. Choose another code.")


def _check_may_end(connection: Connection, row: AnyRow) -> None:
    if row.code == SEND_TEAM:
        raise Conflict("The SEND team can't end: the authority's own part of the law is its work.")
    if row.parent_key is not None:
        return
    whose = {"authority": row.authority, "organisation": row.code}
    open_tasks = connection.execute(_OPEN_TASKS, whose).scalar_one()
    if open_tasks:
        raise Conflict(f"{row.code} has {open_tasks} open tasks. Have them done or their cases ended first.")


def _set(connection: Connection, row: AnyRow, values: Mapping[str, Any]) -> None:
    query = update(_organisation).where(_organisation.c.key == row.key)
    connection.execute(query.values(**values, version=row.version + 1))


def _fact(name: str, value: Any) -> Any:
    """A value as the trail keeps it: of a name only that there was one."""
    if name == "name":
        return "named"
    return value.isoformat() if isinstance(value, date) else value


def _contains(column: ColumnElement[str], part: str) -> ColumnElement[bool]:
    return func.lower(column).contains(part.lower(), autoescape=True)


def _works(today: date) -> ColumnElement[bool]:
    begun = or_(_organisation.c.valid_from.is_(None), _organisation.c.valid_from <= today)
    return and_(begun, or_(_organisation.c.valid_to.is_(None), _organisation.c.valid_to >= today))


_organisation, _membership = tables.organisation, tables.membership
_INSERT = insert(_organisation).returning(_organisation)
_OPEN_TASKS = (
    select(func.count())
    .select_from(tables.task)
    .where(
        tables.task.c.authority == bindparam("authority"),
        tables.task.c.organisation == bindparam("organisation"),
        tables.OPEN_TASK,
    )
)
_IT_AND_ITS_TEAMS = select(_organisation.c.key).where(
    or_(_organisation.c.key == bindparam("which"), _organisation.c.parent_key == bindparam("which"))
)
_END_MEMBERS = (
    update(_membership)
    .where(
        _membership.c.organisation_key.in_(_IT_AND_ITS_TEAMS),
        or_(_membership.c.valid_to.is_(None), _membership.c.valid_to > bindparam("on")),
    )
    .values(valid_to=bindparam("on"), version=_membership.c.version + 1)
)
_END_TEAMS = (
    update(_organisation)
    .where(
        _organisation.c.parent_key == bindparam("which"),
        or_(_organisation.c.valid_to.is_(None), _organisation.c.valid_to > bindparam("on")),
    )
    .values(valid_to=bindparam("on"), version=_organisation.c.version + 1)
)
