"""The templates of messages that stand for an authority: what it deployed, and for the rest what ships.

A message that was sent is shown with the templates that stood when it was sent.
"""

from __future__ import annotations

import logging
import threading
from collections import OrderedDict
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, bindparam, select

from engine.config import ROOT
from engine.services.processes import definitions
from engine.store import tables
from engine.store.control_tables import deployment_act
from engine.wording import SUFFIX, WordingRefused, Wordings, Written, read_folder

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

#: The folder beside the diagrams that holds the templates that ship.
FOLDER = "messages"
_CACHED = 16

log = logging.getLogger(__name__)


class Templates:
    """Templates by the deployment that holds them, read once each; all threads share them."""

    def __init__(self, folder: Path) -> None:
        """`folder` holds the installation's own, which stand before the product's."""
        self._folder = folder
        self._shipped: Wordings | None = None
        self._deployed: OrderedDict[int, Wordings] = OrderedDict()
        self._guard = threading.Lock()

    def shipped(self) -> Wordings:
        """The templates that stand where none are deployed."""
        if self._shipped is None:
            product = read_folder(ROOT / "bpmn" / FOLDER)
            self._shipped = Wordings({**product, **read_folder(self._folder)})
        return self._shipped

    def in_force(self, connection: Connection, authority: str, at: datetime | None = None) -> Wordings:
        """The templates of an authority.

        Args:
            at: an instant in the past, to see what stood then; None: now.
        """
        key = _deployment_at(connection, authority, at)
        return self.shipped() if key is None else self._of(connection, key)

    def write(self, wordings: Wordings, wording: str, values: Mapping[str, Any]) -> Written | None:
        """A message; with the template that ships if the deployed one, of an older release, can't be used.

        None: neither can.
        """
        for each in (wordings, self.shipped()):
            try:
                return each.write(wording, values)
            except WordingRefused as refused:
                log.error("A template of messages can't be used: %s", refused)
        return None

    def _of(self, connection: Connection, deployment_key: int) -> Wordings:
        with self._guard:
            known = self._deployed.get(deployment_key)
        if known is not None:
            return known
        rows = connection.execute(_SOURCES, {"deployment": deployment_key, "names": f"%{SUFFIX}"}).all()
        own = {row.name.removesuffix(SUFFIX): bytes(row.content).decode() for row in rows}
        shipped = self.shipped()
        found = Wordings({**{name: shipped.source(name) for name in shipped.names()}, **own})
        with self._guard:
            self._deployed[deployment_key] = found
            if len(self._deployed) > _CACHED:
                self._deployed.popitem(last=False)
        return found


def _deployment_at(connection: Connection, authority: str, at: datetime | None) -> int | None:
    if at is None:
        return definitions.newest_deployment(connection, authority)
    found: int | None = connection.execute(_STOOD, {"authority": authority, "at": at}).scalar()
    return found


_act, _resource = deployment_act, tables.deployment_resource
_STOOD = (
    select(_act.c.deployment_key)
    .where(_act.c.authority == bindparam("authority"), _act.c.deployed_at <= bindparam("at"))
    .order_by(_act.c.key.desc())
    .limit(1)
)
_SOURCES = select(_resource.c.name, _resource.c.content).where(
    _resource.c.deployment_key == bindparam("deployment"), _resource.c.name.like(bindparam("names"))
)
