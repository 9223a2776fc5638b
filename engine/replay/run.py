"""A whole replay: read the file, check it, carry it out, and say how the year went."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from engine.application import Engine
from engine.clock import SteppedClock, day_of, start_of_day
from engine.config import Settings
from engine.errors import BadInput
from engine.replay.checks import check
from engine.replay.driver import Played, Replay
from engine.replay.pace import Pace
from engine.replay.recording import Recording
from engine.replay.target import missing_file, new_database
from engine.services.deadlines.timeliness import (
    AgencyTimeliness,
    LimitTimeliness,
    Period,
    advice_by_agency,
    cases_by_status,
    limits_of_requests,
    quarters,
)
from engine.services.demonstration import fill
from engine.services.tasks.arrivals import authorities, open_incidents

OnDay = Callable[[date, Pace], None]
#: New objects before Python looks for circles among them; its own 700 cost a replay a twentieth of its time.
_OBJECTS_BEFORE_A_LOOK = 100_000


@dataclass(frozen=True)
class YearReport:
    """How a replayed year went."""

    played: Played
    statuses: dict[str, int]
    limits: list[LimitTimeliness]
    quarters: tuple[Period, ...]
    advice: list[AgencyTimeliness]
    incidents: int


def end_of(last_day: date, now: datetime) -> datetime:
    """The instant at which a year that ends on a day is over: now, if that day is today.

    Raises:
        BadInput: the day lies ahead.
    """
    if last_day > day_of(now):
        raise BadInput.field("until", f"The replayed year can't end after today, {day_of(now)}.")
    return min(now, start_of_day(last_day + timedelta(days=1)) - timedelta(seconds=1))


def replay_year(
    recording: Recording,
    settings: Settings,
    *,
    until: datetime,
    authority: str | None = None,
    on_day: OnDay = lambda _day, _pace: None,
    each_morning: Callable[[Engine], object] | None = None,
) -> YearReport:
    """Carry a recording out in the database that the settings name.

    A SQLite file that isn't there yet is made, with the demonstration authority in it, and appears only when
    everything is done; a database without an authority gets that one too.

    Args:
        each_morning: what is done besides the cases before anything else happens on a day.

    Raises:
        RecordingRefused: a line can't be right; nothing was written.
        ReplayStopped: a line couldn't be carried out.
        BadInput: the database holds several authorities and none is named.
    """
    with _engine(settings, SteppedClock(_first_instant(recording, until))) as (engine, is_new):
        code = _authority(engine, authority)
        check(engine, code, recording)

        def dawn(day: date, pace: Pace) -> None:
            on_day(day, pace)
            if each_morning is not None:
                each_morning(engine)

        run = Replay(engine, code, recording, until=until, batched=is_new, on_day=dawn)
        with _rarely_collected():
            played = run.run()
        return report(engine, code, played, recording.days)


@contextmanager
def _rarely_collected() -> Iterator[None]:
    """Let Python look for circles among what lives seldom: what a step makes is gone when it ends."""
    before = gc.get_threshold()
    gc.freeze()
    gc.set_threshold(_OBJECTS_BEFORE_A_LOOK, *before[1:])
    try:
        yield
    finally:
        gc.set_threshold(*before)
        gc.unfreeze()


def report(engine: Engine, authority: str, played: Played, days: int) -> YearReport:
    """The figures of the year that ends where the engine's clock stands."""
    of_year = quarters(engine.clock.today(), days)
    return YearReport(
        played=played,
        statuses=cases_by_status(engine, authority),
        limits=limits_of_requests(engine, authority, Period(of_year[0].first, of_year[-1].last)),
        quarters=of_year,
        advice=advice_by_agency(engine, authority, of_year),
        incidents=open_incidents(engine, authority),
    )


@contextmanager
def _engine(settings: Settings, clock: SteppedClock) -> Iterator[tuple[Engine, bool]]:
    """The engine on a stepped clock, and whether its database is a new one."""
    place = missing_file(settings.database_url)
    if place is not None:
        with new_database(place) as database:
            address = database.url.render_as_string(hide_password=False)
            yield Engine(database, clock, replace(settings, database_url=address)), True
        return
    engine = Engine.open(settings, clock=clock)
    try:
        yield engine, False
    finally:
        engine.close()


def _first_instant(recording: Recording, until: datetime) -> datetime:
    return start_of_day(day_of(until) - timedelta(days=recording.days - 1))


def _authority(engine: Engine, given: str | None) -> str:
    known = authorities(engine)
    if not known:
        return fill(engine)
    if given is None and len(known) == 1:
        return known[0]
    if given is None or given not in known:
        raise BadInput.field("authority", f"Say which authority; known are: {', '.join(known)}.")
    return given
