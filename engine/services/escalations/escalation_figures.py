"""Why limits were missed: by organisation and coded reason, for managers and boards."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from engine.errors import BadInput
from engine.services.deadlines.timeliness import was_missed
from engine.services.escalations.lateness_reasons import titles
from engine.services.escalations.views_of_escalations import LatenessFigure
from engine.services.principals import Principal
from engine.services.sight import sight
from engine.store import tables

if TYPE_CHECKING:
    from engine.application import Engine


def by_reason(
    engine: Engine, principal: Principal, first: date | None, last: date | None, rule: str | None = None
) -> list[LatenessFigure]:
    """How many limits were missed, by who owed them and why, as far as the principal sees the lateness.

    Args:
        first, last: the days among which the last compliant day lies, both included; without them, the year
            up to today.

    Raises:
        BadInput: the days are out of order.
    """
    principal.require("escalation:read")
    last = last or engine.clock.today()
    first = first or last - _YEAR
    if last < first:
        raise BadInput.field("dueTo", "The last day lies before the first.")
    query = (
        select(_escalation.c.organisation, _escalation.c.answer_code, func.count().label("number"))
        .join(_deadline, _deadline.c.key == _escalation.c.deadline_key)
        .where(
            sight.escalations(principal),
            was_missed(engine.clock.today()),
            _deadline.c.due_on.between(first, last),
        )
        .group_by(_escalation.c.organisation, _escalation.c.answer_code)
        .order_by(_escalation.c.organisation, func.count().desc(), _escalation.c.answer_code)
    )
    if rule is not None:
        query = query.where(_deadline.c.rule == rule)
    with engine.database.read() as connection:
        rows = connection.execute(query).all()
        known = titles(connection, principal.authority)
    return [
        LatenessFigure(
            organisation=row.organisation,
            reason=row.answer_code,
            title=known.get(row.answer_code),
            count=row.number,
        )
        for row in rows
    ]


_YEAR = timedelta(days=364)
_escalation, _deadline = tables.escalation, tables.deadline
