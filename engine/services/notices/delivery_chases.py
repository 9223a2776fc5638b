"""Final copies that aren't known to have arrived are chased, each once.

The copies that are due stand in an index of their own; nothing else is read to find them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import bindparam, select, update

from engine.services.audit.audit import Event
from engine.store import tables
from engine.store.types import AnyRow

if TYPE_CHECKING:
    from engine.services.step import CaseStep

#: The good-practice rule that says when.
RULE = "delivery_chase_10d"


def chase_due(step: CaseStep) -> None:
    """Ask, for each copy of the case that is due, whoever must have it whether it has arrived."""
    for row in step.connection.execute(_DUE, {"case": step.case_key, "now": step.now}).all():
        step.connection.execute(_CHASED, {"row_key": row.key, "on": step.today})
        step.audit.append(Event.DELIVERY_CHASED, notice=row.notice_key, delivery=row.key)
        _ask(step, row)


def _ask(step: CaseStep, row: AnyRow) -> None:
    step.post(
        "notice",
        reference=f"delivery_chase:{row.key}",
        recipient=row.organisation or row.recipient,
        subject=f"Case {step.case_key}: has the copy arrived?",
        wording="copy_not_arrived",
        body={
            "case": str(step.case_key),
            "step": "The final copy",
            "whatToDo": "Say whether it has arrived; if it hasn't, ask for another.",
            "link": f"/cases/{step.case_key}/notices/{row.notice_key}",
            "notice": row.kind,
            "noticeKey": str(row.notice_key),
            "deliveryKey": str(row.key),
            "sentOn": row.sent_on.isoformat(),
            "rule": RULE,
        },
    )


_delivery = tables.delivery
_DUE = (
    select(_delivery, tables.notice.c.kind)
    .join(tables.notice, tables.notice.c.key == _delivery.c.notice_key)
    .where(
        _delivery.c.case_key == bindparam("case"),
        tables.CHASES,
        _delivery.c.chase_at <= bindparam("now"),
    )
    .order_by(_delivery.c.key)
)
_CHASED = (
    update(_delivery)
    .where(_delivery.c.key == bindparam("row_key"))
    .values(state="chased", chased_on=bindparam("on"), chase_at=None)
)
