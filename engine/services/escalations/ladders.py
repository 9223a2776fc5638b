"""The ladder that stands for an authority: the newest that it deployed, else the one that is shipped.

A ladder that is deployed stands at once, for every limit that runs: whoever works on a case asks which one is
in force, and reads it anew when its content is another.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from pathlib import Path

from sqlalchemy import Connection, bindparam, select

from engine.config import ROOT
from engine.definitions.vocabulary import vocabulary
from engine.ladder import FILE, SETTING, Ladder, LadderRefused, read_ladder
from engine.store import tables

log = logging.getLogger(__name__)


class Ladders:
    """Ladders by their content, each read once; all threads share them."""

    def __init__(self, folder: Path) -> None:
        """`folder` is where the shipped ladder lies; where it holds none the product's own is taken."""
        own = folder / FILE
        self._shipped_file = own if own.is_file() else ROOT / "bpmn" / FILE
        self._by_digest: dict[str, Ladder] = {}
        self._within: dict[str, tuple[object, Ladder]] = {}
        self._agencies: dict[tuple[str, str], str] = {}
        self._guard = threading.Lock()

    def in_force(self, connection: Connection, authority: str, within: object | None = None) -> Ladder:
        """The ladder of an authority, by its newest deployment.

        Args:
            within: the transaction that many steps share, if they do: within it it's asked for once.
        """
        known = self._within.get(authority)
        if within is not None and known is not None and known[0] is within:
            return known[1]
        ladder = self._newest(connection, authority)
        if within is not None:
            self._within[authority] = within, ladder
        return ladder

    def forget(self, authority: str) -> None:
        """To be called by whoever deploys another ladder."""
        self._within.pop(authority, None)

    def shipped(self) -> Ladder:
        """The ladder that stands where none is deployed."""
        return self._read(_SHIPPED, self.shipped_content)

    def shipped_content(self) -> bytes:
        """The file that the shipped ladder is read from."""
        return self._shipped_file.read_bytes()

    def agency(self, connection: Connection, authority: str, organisation: str) -> str:
        """What a ladder calls an organisation: its code, or `SETTING` for every setting."""
        if organisation in vocabulary().agencies:
            return organisation
        if organisation.startswith(_URN):
            return SETTING
        found = self._agencies.get((authority, organisation))
        if found is None:
            kind = connection.execute(_KIND, {"of": authority, "which": organisation}).scalar()
            found = SETTING if kind == "setting" else organisation
            if kind is not None:  # an organisation's kind never changes
                self._agencies[authority, organisation] = found
        return found

    def _newest(self, connection: Connection, authority: str) -> Ladder:
        row = connection.execute(_NEWEST, {"of": authority, "file": FILE}).one_or_none()
        if row is None:
            return self.shipped()
        where = {"deployment": row.deployment_key, "file": FILE}
        try:
            return self._read(row.digest, lambda: bytes(connection.execute(_CONTENT, where).scalar_one()))
        except LadderRefused as refused:  # of an older release: lateness must still be heard
            log.error("The ladder of %s can't be used, the shipped one stands: %s", authority, refused)
            return self.shipped()

    def _read(self, digest: str, content: Callable[[], bytes]) -> Ladder:
        known = self._by_digest.get(digest)
        if known is None:
            with self._guard:
                known = self._by_digest.setdefault(digest, read_ladder(content()))
        return known


_SHIPPED = "shipped"
_URN = "urn:"
_definition, _resource = tables.process_definition, tables.deployment_resource
#: The newest deployment is the one that made the newest version of a process.
_NEWEST = select(_resource.c.deployment_key, _resource.c.digest).where(
    _resource.c.deployment_key
    == select(_definition.c.deployment_key)
    .where(_definition.c.authority == bindparam("of"))
    .order_by(_definition.c.key.desc())
    .limit(1)
    .scalar_subquery(),
    _resource.c.name == bindparam("file"),
)
_CONTENT = select(_resource.c.content).where(
    _resource.c.deployment_key == bindparam("deployment"), _resource.c.name == bindparam("file")
)
_KIND = select(tables.organisation.c.kind).where(
    tables.organisation.c.authority == bindparam("of"), tables.organisation.c.code == bindparam("which")
)
