"""What time brings next, of every kind: one question to the database, so that an idle one is hardly asked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import literal_column, select, union_all

from engine.services import sweep
from engine.services.documents import file_care
from engine.services.records import exports
from engine.store.types import Soonest

if TYPE_CHECKING:
    from engine.application import Engine

#: What can be due of the engine's own: cases, batches, files to be scanned, exports to be written.
CASES, BATCHES, SCANS, EXPORTS = "cases", "batches", "scans", "exports"


class Agenda:
    """Asks what is due next."""

    def __init__(self, engine: Engine, others: Mapping[str, Sequence[Soonest]]) -> None:
        """`others` are asked with the engine's own, each under its name."""
        self._engine = engine
        asked = [
            *((CASES, each) for each in sweep.NEXT_OF_CASES),
            (BATCHES, sweep.NEXT_BATCH),
            (EXPORTS, exports.NEXT_EXPORT),
            *([(SCANS, file_care.NEXT_SCAN)] if engine.scanner is not None else []),
            *((name, each) for name, several in others.items() for each in several),
        ]
        self._names = [name for name, _ in asked]
        self._query = union_all(
            *(
                select(literal_column(str(nth)), *each.subquery().columns)
                for nth, (_, each) in enumerate(asked)
            )
        )

    def look(self) -> dict[str, datetime]:
        """The earliest instant of each kind; what isn't there sleeps until somebody changes something."""
        with self._engine.database.glance() as connection:
            rows = connection.execute(self._query).all()
        due: dict[str, datetime] = {}
        for nth, at in rows:
            if at is not None:
                name = self._names[nth]
                due[name] = min(at, due.get(name, at))
        return due
