"""How a version stands over all its running instances: open tokens, incidents and lateness by element.

Tokens are counted from the instances' own states, the only place that knows all of them (joins, signals,
sub-processes); lateness and incidents from the tables.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, bindparam, func, select

from engine.services.principals import Principal
from engine.services.processes.definitions import Definition
from engine.services.processes.process_definitions import find_definition
from engine.services.processes.views_of_control import DefinitionStatistics, ElementStatistics
from engine.spiff import Bundle, StateUnreadable, open_elements
from engine.store import tables
from engine.store.types import AnyRow

if TYPE_CHECKING:
    from engine.application import Engine

#: States read at a time.
_AT_ONCE = 500


@dataclass
class Tally:
    """Figures by element id."""

    instances: int = 0
    unreadable: int = 0
    open: Counter[str] = field(default_factory=Counter)
    listening: Counter[str] = field(default_factory=Counter)
    incidents: Counter[str] = field(default_factory=Counter)
    overdue: Counter[str] = field(default_factory=Counter)

    def elements(self) -> set[str]:
        """The elements that any figure speaks of."""
        return {*self.open, *self.listening, *self.incidents, *self.overdue}


def definition_statistics(engine: Engine, principal: Principal, key: str) -> DefinitionStatistics:
    """How a version stands now, by element.

    Of a process that others call, the tokens of its runs inside them count.

    Raises:
        NotFound: there is no such definition in this authority.
    """
    with engine.database.read() as connection:
        row = find_definition(connection, principal, key)
        definition = engine.definitions.get(connection, row.key)
        tally = tallied(engine, connection, definition, row)
    elements = definition.bundle.elements[row.process_id]
    return DefinitionStatistics(
        process_definition_key=str(row.key),
        at=engine.clock.now(),
        instances=tally.instances,
        unreadable=tally.unreadable,
        elements=[
            ElementStatistics(
                element_id=info.id,
                element_name=info.name or None,
                type=info.kind,
                open=tally.open[info.id],
                listening=tally.listening[info.id],
                incidents=tally.incidents[info.id],
                overdue=tally.overdue[info.id],
            )
            for info in elements.values()
            if info.id in tally.elements()
        ],
    )


def tallied(engine: Engine, connection: Connection, definition: Definition, row: AnyRow) -> Tally:
    """The figures of a definition's process over the instances of its deployment that can reach it."""
    callers = _callers(definition.bundle, row.process_id)
    keys = connection.execute(
        _TOGETHER, {"deployment": row.deployment_key, "processes": sorted(callers)}
    ).scalars()
    tally = Tally()
    for key in keys.all():
        for state in _states(connection, key):
            _count(tally, definition.bundle, row.process_id, state)
        _look_up(engine, connection, tally, key)
    return tally


def _callers(bundle: Bundle, process_id: str) -> set[str]:
    """A process and those that may call it, directly or through others: by name, or by an expression."""
    found = {process_id, *(name for name in bundle.processes if _calls_by_expression(bundle, name))}
    while more := {name for name, info in bundle.processes.items() if info.calls & found} - found:
        found |= more
    return found


def _calls_by_expression(bundle: Bundle, process_id: str) -> bool:
    return any(info.called_process.startswith("=") for info in bundle.elements[process_id].values())


def _states(connection: Connection, definition_key: int) -> Iterator[str]:
    last = 0
    while rows := connection.execute(_ACTIVE, {"of": definition_key, "last": last, "most": _AT_ONCE}).all():
        yield from (row.state for row in rows)
        last = rows[-1].key


def _count(tally: Tally, bundle: Bundle, process_id: str, state: str) -> None:
    try:
        found = [each for each in open_elements(bundle, state) if each.process_id == process_id]
    except StateUnreadable:
        tally.unreadable += 1
        return
    tally.instances += bool(found)
    for each in found:
        (tally.listening if each.state == "listening" else tally.open)[each.element_id] += 1


def _look_up(engine: Engine, connection: Connection, tally: Tally, definition_key: int) -> None:
    asked: dict[str, Any] = {"of": definition_key}
    for row in connection.execute(_BROKEN, asked):
        tally.incidents[row.element_id or ""] += row.number
    for row in connection.execute(_LATE_TIMERS, {**asked, "now": engine.clock.now()}):
        tally.overdue[row.element_id] += row.number
    for row in connection.execute(_LATE_TASKS, {**asked, "today": engine.clock.today()}):
        tally.overdue[row.element_id] += row.number


_instance, _definition, _task = tables.instance, tables.process_definition, tables.task
_timer, _incident = tables.timer, tables.incident
_TOGETHER = select(_definition.c.key).where(
    _definition.c.deployment_key == bindparam("deployment"),
    _definition.c.process_id.in_(bindparam("processes", expanding=True)),
)
_ACTIVE = (
    select(_instance.c.key, _instance.c.state)
    .where(
        _instance.c.definition_key == bindparam("of"),
        _instance.c.key > bindparam("last"),
        _instance.c.status == "active",
    )
    .order_by(_instance.c.key)
    .limit(bindparam("most"))
)


def _by_element(table: Any, *conditions: Any) -> Any:
    return (
        select(table.c.element_id, func.count().label("number"))
        .join_from(_instance, table, table.c.instance_key == _instance.c.key)
        .where(_instance.c.definition_key == bindparam("of"), _instance.c.status == "active", *conditions)
        .group_by(table.c.element_id)
    )


_BROKEN = _by_element(_incident, _incident.c.state == "open")
_LATE_TIMERS = _by_element(_timer, _timer.c.due_at <= bindparam("now"))
_LATE_TASKS = _by_element(
    _task, _task.c.case_key == _instance.c.case_key, tables.OPEN_TASK, _task.c.due_on < bindparam("today")
)
