"""`make backtest`: is early warning any good? Replayed years, forecast each morning, held against what came.

`python -m benchmarks.backtest [--plans 400] [--years 2]` replays the example year and a population of plans.
On each morning of them the very code that runs live forecasts from what the database holds by then, and from
nothing else. What it said is kept apart and scored at the end; `docs/early-warning.md` has the result.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import bindparam, select

from benchmarks.early_scores import Foretold, Outcome
from benchmarks.early_words import DOCUMENT, Tested, write
from benchmarks.machine import describe
from engine.application import Engine
from engine.clock import SteppedClock, start_of_day
from engine.config import ROOT, Settings
from engine.replay import Pace, Recording, read_recording, replay_year
from engine.store import tables
from engine.store.database import Database
from examples.population import write as write_population
from insight.early import forecasts
from insight.early.ended import past
from insight.early.experience import Experience
from insight.early.looking import agency

YEAR = ROOT / "examples" / "year.jsonl"
LAST_DAY = date(2026, 11, 20)
PLANS, YEARS = 400, 2
#: Limits whose last day lies in the first weeks aren't judged: nothing has been learnt by then.
LEARNING = timedelta(weeks=13)
_TOLD_EVERY = 30


@dataclass
class Diary:
    """What was said each morning: by the forecast, and by one deaf to what agencies say of themselves."""

    heard: list[Foretold] = field(default_factory=list)
    deaf: list[Foretold] = field(default_factory=list)
    _trails: dict[int, list[tuple[date, str]]] = field(default_factory=dict)

    def morning(self, engine: Engine) -> None:
        """Forecast as a server does, and write down what is said."""
        today = engine.clock.today()
        (authority,) = _authorities(engine)
        made = forecasts.make(engine, authority)
        self.heard += [_foretold(each, each.likelihood.value, today) for each in made]
        self._note(made, today)
        with engine.database.read() as connection:
            known = Experience(past(connection, authority, today, self._trails), today)
        for each in made:
            limit = each.limit
            found = known.likelihood(limit.rule, agency(limit.organisation), limit.work, each.days_left)
            self.deaf.append(_foretold(each, found.value, today))

    def _note(self, made: Sequence[forecasts.Forecast], today: date) -> None:
        for each in made:
            trail = self._trails.setdefault(each.limit.deadline_key, [])
            if not trail or trail[-1][1] != each.limit.work:
                trail.append((today, each.limit.work))


def _foretold(made: forecasts.Forecast, value: float, today: date) -> Foretold:
    return Foretold(made.limit.deadline_key, today, made.days_left, value, made.is_grounded)


def _authorities(engine: Engine) -> list[str]:
    with engine.database.read() as connection:
        return list(connection.execute(select(tables.authority.c.code)).scalars())


def carried_out(name: str, recording: Recording, folder: Path, say: Callable[[str], None]) -> Tested:
    """Replay a recording with a forecast each morning; gives what was said and what came."""
    settings = Settings(f"sqlite:///{folder / name}.db", ROOT / "bpmn", ROOT / "examples" / "authority.yaml")
    until = start_of_day(LAST_DAY + timedelta(days=1)) - timedelta(seconds=1)
    diary, began = Diary(), time.monotonic()

    def on_day(day: date, pace: Pace) -> None:
        if day.toordinal() % _TOLD_EVERY == 0:
            say(f"{name}, {day}: {pace.tasks} tasks, {len(diary.heard)} forecasts")

    replay_year(recording, settings, until=until, on_day=on_day, each_morning=diary.morning)
    begins = LAST_DAY - timedelta(days=recording.days - 1) + LEARNING
    engine = Engine(Database(settings.database_url), SteppedClock(until), settings)
    try:
        outcomes = judged(engine, {each.deadline_key for each in diary.heard}, begins, LAST_DAY)
    finally:
        engine.close()
    return Tested(name, begins, LAST_DAY, diary.heard, diary.deaf, outcomes, time.monotonic() - began)


def judged(engine: Engine, seen: set[int], first: date, last: date) -> dict[int, Outcome]:
    """What came of the limits that were forecast and whose last day lies between these two."""
    found = {}
    with engine.database.read() as connection:
        for row in connection.execute(_ENDINGS, {"first": first, "last": last}):
            if row.key in seen:
                is_missed = row.met_on is None or row.met_on > row.due_on
                found[row.key] = Outcome(row.rule, agency(row.organisation), row.due_on, is_missed)
    return found


def main(arguments: list[str]) -> int:
    """Replay, score, write the document."""
    parser = argparse.ArgumentParser(description="Back-test early warning.")
    parser.add_argument("--plans", type=int, default=PLANS)
    parser.add_argument("--years", type=int, default=YEARS)
    given = parser.parse_args(arguments)
    with TemporaryDirectory() as place:
        folder = Path(place)
        plans = write_population(folder / "plans.jsonl", given.plans, given.years)
        tested = [
            carried_out("year", read_recording(YEAR), folder, print),
            carried_out("plans", read_recording(plans), folder, print),
        ]
    write(DOCUMENT, tested, f"{describe()} The population: {given.plans} plans over {given.years} years.")
    print(f"Written to {DOCUMENT.relative_to(ROOT)}.")
    return 0


_deadline = tables.deadline
_ENDINGS = select(
    _deadline.c.key, _deadline.c.rule, _deadline.c.organisation, _deadline.c.due_on, _deadline.c.met_on
).where(
    _deadline.c.status.in_(("running", "on_time", "late", "late_excused")),
    _deadline.c.due_on >= bindparam("first"),
    _deadline.c.due_on < bindparam("last"),
)

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
