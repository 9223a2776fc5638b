"""The templates of letters that stand for an authority: what it deployed, and for the rest what ships.

A template that is deployed stands at once, for every letter that is written from then on. One that can't be
used any more, because a release gives letters something else, refuses the letter: it isn't sent in other
words.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from pathlib import Path

from sqlalchemy import Connection, bindparam, select

from engine.config import ROOT
from engine.letters import SUFFIX, Letters, read_folder
from engine.services.processes import definitions
from engine.store import tables

#: The folder beside the diagrams that holds the templates that ship.
NOTICES = "notices"
_CACHED = 16


class LetterTemplates:
    """Templates by the deployment that holds them, read once each; all threads share them."""

    def __init__(self, folder: Path) -> None:
        """`folder` holds the installation's own, which stand before the product's."""
        self._folder = folder
        self._shipped: Letters | None = None
        self._deployed: OrderedDict[int, Letters] = OrderedDict()
        self._guard = threading.Lock()

    def shipped(self) -> Letters:
        """The templates that stand where none are deployed."""
        if self._shipped is None:
            self._shipped = Letters({**read_folder(ROOT / "bpmn" / NOTICES), **read_folder(self._folder)})
        return self._shipped

    def in_force(self, connection: Connection, authority: str) -> Letters:
        """The templates of an authority, by its newest deployment."""
        return self.of_deployment(connection, definitions.newest_deployment(connection, authority))

    def of_deployment(self, connection: Connection, deployment_key: int | None) -> Letters:
        """The templates that stand while a deployment is the newest; None: there is none yet."""
        if deployment_key is None:
            return self.shipped()
        with self._guard:
            known = self._deployed.get(deployment_key)
        if known is not None:
            return known
        rows = connection.execute(_SOURCES, {"deployment": deployment_key, "names": f"%{SUFFIX}"}).all()
        own = {row.name: bytes(row.content).decode() for row in rows}
        shipped = self.shipped()
        found = Letters({**shipped.sources, **own}, own.keys()) if own else shipped
        with self._guard:
            self._deployed[deployment_key] = found
            if len(self._deployed) > _CACHED:
                self._deployed.popitem(last=False)
        return found


_resource = tables.deployment_resource
_SOURCES = select(_resource.c.name, _resource.c.content).where(
    _resource.c.deployment_key == bindparam("deployment"), _resource.c.name.like(bindparam("names"))
)
