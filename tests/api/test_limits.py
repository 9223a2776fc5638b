"""Limits: so many requests a minute for a token, so many sign-ins for an address, over all processes."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select, text

from engine.services.sign_in.rate_limits import RateLimits
from engine.store.account_tables import rate_limit
from engine.store.database import Database
from tests.api.asking import NOBODY, Caller, problem
from tests.api.office import TASKS, Office, opened_office
from tests.api.signing_in import PASSWORD, SIGN_IN, Person
from tests.support.databases import Databases


@pytest.fixture(scope="module")
def everywhere(databases: Databases) -> Iterator[Office]:
    with databases.migrated("sqlite") as url, opened_office(url) as opened:
        yield opened


@pytest.fixture
def office(everywhere: Office) -> Iterator[Office]:
    """An office that allows five requests a minute to a token, three sign-ins to an address."""
    with limited(everywhere, requests=5, sign_ins=3):
        yield everywhere


@contextmanager
def limited(office: Office, **limits: int) -> Iterator[None]:
    engine = office.desk.engine
    before = engine.rate_limits
    engine.rate_limits = RateLimits(engine.database, engine.clock, **limits)  # type: ignore[arg-type]
    next_minute(office)
    yield
    engine.rate_limits = before


def next_minute(office: Office) -> None:
    """To the beginning of the next minute."""
    office.desk.clock.advance(timedelta(seconds=60 - int(office.desk.clock.now().timestamp()) % 60))


def test_every_answer_says_what_is_left(office: Office) -> None:
    caller = office.caller("caseworker")
    office.desk.clock.advance(timedelta(seconds=18))
    first, second = caller.get(TASKS), caller.get("/api/v1/contacts")
    assert first.headers["RateLimit-Policy"] == '"token";q=5;w=60'
    assert [each.headers["RateLimit"] for each in (first, second)] == [
        '"token";r=4;t=42',
        '"token";r=3;t=42',
    ]


def test_too_many_are_refused_until_the_minute_is_over(office: Office) -> None:
    caller = office.caller("caseworker")
    office.desk.clock.advance(timedelta(seconds=10))
    assert [caller.get(TASKS).status_code for _ in range(5)] == [200] * 5
    refused = caller.get(TASKS)
    problem(refused, 429, "too-many-requests")
    assert (refused.headers["Retry-After"], refused.headers["RateLimit"]) == ("50", '"token";r=0;t=50')
    assert office.caller("auditor").get(TASKS).status_code == 200  # another token
    office.desk.clock.advance(timedelta(seconds=50))
    assert caller.get(TASKS).status_code == 200


def test_an_address_tries_to_sign_in_only_so_often(office: Office) -> None:
    stranger = Caller(office.app, NOBODY)
    body = {"login": "nobody@ehc.example", "password": PASSWORD}
    assert [stranger.post(SIGN_IN, body).status_code for _ in range(3)] == [401] * 3
    refused = stranger.post(SIGN_IN, body)
    problem(refused, 429, "too-many-requests")
    assert refused.headers["RateLimit-Policy"] == '"sign-in";q=3;w=60'
    elsewhere = stranger.post(SIGN_IN, body, environ_base={"REMOTE_ADDR": "203.0.113.9"})
    problem(elsewhere, 401, "sign-in-refused")


def test_an_ipv6_network_counts_as_one_address(office: Office) -> None:
    stranger = Caller(office.app, NOBODY)
    body = {"login": "nobody@ehc.example", "password": PASSWORD}
    statuses = [
        stranger.post(SIGN_IN, body, environ_base={"REMOTE_ADDR": f"2001:db8:1:2::{last}"}).status_code
        for last in range(4)
    ]
    assert statuses == [401, 401, 401, 429]


def test_without_a_limit_nothing_is_said(everywhere: Office) -> None:
    assert "RateLimit" not in everywhere.caller("caseworker").get(TASKS).headers


@pytest.fixture
def shared(postgresql_url: str) -> Iterator[Office]:
    with opened_office(postgresql_url) as office:
        yield office


def test_processes_that_share_a_database_count_together(shared: Office) -> None:
    engine = shared.desk.engine
    processes = [RateLimits(engine.database, engine.clock, requests=35, sign_ins=3) for _ in range(2)]
    next_minute(shared)
    taken = [processes[turn % 2].take("token", "token 1") for turn in range(44)]
    allowed = [each for each in taken if each is not None and each.allowed]
    assert 30 <= len(allowed) <= 35  # each took ten ahead, and may have kept some of them
    tries = [processes[turn % 2].take("sign-in", "203.0.113.9") for turn in range(5)]
    assert [each.allowed for each in tries if each is not None] == [True, True, True, False, False]


def test_the_table_is_unlogged_and_forgets(shared: Office) -> None:
    engine = shared.desk.engine
    limits = RateLimits(engine.database, engine.clock, requests=35, sign_ins=3)
    for _ in range(3):
        limits.take("token", "token 1")
        shared.desk.clock.advance(timedelta(minutes=2))
    with engine.database.read() as connection:
        kind = text("select relpersistence from pg_class where relname = 'rate_limit'")
        assert connection.execute(kind).scalar_one() in ("u", b"u")
        assert len(connection.execute(select(rate_limit)).all()) == 1


def test_taking_ahead_spares_queries(shared: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    engine = shared.desk.engine
    limits = RateLimits(engine.database, engine.clock, requests=100, sign_ins=3)
    asked: list[None] = []
    write = Database.write
    monkeypatch.setattr(Database, "write", lambda self: asked.append(None) or write(self))
    left = [limits.take("token", "token 1") for _ in range(20)]
    assert len(asked) == 2
    assert [each.remaining for each in left if each is not None] == list(range(99, 79, -1))


def test_the_whole_way_in_works_on_postgresql_and_locks_there_too(shared: Office) -> None:
    person = Person(shared, "caseworker")
    person.signed_in()
    assert person.comes_back().get(TASKS).status_code == 200
    for _ in range(10):
        problem(person.shows("copper thistle ladder"), 401, "sign-in-refused")
    problem(person.shows(), 429, "too-many-requests")


def test_nothing_needs_a_key_until_it_is_sealed_and_then_it_is_named(postgresql_url: str) -> None:
    with opened_office(postgresql_url) as office:
        office.desk.engine.settings = replace(office.desk.engine.settings, secret_key=None)
        assert office.caller("caseworker").get(TASKS).status_code == 200
        refused = Caller(office.app, NOBODY).post(SIGN_IN, {"login": "x", "password": PASSWORD})
        problem(refused, 503, "setup")
