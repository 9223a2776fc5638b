"""Pictures of processes: as they are drawn, and how they stand."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from engine.definitions.picture import Mark, draw
from engine.errors import BadInput
from engine.services.principals import Principal
from engine.services.processes.process_definitions import diagram_of, find_definition
from engine.services.processes.process_instances import detail, find_instance
from engine.services.processes.process_statistics import tallied
from engine.services.processes.views_of_control import ElementView

if TYPE_CHECKING:
    from engine.application import Engine


def definition_picture(engine: Engine, principal: Principal, key: str, *, tokens: bool = False) -> str:
    """The picture of a version as SVG, with ``tokens`` how it stands over all running instances.

    Raises:
        NotFound: there is none in this authority.
    """
    with engine.database.read() as connection:
        row = find_definition(connection, principal, key)
        _, content = diagram_of(connection, row)
        shows = f"Version {row.version} of the process as it is drawn."
        marks: dict[str, Mark] = {}
        if tokens:
            definition = engine.definitions.get(connection, row.key)
            tally = tallied(engine, connection, definition, row)
            shows = f"Version {row.version} with {tally.instances} running instances."
            marks = {
                element: Mark(
                    open=tally.open[element],
                    listening=tally.listening[element],
                    overdue=tally.overdue[element],
                    incidents=tally.incidents[element],
                )
                for element in tally.elements()
            }
    return draw(content, row.process_id, marks, description=shows)


def instance_picture(engine: Engine, principal: Principal, key: str, process_id: str | None = None) -> str:
    """The picture of an instance's process, or of one that it calls, with what is open in it.

    Raises:
        NotFound: there is no such instance in this authority.
        BadInput: its version holds no such process.
    """
    with engine.database.read() as connection:
        row = find_instance(connection, principal, key)
        instance = detail(engine, connection, row)
        bundle = engine.definitions.get(connection, row.definition_key).bundle
        drawn = process_id or row.process_id
        if drawn not in bundle.processes:
            raise BadInput.field("processId", f"Its version holds no process '{drawn[:60]}'.")
        definition = find_definition(connection, principal, str(row.definition_key))
        _, content = diagram_of(connection, definition, drawn)
    here = [each for each in instance.elements if each.process_id == drawn]
    shows = f"Process instance {instance.key}, version {row.definition_version}: {_told(here)}."
    return draw(content, drawn, _marks(here), description=shows)


def _marks(elements: list[ElementView]) -> dict[str, Mark]:
    counted: dict[str, Counter[str]] = {}
    for each in elements:
        figures = counted.setdefault(each.element_id, Counter())
        figures["listening" if each.state == "listening" else "open"] += 1
        figures["overdue"] += each.late_seconds is not None
        figures["incidents"] = len(each.incident_keys)
    return {element: Mark(**figures) for element, figures in counted.items()}


def _told(elements: list[ElementView]) -> str:
    busy = [each.element_name or each.element_id for each in elements if each.state != "listening"]
    return "open are " + ", ".join(dict.fromkeys(busy)) if busy else "nothing is open in it"
