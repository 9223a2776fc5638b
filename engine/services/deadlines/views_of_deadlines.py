"""Deadlines as they are shown: the row, and the law's reasons worked out afresh from the same facts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection

from engine.law import NoSuchLaw, NotComputable, due
from engine.services.deadlines.deadline_rows import Deadline
from engine.services.views import DeadlineView
from engine.store.types import AnyRow

if TYPE_CHECKING:
    from engine.application import Engine


def deadline_views(
    engine: Engine, _connection: Connection, case: AnyRow, rows: Sequence[AnyRow]
) -> list[DeadlineView]:
    """Stored rows as views."""
    return [_view(engine, case.authority, row) for row in rows]


def ledger_views(engine: Engine, authority: str, rows: Iterable[Deadline]) -> list[DeadlineView]:
    """A step's rows as views."""
    return [_view(engine, authority, row) for row in rows]


def _view(engine: Engine, authority: str, row: Any) -> DeadlineView:
    rule = engine.statute.rule(row.rule)
    reasons, safe_on = _reasons(engine, authority, row)
    return DeadlineView(
        key=str(row.key),
        rule=row.rule,
        occurrence=row.occurrence or None,
        title=rule.title,
        citation=rule.latest.cite,
        kind=row.kind,
        nature=row.nature,
        organisation=row.organisation,
        anchor=row.anchor,
        anchored_on=row.anchored_on,
        due_on=row.due_on,
        safe_on=safe_on,
        status=row.status,
        met_on=row.met_on,
        exceptions=list(row.exceptions),
        explanation=reasons,
    )


def _reasons(engine: Engine, authority: str, row: Any) -> tuple[str, Any]:
    rule = engine.statute.rule(row.rule)
    if row.anchored_on is None or row.due_on is None:
        waits_for = " or ".join(rule.anchors)
        return (f"{rule.title}. Not dated: it counts from {waits_for or 'nothing that is dated'}.", None)
    try:
        found = due(rule, {row.anchor: row.anchored_on}, calendar=engine.calendar(authority))
    except (NotComputable, NoSuchLaw) as reason:
        return str(reason), None
    lifted = ", ".join(row.exceptions)
    ending = f" The limit is lifted by {lifted}: the duty stays, as soon as practicable." if lifted else ""
    return found.explanation + ending, found.safe_day
