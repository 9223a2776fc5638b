"""What is forecast of one limit, for whoever asks who hears of it; or why nothing is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Connection, bindparam, select

from engine.services.deadlines.deadline_rows import Deadline
from engine.services.escalations.views_of_escalations import ForecastView, HelpView
from engine.store.forecast_tables import FORECAST, forecast
from engine.store.types import AnyRow

#: Days before its last day from which a limit is forecast.
HORIZON = 60
#: Likelihoods are answered in whole hundredths.
HUNDREDTHS = 100
#: Code -> what to do about it.
WORDS = {
    "claim": "Claim the task, or give it to somebody: nobody has taken it.",
    "cover": "Give the task to whoever covers: its holder is away.",
    "chase_contribution": "Ask again for the contributions that its holder waits for.",
    "chase": "Ask whoever has the step before it: this one can't begin yet.",
    "agree_a_date": "Agree a day with whoever has said that they will be late, and ask what is in the way.",
    "ask_capacity": "Ask for capacity: half or more of such work of this organisation has been late.",
}


def forecast_of(connection: Connection, row: Deadline, today: date) -> tuple[ForecastView | None, str | None]:
    """The newest forecast of a limit; or None, and why there is none."""
    why = _why_none(row, today)
    if why is not None:
        return None, why
    found = connection.execute(_OF, {"of": row.key}).one_or_none()
    if found is None:
        return None, (
            "It wasn't forecast yet: the service makes forecasts each morning, and this limit was begun or "
            "changed since, or the service doesn't run."
        )
    return ForecastView(**told(found)), None


def told(row: AnyRow) -> dict[str, Any]:
    """What a row of the table of forecasts says, as the fields of a `ForecastView`."""
    return {
        "likelihood": round(row.likelihood * HUNDREDTHS),
        "comparable": row.comparable,
        "missed": row.missed,
        "basis": row.basis,
        "state": row.state,
        "helps": _helps_of(row.helps),
        "made_on": row.made_on,
        "warned_at": row.warned_at,
    }


def _helps_of(stored: Iterable[Mapping[str, Any]]) -> list[HelpView]:
    """What would help, as the table of forecasts keeps it, in words."""
    return [
        HelpView(
            code=each["code"],
            words=WORDS[each["code"]],
            task_key=None if each["task"] is None else str(each["task"]),
            organisation=each["organisation"],
        )
        for each in stored
    ]


def _why_none(row: Deadline, today: date) -> str | None:
    if not row.is_running:
        return "The limit has ended: there is nothing to forecast."
    if row.exceptions:
        return "The limit is lifted: what is lifted isn't forecast."
    if row.due_on is None:
        return "The limit has no last day yet: nothing can be forecast of it."
    if not row.is_told_of:
        return "Nobody can be late by it: nothing is forecast."
    if row.due_on < today:
        return "Its last day is over: there is nothing to forecast."
    first = row.due_on - timedelta(days=HORIZON)
    if today < first:
        return f"Its last day is more than {HORIZON} days ahead: it is forecast from {first} on."
    return None


_OF = select(forecast).where(forecast.c.deadline_key == bindparam("of"), FORECAST)
