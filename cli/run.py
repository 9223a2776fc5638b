"""`ehc run`: a year of cases to look at, served on this machine."""

from __future__ import annotations

import os
import signal
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial
from pathlib import Path
from types import FrameType

import click

from cli.opening import opened
from cli.replay import replayed
from cli.serve import run as serve_until_stopped
from cli.year_report import as_text
from engine import logs
from engine.application import Engine
from engine.clock import SystemClock
from engine.config import ROOT, Settings
from engine.errors import SetupError
from engine.replay import read_recording
from engine.replay.target import missing_file
from engine.services.cases.cases import list_cases
from engine.services.principals import Principal, create_token, members, principal_of, revoke_tokens
from engine.services.tasks.arrivals import authorities
from engine.store.migrate import upgrade

YEAR = ROOT / "examples" / "year.jsonl"
_LABEL = "demonstration"
_API = "/api/v1"
#: Days ahead for which reviews that are due are shown.
_DAYS_SHOWN = 56


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option(
    "--port",
    type=click.IntRange(0, 65_535),
    default=8080,
    envvar="PORT",
    show_default=True,
    show_envvar=True,
    help="Port to listen on; 0 takes a free one.",
)
def run(host: str, port: int) -> None:
    """Serve a demonstration: a year of invented cases, up to this moment, in a database of their own.

    The first time the year is replayed into var/demo.db (EHC_DATABASE_URL names another database), which
    takes about a minute; later the database is used as it is. Each start makes fresh tokens and prints
    requests to try. Ends with 0 on Ctrl-C or SIGTERM.

    Example: ehc run --port 8080
    """
    settings = _settings()
    logs.configure(settings.log_form)
    _must_be_free(host, port)
    with _ended_by_a_signal():
        _prepare(settings)
    with opened(settings) as engine:
        samples = list(_samples(engine))
        serve_until_stopped(engine, host, port, announce=partial(_announce, settings, samples))


# --- the database ----------------------------------------------------------------------------


def _settings() -> Settings:
    settings = Settings.from_environment()
    if os.environ.get("EHC_DATABASE_URL"):
        return settings
    return replace(settings, database_url=f"sqlite:///{Path.cwd() / 'var' / 'demo.db'}")


def _prepare(settings: Settings) -> None:
    """Make the database, or bring the one that is there up to this release."""
    if missing_file(settings.database_url) is None:
        upgrade(settings.database_url)
        with opened(settings) as engine:
            if authorities(engine):
                return
    click.echo("Replaying a year of invented cases. This is done once.", err=True)
    report = replayed(read_recording(YEAR), settings, until=SystemClock().now())
    click.echo(as_text(report) + "\n")


def _must_be_free(host: str, port: int) -> None:
    """Say that a port is taken now, not when the year is there."""
    if port == 0:
        return
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise SetupError(
                f"Nothing can listen on {host}, port {port}: {error.strerror}. Choose another with --port."
            ) from None


@contextmanager
def _ended_by_a_signal() -> Iterator[None]:
    """End in order on SIGTERM while the year is made, so that nothing unfinished is left."""

    def end(_number: int, _frame: FrameType | None) -> None:
        raise SystemExit(0)

    before = signal.signal(signal.SIGTERM, end)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


# --- what to try -----------------------------------------------------------------------------


@dataclass(frozen=True)
class Sample:
    """A request that is worth trying: what it shows, where, and as whom."""

    shows: str
    path: str
    token: str


def _samples(engine: Engine) -> Iterator[Sample]:
    """Requests with tokens that work from now on; those of an earlier start work no longer."""
    revoke_tokens(engine, _LABEL)
    for authority in authorities(engine)[:1]:
        clinician = _member(engine, authority, "professional", "camhs")
        if clinician is not None:
            yield _sample(engine, clinician, f"tasks of {clinician.organisation_name}", "/tasks?limit=5")
        officer = _member(engine, authority, "caseworker")
        late = None if officer is None else _case_with_a_late_limit(engine, officer)
        if officer is not None and late is not None:
            yield _sample(engine, officer, "a case that runs late: its deadlines", f"/cases/{late}/deadlines")
        if officer is not None:
            yield _sample(engine, officer, "reviews to be decided next, late ones first", _reviews(engine))
        head = _member(engine, authority, "group_head")
        if head is not None:
            yield _sample(engine, head, "lateness that reached the managers", "/escalations?limit=5")


def _reviews(engine: Engine) -> str:
    """The reviews of the coming weeks; what should have been decided before today comes first."""
    before = engine.clock.today() + timedelta(days=_DAYS_SHOWN)
    return f"/reviews?dueBefore={before}&limit=5"


def _sample(engine: Engine, principal: Principal, shows: str, path: str) -> Sample:
    token = create_token(engine, principal.membership_key, _LABEL)
    return Sample(f"{shows} (as {principal.person_name}, {principal.role})", path, token)


def _member(engine: Engine, authority: str, role: str, organisation: str | None = None) -> Principal | None:
    for member in members(engine, authority):
        if member.role == role and organisation in (None, member.organisation):
            with engine.database.read() as connection:
                return principal_of(connection, member.membership_key)
    return None


def _case_with_a_late_limit(engine: Engine, officer: Principal) -> str | None:
    """The newest case that is open and has missed a limit, else the newest of all."""
    cursor, newest = None, None
    while True:
        page = list_cases(engine, officer, limit=100, cursor=cursor)
        for case in page.items:
            newest = newest or case.key
            if case.closed_at is None and case.late_deadlines:
                return case.key
        cursor = page.page.end_cursor
        if cursor is None:
            return newest


def _announce(settings: Settings, samples: list[Sample], address: str) -> None:
    shown = settings.described()["database_url"]
    click.echo(f"Serving {shown} (process {os.getpid()}). Stop with Ctrl-C.")
    click.echo(f"Open {address}/ for what this is, {address}{_API}/docs for every operation. Then try:\n")
    for sample in samples:
        click.echo(f"# {sample.shows}")
        click.echo(f"curl -s -H 'Authorization: Bearer {sample.token}' '{address}{_API}{sample.path}'\n")
    click.echo(f"Anybody else's token: EHC_DATABASE_URL={shown} ehc token create --person NAME")
