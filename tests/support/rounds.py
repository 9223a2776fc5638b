"""What a scheduler does besides cases, without its threads."""

from __future__ import annotations

from engine.application import Engine
from engine.services.chores import Chores
from engine.services.documents.file_care import scan_waiting
from engine.services.records.exports import write_waiting


def tend(engine: Engine, chores: Chores | None = None) -> None:
    """The chores that are due by the hour, then the files that wait for a scan and the exports to be written."""
    (chores or Chores(engine)).tend()
    scan_waiting(engine)
    write_waiting(engine)
