"""The running limits that are likely to be missed, for whoever answers for them; the likeliest first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, or_, select

from engine.application import Engine
from engine.errors import BadInput
from engine.services import paging
from engine.services.escalations.forecast_of import HUNDREDTHS, told
from engine.services.escalations.views_of_escalations import ForecastView
from engine.services.principals import Principal
from engine.services.sight import sight
from engine.services.views import Page, PageEnd
from engine.store import tables
from engine.store.forecast_tables import FORECAST, forecast
from engine.store.types import AnyRow

#: Likelihoods are asked for and answered in whole hundredths; they are kept in ten-thousandths.
_KEPT = 10_000
_MINE = "mine"


class RiskView(ForecastView):
    """A running limit with its forecast."""

    deadline_key: str
    case_key: str
    rule: str
    occurrence: str | None
    title: str
    citation: str
    organisation: str
    due_on: date
    days_left: int


@dataclass(frozen=True, kw_only=True)
class Asked:
    """Which limits are asked for; all that is given must hold.

    Attributes:
        at_least: the least likelihood in per cent.
        organisation: the code of who owes it, or "mine".
    """

    at_least: int = 0
    case_key: str | None = None
    rule: str | None = None
    organisation: str | None = None
    due_before: date | None = None


ALL = Asked()


def at_risk(
    engine: Engine, principal: Principal, asked: Asked = ALL, *, limit: int = 50, cursor: str | None = None
) -> Page[RiskView]:
    """The forecasts of running limits that this principal answers for. Boards see none: nothing has happened.

    Raises:
        BadInput: a condition or the cursor can't be one.
    """
    principal.require("escalation:read")
    query = _LIST.where(sight.limits(principal), *_conditions(asked, principal.organisation))
    return _page(engine, query, limit, cursor)


def at_risk_of(engine: Engine, authority: str, asked: Asked = ALL, *, limit: int = 50) -> list[RiskView]:
    """The same of a whole authority for whoever runs the engine, at the terminal.

    Raises:
        BadInput: a condition can't be one.
    """
    query = _LIST.where(_deadline.c.authority == authority, *_conditions(asked, None))
    return _page(engine, query, limit, None).items


def _page(engine: Engine, query: Select[Any], limit: int, cursor: str | None) -> Page[RiskView]:
    query = query.order_by(forecast.c.likelihood.desc(), forecast.c.deadline_key)
    if cursor is not None:
        query = query.where(_after(cursor))
    with engine.database.read() as connection:
        rows = connection.execute(query.limit(paging.clamp(limit) + 1)).all()
    today = engine.clock.today()
    items = [view(engine, row, today) for row in rows[:limit]]
    more = len(rows) > limit
    end = paging.encode([_kept(rows[limit - 1]), rows[limit - 1].deadline_key]) if more else None
    return Page(items=items, page=PageEnd(end_cursor=end))


def view(engine: Engine, row: AnyRow, today: date) -> RiskView:
    """A row of the list as it is answered."""
    rule = engine.statute.rule(row.rule)
    return RiskView(
        deadline_key=str(row.deadline_key),
        case_key=str(row.case_key),
        rule=row.rule,
        occurrence=row.occurrence or None,
        title=rule.title,
        citation=rule.latest.cite,
        organisation=row.organisation,
        due_on=row.due_on,
        days_left=max((row.due_on - today).days, 0),
        **told(row),
    )


def _conditions(asked: Asked, own: str | None) -> list[ColumnElement[bool]]:
    if not 0 <= asked.at_least <= HUNDREDTHS:
        raise BadInput.field("atLeast", "atLeast is a whole number of per cent, from 0 to 100.")
    found: list[ColumnElement[bool]] = [forecast.c.likelihood >= asked.at_least / HUNDREDTHS]
    if asked.case_key is not None:
        found.append(_deadline.c.case_key == sight.key(asked.case_key))
    if asked.rule is not None:
        found.append(_deadline.c.rule == asked.rule)
    if asked.organisation is not None:
        mine = own is not None and asked.organisation == _MINE
        found.append(_deadline.c.organisation == (own if mine else asked.organisation))
    if asked.due_before is not None:
        found.append(_deadline.c.due_on < asked.due_before)
    return found


def _kept(row: AnyRow) -> int:
    likelihood: float = row.likelihood
    return round(likelihood * _KEPT)


def _after(cursor: str) -> ColumnElement[bool]:
    """What comes after a row; likelihoods are compared between the steps in which they are kept."""
    kept, key = paging.decode(cursor, int, int)
    below, above = (kept - 0.5) / _KEPT, (kept + 0.5) / _KEPT
    same = and_(forecast.c.likelihood < above, forecast.c.deadline_key > key)
    return or_(forecast.c.likelihood < below, same)


_deadline = tables.deadline
_LIST = (
    select(
        forecast,
        _deadline.c.rule,
        _deadline.c.occurrence,
        _deadline.c.organisation,
        _deadline.c.due_on,
    )
    .join(_deadline, _deadline.c.key == forecast.c.deadline_key)
    .where(FORECAST, _deadline.c.status == "running")
)
