"""Each morning's forecasts: made from what is known by then, and kept in one row a limit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection, and_, bindparam, exists, insert, or_, select, update

from engine.application import Engine
from engine.store import tables
from engine.store.forecast_tables import FORECAST, forecast
from insight.early.ended import past
from insight.early.experience import Experience, Likelihood
from insight.early.helping import Help, helps
from insight.early.looking import Running, agency, running


@dataclass(frozen=True)
class Forecast:
    """How likely a running limit is to be missed, and what would help.

    Attributes:
        is_grounded: whether enough limits of its rule have ended for somebody to act on it.
    """

    limit: Running
    days_left: int
    likelihood: Likelihood
    helps: tuple[Help, ...]
    is_grounded: bool


def make(engine: Engine, authority: str) -> list[Forecast]:
    """Forecast every limit within the horizon and keep it; nothing if that was done today already."""
    today = engine.clock.today()
    with engine.database.read() as connection:
        if _is_made(connection, authority, today):
            return []
        made = foreseen(connection, authority, today)
    with engine.database.write() as connection:  # nobody waits while it is reckoned, only while it is written
        connection.execute(_LOCK, {"authority": authority})
        if _is_made(connection, authority, today):  # by another process, meanwhile
            return []
        _keep(connection, authority, made, today)
    return made


def foreseen(connection: Connection, authority: str, today: date) -> list[Forecast]:
    """What is to be expected of every limit within the horizon, going by what ended before today."""
    experience = Experience(past(connection, authority, today), today)
    away = frozenset(connection.execute(_AWAY, {"authority": authority, "today": today}).scalars())
    return [_of(limit, experience, away, today) for limit in running(connection, authority, today)]


def _is_made(connection: Connection, authority: str, today: date) -> bool:
    return connection.execute(_MADE, {"authority": authority, "today": today}).first() is not None


def _of(limit: Running, experience: Experience, away: frozenset[int], today: date) -> Forecast:
    days_left = (limit.due_on - today).days
    found = experience.likelihood(limit.rule, agency(limit.organisation), limit.state, days_left)
    return Forecast(limit, days_left, found, tuple(helps(limit, found, away)), experience.knows(limit.rule))


def _keep(connection: Connection, authority: str, made: Sequence[Forecast], today: date) -> None:
    rows = [(each.limit.is_known, _row(each, authority, today)) for each in made]
    if new := [row for is_known, row in rows if not is_known]:
        connection.execute(_NEW, new)
    if known := [_renamed(row) for is_known, row in rows if is_known]:
        connection.execute(_RENEW, known)
    connection.execute(_FORGET, {"whose": authority, "today": today})


def _row(made: Forecast, authority: str, today: date) -> dict[str, Any]:
    limit, found = made.limit, made.likelihood
    return {
        "deadline_key": limit.deadline_key,
        "authority": authority,
        "case_key": limit.case_key,
        "made_on": today,
        "likelihood": round(found.value, 4),
        "comparable": found.comparable,
        "missed": found.missed,
        "basis": found.basis,
        "state": limit.state,
        "trail": [[since.isoformat(), state] for since, state in limit.trail],
        "helps": [each.stored() for each in made.helps],
    }


def _renamed(row: dict[str, Any]) -> dict[str, Any]:
    return {"row_key": row["deadline_key"], **{f"new_{name}": row[name] for name in _CHANGING}}


_CHANGING = ("made_on", "likelihood", "comparable", "missed", "basis", "state", "trail", "helps")
_LOCK = (
    select(tables.authority.c.code).where(tables.authority.c.code == bindparam("authority")).with_for_update()
)
_MADE = (
    select(forecast.c.deadline_key)
    .where(forecast.c.authority == bindparam("authority"), FORECAST, forecast.c.made_on >= bindparam("today"))
    .limit(1)
)
_NEW = insert(forecast)
_RENEW = (
    update(forecast)
    .where(forecast.c.deadline_key == bindparam("row_key"))
    .values({name: bindparam(f"new_{name}") for name in _CHANGING})
)
#: What has ended or was lifted isn't forecast any more; how the work on it stood is kept.
_FORGET = (
    update(forecast)
    .where(forecast.c.authority == bindparam("whose"), FORECAST, forecast.c.made_on < bindparam("today"))
    .values(likelihood=None)
)
_cover, _membership = tables.cover, tables.membership
#: Who is away today, or has left.
_AWAY = select(_membership.c.key).where(
    _membership.c.authority == bindparam("authority"),
    or_(
        _membership.c.valid_to < bindparam("today"),
        exists().where(
            _cover.c.absent_key == _membership.c.key,
            and_(_cover.c.from_on <= bindparam("today"), _cover.c.to_on >= bindparam("today")),
        ),
    ),
)
