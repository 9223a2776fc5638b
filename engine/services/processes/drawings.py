"""The drawn diagrams of a version, for what its running form no longer says: flows, areas, texts."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import Connection, bindparam, select

from engine.definitions.checks.joins import stand_still
from engine.definitions.diagram import Diagram, Drawn, Expression, expressions, read_diagram
from engine.definitions.soundness import Net, net_of
from engine.services.processes.definitions import Definition
from engine.spiff.drawing import Area
from engine.store import tables

#: Deployments whose drawings are kept in memory.
_CACHED = 8
Place = tuple[str, str]
"""A process and an element or sub-process in it."""


@dataclass(frozen=True)
class Drawings:
    """The diagrams of one deployment.

    Attributes:
        areas: by process and sub-process (the process itself for what lies directly in it).
        drawn: every element, by process and id.
        texts: what elements work out, by process and element.
    """

    areas: Mapping[Place, Area]
    drawn: Mapping[Place, Drawn]
    texts: Mapping[Place, Sequence[Expression]]
    _nets: dict[Place, Net] = field(default_factory=dict)

    def name(self, process_id: str, element_id: str) -> str:
        """An element as its owner knows it."""
        found = self.drawn.get((process_id, element_id))
        return (found.info.name if found else "") or element_id

    def area_of(self, process_id: str, element_id: str) -> Area | None:
        """What an element lies in."""
        found = self.drawn.get((process_id, element_id))
        return self.areas.get((process_id, found.info.parent or process_id)) if found else None

    def after(self, process_id: str, element_id: str) -> list[str]:
        """The elements to which a flow leads from one."""
        area = self.area_of(process_id, element_id)
        return [flow.target for flow in area.outgoing(element_id)] if area else []

    def stuck(self, place: Place, standing: Sequence[tuple[str, str]]) -> dict[str, str]:
        """The joins of an area that would wait for ever, from where tokens stand, each with why."""
        if place not in self._nets:
            self._nets[place] = net_of(self.areas[place])
        return stand_still(self._nets[place], standing)


class _Cache:
    """Drawings by the digest of their deployment; the least recently used is thrown out."""

    def __init__(self) -> None:
        self._known: OrderedDict[str, Drawings] = OrderedDict()
        self._guard = threading.Lock()

    def get(self, connection: Connection, deployment_key: int) -> Drawings:
        digest: str = connection.execute(_DIGEST, {"key": deployment_key}).scalar_one()
        with self._guard:
            if digest in self._known:
                self._known.move_to_end(digest)
                return self._known[digest]
        rows = connection.execute(_DIAGRAMS, {"deployment": deployment_key}).all()
        made = _read({row.name: bytes(row.content) for row in rows})
        with self._guard:
            self._known[digest] = made
            if len(self._known) > _CACHED:
                self._known.popitem(last=False)
        return made


_CACHE = _Cache()


def drawings_of(connection: Connection, definition: Definition) -> Drawings:
    """The diagrams of the deployment that a version belongs to."""
    return _CACHE.get(connection, definition.deployed.key)


def _read(files: Mapping[str, bytes]) -> Drawings:
    read = (read_diagram(name, content) for name, content in files.items())
    diagrams = [diagram for diagram in read if diagram is not None]
    areas = {(area.process_id, area.id): area for diagram in diagrams for area in diagram.areas}
    drawn = {(each.info.process_id, each.info.id): each for diagram in diagrams for each in diagram.elements}
    return Drawings(areas, drawn, _texts(diagrams))


def _texts(diagrams: Sequence[Diagram]) -> dict[Place, list[Expression]]:
    found: dict[Place, list[Expression]] = {}
    for diagram in diagrams:
        process_of = {each.info.id: each.info.process_id for each in diagram.elements}
        for text in expressions(diagram):
            if text.element in process_of:
                found.setdefault((process_of[text.element], text.element), []).append(text)
    return found


_DIGEST = select(tables.deployment.c.digest).where(tables.deployment.c.key == bindparam("key"))
_DIAGRAMS = select(tables.deployment_resource.c.name, tables.deployment_resource.c.content).where(
    tables.deployment_resource.c.deployment_key == bindparam("deployment"),
    tables.deployment_resource.c.name.like("%.bpmn"),
)
