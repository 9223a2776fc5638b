"""The limits of an authority whose last day is over: what the past has to say."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, timedelta

from sqlalchemy import Connection, bindparam, select

from engine.clock import day_of
from engine.store import tables
from engine.store.forecast_tables import forecast
from insight.early.experience import Past, spans
from insight.early.looking import HANDED_IN, Trail, agency, trail_of

#: How far back limits are looked at.
LOOKED_BACK = timedelta(days=730)


def past(
    connection: Connection, authority: str, today: date, trails: Mapping[int, Trail] | None = None
) -> Iterator[Past]:
    """The limits whose last day is over. What was withdrawn or superseded was neither kept nor missed.

    Args:
        trails: how the work on limits stood, by their keys, in place of what was kept of it.
    """
    asked = {"authority": authority, "today": today, "since": today - LOOKED_BACK}
    for row in connection.execute(_PAST, asked):
        # What is handed in and accepted later was met when it was handed in, and seen to run until then.
        ended_on = row.made_on or row.met_on or row.due_on
        trail = trail_of(row.trail) if trails is None else trails.get(row.key, ())
        if row.met_on is None and trail and trail[-1][1] == HANDED_IN:
            continue  # nobody can say yet: if it's accepted, it was met when it was handed in
        yield Past(
            rule=row.rule,
            organisation=agency(row.organisation),
            due_on=row.due_on,
            is_missed=row.met_on is None or row.met_on > row.due_on,
            spans=spans(trail, day_of(row.opened_at), ended_on, row.due_on),
        )


_deadline = tables.deadline
_PAST = (
    select(
        _deadline.c.key,
        _deadline.c.rule,
        _deadline.c.organisation,
        _deadline.c.due_on,
        _deadline.c.met_on,
        _deadline.c.opened_at,
        forecast.c.made_on,
        forecast.c.trail,
    )
    .outerjoin(forecast, forecast.c.deadline_key == _deadline.c.key)
    .where(
        _deadline.c.authority == bindparam("authority"),
        _deadline.c.nature == "deadline",
        _deadline.c.due_on >= bindparam("since"),
        _deadline.c.due_on < bindparam("today"),
        _deadline.c.status.in_(("running", "on_time", "late", "late_excused")),
    )
    .order_by(_deadline.c.key)
)
