"""What a provider says of one copy of a notice: that it arrived, or that it didn't."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from sqlalchemy import bindparam, select, update

from engine.services.audit.audit import Event
from engine.store import tables
from engine.store.types import AnyRow

if TYPE_CHECKING:
    from engine.services.step import CaseStep


def hear_of(step: CaseStep, delivery_key: int, state: str, on: date) -> None:
    """Take what a provider says of a copy. What somebody knows to have arrived, stays so.

    A day before the sending, or one that hasn't come, is a clock's mistake: the nearest that can be is taken.
    """
    copy = step.connection.execute(_COPY, {"row_key": delivery_key}).one()
    if copy.state in ("delivered", state):
        return
    notice = step.connection.execute(_NOTICE, {"row_key": copy.notice_key}).one()
    _record(step, notice, copy, state, min(max(on, copy.sent_on), step.today))


def _record(step: CaseStep, notice: AnyRow, copy: AnyRow, state: str, on: date) -> None:
    """A notice counts as received on the day on which the last of the family's copies arrived."""
    arrived = on if state == "delivered" else None
    step.connection.execute(_RECORD, {"row_key": copy.key, "new_state": state, "arrived": arrived})
    if arrived is not None and copy.organisation is None:
        received = max(arrived, notice.received_on or arrived)
        step.connection.execute(_RECEIVED, {"row_key": notice.key, "on": received})
    step.audit.append(
        Event.DELIVERY_RECORDED, notice=notice.key, delivery=copy.key, state=state, on=on.isoformat()
    )


_notice, _delivery = tables.notice, tables.delivery
_COPY = select(_delivery).where(_delivery.c.key == bindparam("row_key"))
_NOTICE = select(_notice).where(_notice.c.key == bindparam("row_key"))
_RECORD = (
    update(_delivery)
    .where(_delivery.c.key == bindparam("row_key"))
    .values(state=bindparam("new_state"), delivered_on=bindparam("arrived"), chase_at=None)
)
_RECEIVED = update(_notice).where(_notice.c.key == bindparam("row_key")).values(received_on=bindparam("on"))
