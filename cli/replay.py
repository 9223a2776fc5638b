"""`ehc replay`: recorded cases, driven through the engine on a stepped clock."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import Never

import click
from tqdm import tqdm

from cli.year_report import as_data, as_text
from engine.clock import SystemClock, day_of
from engine.config import Settings
from engine.replay import Pace, Recording, YearReport, end_of, read_recording, replay_year
from engine.replay.run import OnDay
from insight.early.mornings import foretell

_TODAY = "today"
#: Seconds between two looks of the bar: on a terminal, and in a log.
_ON_A_TERMINAL, _IN_A_LOG = 0.2, 10.0


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--database", help="Address or SQLite file; by default what EHC_DATABASE_URL names.")
@click.option("--until", default=_TODAY, show_default=True, help="Last day of the replayed year.")
@click.option("--authority", help="Three-digit code, where the database holds several.")
@click.option("--early-warning", "warned", is_flag=True, help="Forecast and warn on each replayed morning.")
@click.option("--format", "as_", type=click.Choice(["text", "json"]), default="text", help="How to print.")
def replay(
    file: Path, database: str | None, until: str, authority: str | None, *, warned: bool, as_: str
) -> int:
    """Drive the recorded cases of FILE through the engine and say how their year went.

    The year ends today unless --until says another day. A SQLite file that isn't there yet is made, with the
    demonstration authority, and appears when everything is in it. A line that can't be right is named, and
    nothing is written. Exit code 1 if a step of the replay failed.

    Example: ehc replay examples/year.jsonl --database var/demo.db
    """
    settings = Settings.from_environment()
    if database is not None:
        settings = replace(settings, database_url=address_of(database))
    done = replayed(read_recording(file), settings, until=_until(until), authority=authority, warned=warned)
    click.echo(json.dumps(as_data(done), indent=1) if as_ == "json" else as_text(done))
    return 1 if done.incidents else 0


def replayed(
    recording: Recording,
    settings: Settings,
    *,
    until: datetime,
    authority: str | None = None,
    warned: bool = False,
) -> YearReport:
    """Carry a recording out with a progress bar on stderr.

    Args:
        warned: whether limits are forecast, and people warned of them, on each morning.
    """
    dawn = foretell if warned else None
    with _progress(recording, until) as on_day:
        return replay_year(
            recording, settings, until=until, authority=authority, on_day=on_day, each_morning=dawn
        )


def address_of(text: str) -> str:
    """What was given for a database as an address: a path stands for a SQLite file."""
    return text if "://" in text else f"sqlite:///{Path(text).absolute()}"


@contextmanager
def _progress(recording: Recording, until: datetime) -> Iterator[OnDay]:
    is_terminal = sys.stderr.isatty()
    last_day = day_of(until)
    bar: tqdm[Never] = tqdm(
        total=recording.days,
        desc=f"Replaying {recording.days} days up to {last_day:%-d %B %Y}",
        unit="day",
        mininterval=_ON_A_TERMINAL if is_terminal else _IN_A_LOG,
        dynamic_ncols=True,
    )
    with bar:

        def on_day(day: date, pace: Pace) -> None:
            passed = recording.days - (last_day - day).days
            bar.set_postfix_str(f"{pace.tasks} tasks", refresh=False)
            bar.update(passed - bar.n)

        yield on_day


def _until(text: str) -> datetime:
    now = SystemClock().now()
    if text == _TODAY:
        return now
    try:
        return end_of(date.fromisoformat(text), now)
    except ValueError:
        raise click.BadParameter(f"{text} isn't a day. Write {_TODAY} or a date as 2026-03-31.") from None
