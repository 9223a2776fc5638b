"""Process instances as process owners find them: the list, and what is open in one. No child is named."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, Connection, Select, Table, and_, bindparam, exists, func, or_, select

from engine.clock import start_of_day
from engine.errors import BadInput, NotFound
from engine.services import paging
from engine.services.principals import Principal
from engine.services.processes.definitions import Definition
from engine.services.processes.views_of_control import ElementView, InstanceDetail, InstanceView
from engine.services.sight import sight
from engine.services.views import Page, PageEnd
from engine.spiff import OpenElement, StateUnreadable, open_elements
from engine.store import tables
from engine.store.types import AnyRow

if TYPE_CHECKING:
    from engine.application import Engine

STATES = ("ACTIVE", "SUSPENDED", "COMPLETED", "CANCELED")
_WORDS = {"completed": "COMPLETED", "cancelled": "CANCELED"}


def list_instances(
    engine: Engine, principal: Principal, *, limit: int = 50, cursor: str | None = None, **filters: Any
) -> Page[InstanceView]:
    """The instances of the authority, the newest first.

    Args:
        filters: as `filtered` takes them.
    """
    principal.require("process:read")
    query = filtered(principal, **filters).order_by(_instance.c.key.desc())
    if cursor is not None:
        query = query.where(_instance.c.key < paging.decode(cursor, int)[0])
    with engine.database.read() as connection:
        rows = connection.execute(query.limit(paging.clamp(limit) + 1)).all()
    end = paging.encode([rows[limit - 1].key]) if len(rows) > limit else None
    return Page(items=[InstanceView(**_columns(row)) for row in rows[:limit]], page=PageEnd(end_cursor=end))


def filtered(
    principal: Principal,
    *,
    process_definition_id: str | None = None,
    process_definition_key: str | None = None,
    version: int | None = None,
    case_key: str | None = None,
    parent_process_instance_key: str | None = None,
    state: str | None = None,
    element_id: str | None = None,
    with_incident: bool | None = None,
    started_from: date | None = None,
    started_before: date | None = None,
    ended_from: date | None = None,
    ended_before: date | None = None,
) -> Select[Any]:
    """The query for the instances of an authority that fulfil all of these.

    Args:
        state: one of `STATES`.
        element_id: somebody works or a timer or message is waited for at this element.
        started_from: the first day in London on which they may have begun; `..._before`: the day after the
            last.
    """
    own = _instance.c.authority == principal.authority
    query = _LIST.where(own, sight.open_to(principal, _instance.c.case_key))
    plain = {
        _definition.c.process_id: process_definition_id,
        _definition.c.version: version,
        _instance.c.definition_key: process_definition_key and sight.key(process_definition_key),
        _instance.c.case_key: case_key and sight.key(case_key),
        _instance.c.parent_key: parent_process_instance_key and sight.key(parent_process_instance_key),
    }
    query = query.where(*(column == value for column, value in plain.items() if value is not None))
    if state is not None:
        query = query.where(_in_state(state))
    if element_id is not None:
        query = query.where(_at(element_id))
    if with_incident is not None:
        query = query.where(_BROKEN if with_incident else ~_BROKEN)
    bounds = [
        (_instance.c.started_at, started_from, started_before),
        (_instance.c.ended_at, ended_from, ended_before),
    ]
    for column, first, after in bounds:
        query = query.where(*([column >= start_of_day(first)] if first else []))
        query = query.where(*([column < start_of_day(after)] if after else []))
    return query


def get_instance(engine: Engine, principal: Principal, key: str) -> InstanceDetail:
    """One instance and what is open in it: tasks, timers, messages, sub-processes, and what went wrong.

    Raises:
        NotFound: there is none in this authority.
    """
    with engine.database.read() as connection:
        return detail(engine, connection, find_instance(connection, principal, key))


def detail(engine: Engine, connection: Connection, row: AnyRow) -> InstanceDetail:
    """An instance's row with what is open in it."""
    definition = engine.definitions.get(connection, row.definition_key)
    try:
        found = open_elements(definition.bundle, row.state) if row.status == "active" else []
        unreadable = None
    except StateUnreadable as problem:
        found, unreadable = [], str(problem)
    surroundings = _Surroundings(connection, row.key, engine.clock.now())
    elements = [surroundings.view(definition, each) for each in found]
    return InstanceDetail(**_columns(row), elements=elements, unreadable=unreadable)


def find_instance(connection: Connection, principal: Principal, key: str) -> AnyRow:
    """The row of an instance of the principal's authority, with its state.

    Raises:
        NotFound: there is none.
    """
    principal.require("process:read")
    query = _BY_KEY.where(sight.open_to(principal, _instance.c.case_key))
    row = connection.execute(query, {"key": sight.key(key)}).one_or_none()
    if row is None or row.authority != principal.authority:
        raise NotFound(f"There is no process instance {key} for you.")
    return row


class _Surroundings:
    """What the tables hold of one instance, by token and by element."""

    def __init__(self, connection: Connection, instance_key: int, now: datetime) -> None:
        of = {"of": instance_key}
        self._now = now
        self._tasks = {row.token: row for row in connection.execute(_TASKS, of)}
        self._timers = {row.token: row for row in connection.execute(_TIMERS, of)}
        self._messages = {row.token: row.message for row in connection.execute(_SUBSCRIPTIONS, of)}
        self._incidents = connection.execute(_INCIDENTS, of).all()

    def view(self, definition: Definition, found: OpenElement) -> ElementView:
        info = definition.bundle.elements[found.process_id].get(found.element_id)
        task, timer = self._tasks.get(found.token), self._timers.get(found.token)
        late = int((self._now - timer.due_at).total_seconds()) if timer else 0
        broken = [str(row.key) for row in self._incidents if row.element_id == found.element_id]
        return ElementView(
            token=found.token,
            element_id=found.element_id,
            element_name=(info and info.name) or None,
            type=info.kind if info else "gateway",
            process_id=found.process_id,
            scope_token=found.holder or None,
            state=found.state,
            rule=(info and info.rule) or None,
            due_at=timer.due_at if timer else None,
            late_seconds=late if late > 0 else None,
            message=self._messages.get(found.token),
            task_key=str(task.key) if task else None,
            incident_keys=broken,
        )


def _columns(row: AnyRow) -> dict[str, Any]:
    return {
        "key": str(row.key),
        "process_definition_key": str(row.definition_key),
        "process_definition_id": row.process_id,
        "process_definition_name": row.process_name,
        "process_definition_version": row.definition_version,
        "case_key": str(row.case_key),
        "parent_process_instance_key": str(row.parent_key) if row.parent_key else None,
        "state": state_of(row),
        "start_date": row.started_at,
        "end_date": row.ended_at,
        "suspended_since": row.suspended_at,
        "open_incidents": row.open_incidents,
        "version": row.version,
    }


def state_of(row: AnyRow) -> str:
    """An instance's state in the interface's words."""
    running = "ACTIVE" if row.suspended_at is None else "SUSPENDED"
    return _WORDS.get(row.status, running)


def _in_state(state: str) -> Any:
    if state not in STATES:
        raise BadInput.field("state", f"state is one of {', '.join(STATES)}.")
    if state in _WORDS.values():
        return _instance.c.status == ("completed" if state == "COMPLETED" else "cancelled")
    suspended = _instance.c.suspended_at
    stands = suspended.is_(None) if state == "ACTIVE" else suspended.is_not(None)
    return and_(_instance.c.status == "active", stands)


def _at(element_id: str) -> ColumnElement[bool]:
    """Whether something of an instance is recorded as open at an element."""
    task, timer, subscription = tables.task, tables.timer, tables.subscription
    of_the_case = (task.c.case_key == _instance.c.case_key, tables.OPEN_TASK)
    places: list[tuple[Table, Sequence[ColumnElement[bool]]]] = [
        (task, of_the_case),
        (timer, ()),
        (subscription, ()),
    ]
    return or_(
        *(
            exists(
                select(table.c.token).where(
                    table.c.instance_key == _instance.c.key, table.c.element_id == element_id, *conditions
                )
            )
            for table, conditions in places
        )
    )


_instance, _definition, _incident = tables.instance, tables.process_definition, tables.incident
_OPEN_HERE = (_incident.c.instance_key == _instance.c.key, _incident.c.state == "open")
_BROKEN = exists(select(_incident.c.key).where(*_OPEN_HERE))
_COUNT = select(func.count()).select_from(_incident).where(*_OPEN_HERE).correlate(_instance).scalar_subquery()
_LIST: Select[Any] = select(
    *(column for column in _instance.c if column.name != "state"),
    _definition.c.process_id,
    _definition.c.name.label("process_name"),
    _definition.c.version.label("definition_version"),
    _COUNT.label("open_incidents"),
).join(_definition, _definition.c.key == _instance.c.definition_key)
_BY_KEY = _LIST.add_columns(_instance.c.state).where(_instance.c.key == bindparam("key"))
_TASKS = select(tables.task.c.key, tables.task.c.token).where(
    tables.task.c.case_key
    == select(_instance.c.case_key).where(_instance.c.key == bindparam("of")).scalar_subquery(),
    tables.task.c.instance_key == bindparam("of"),
    tables.OPEN_TASK,
)
_TIMERS = select(tables.timer.c.token, tables.timer.c.due_at).where(
    tables.timer.c.instance_key == bindparam("of")
)
_SUBSCRIPTIONS = select(tables.subscription.c.token, tables.subscription.c.message).where(
    tables.subscription.c.instance_key == bindparam("of")
)
_INCIDENTS = select(_incident.c.key, _incident.c.element_id).where(
    _incident.c.instance_key == bindparam("of"), _incident.c.state == "open"
)
