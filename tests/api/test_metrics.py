"""What whoever watches the service reads: figures that move with the work, and nothing of a person."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from prometheus_client.parser import text_string_to_metric_families

from api.application import create_app, follow_heartbeat
from api.metrics.collector import FRESH
from engine.application import Engine
from engine.services.sweep import sweep
from tests.api.asking import NOBODY, Caller, problem
from tests.api.office import TASKS, Office
from tests.support.postman import post

Samples = dict[tuple[str, frozenset[tuple[str, str]]], float]


def scraped(office: Office) -> Samples:
    """The samples of a scrape that isn't answered from what was last counted."""
    office.desk.clock.advance(FRESH)
    return samples(Caller(office.app, NOBODY).get("/metrics").text)


def samples(text: str) -> Samples:
    return {
        (sample.name, frozenset(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def value(found: Samples, name: str, **labels: str) -> float:
    return found.get((name, frozenset(labels.items())), 0.0)


def test_steps_and_requests_are_counted(office: Office) -> None:
    before = scraped(office)
    case = office.registered_request()
    after = scraped(office)
    assert (
        value(after, "ehc_steps_total", outcome="done")
        == value(before, "ehc_steps_total", outcome="done") + 2
    )
    route = {"method": "POST", "route": "/api/v1/tasks/<key:task_key>/complete", "status": "200"}
    name = "ehc_http_request_seconds_count"
    assert value(after, name, **route) == value(before, name, **route) + 1
    assert case


def test_what_stands_in_the_database_is_told(office: Office) -> None:
    before = scraped(office)
    office.registered_request()
    after = scraped(office)
    team = {"authority": "333", "organisation": "send_team"}
    running = {"authority": "333", "state": "running"}
    assert value(after, "ehc_tasks_open", **team) > value(before, "ehc_tasks_open", **team)
    assert value(after, "ehc_deadlines", **running) > value(before, "ehc_deadlines", **running)
    assert value(after, "ehc_timers_asleep") > value(before, "ehc_timers_asleep")
    assert value(after, "ehc_outbox_waiting", kind="notice") > 0
    assert value(after, "ehc_outbox_age_seconds") > 0
    assert value(after, "ehc_outbox_overdue_seconds", channel="inbox") > 0


def test_messages_that_are_stuck_are_told(office: Office) -> None:
    post(office.desk, "stuck:1", state="failed", channel="text")
    assert value(scraped(office), "ehc_outbox_stuck", state="failed", channel="text") == 1
    ready = office.caller("administrator").get("/health/ready").get_json()
    assert ready["checks"]["undeliveredMessages"] >= 1


def test_lateness_is_told_timer_by_timer_and_overdue_ones_before_they_fire(office: Office) -> None:
    office.registered_request()
    before = scraped(office)
    office.desk.clock.advance(timedelta(weeks=22))
    asleep = scraped(office)
    assert value(asleep, "ehc_timer_overdue_seconds") > timedelta(weeks=1).total_seconds()
    assert value(asleep, "ehc_deadlines", authority="333", state="overdue") > 0
    sweep(office.desk.engine)
    after = scraped(office)
    assert value(after, "ehc_timer_overdue_seconds") == 0
    fired = value(after, "ehc_timer_lateness_seconds_count") - value(
        before, "ehc_timer_lateness_seconds_count"
    )
    within = {"le": "604800.0"}
    in_a_week = value(after, "ehc_timer_lateness_seconds_bucket", **within) - value(
        before, "ehc_timer_lateness_seconds_bucket", **within
    )
    assert fired > in_a_week
    assert value(after, "ehc_escalations_open", authority="333", level="group_head") > 0


def test_no_label_holds_a_key_or_an_address_as_it_was_sent(office: Office) -> None:
    caller = office.caller("caseworker")
    caller.get(f"{TASKS}/987654321")
    caller.get("/Robin/Secret")
    caller("FOO", "/Robin")
    text = Caller(office.app, NOBODY).get("/metrics").text
    assert "987654321" not in text
    assert "Robin" not in text
    assert "FOO" not in text


def test_a_second_scrape_shortly_after_asks_nothing_of_the_database(office: Office) -> None:
    first = scraped(office)
    office.registered_request()
    again = samples(Caller(office.app, NOBODY).get("/metrics").text)
    assert value(again, "ehc_timers_asleep") == value(first, "ehc_timers_asleep")


@pytest.fixture
def guarded(office: Office) -> Caller:
    """The same installation where whoever scrapes needs a token."""
    engine = office.desk.engine
    settings = replace(engine.settings, metrics_token="a-token-for-scraping")
    return Caller(create_app(Engine(engine.database, engine.clock, settings)))


@pytest.mark.parametrize("token", [NOBODY, "another-token", "ä"])
def test_where_a_token_is_named_it_must_be_sent(guarded: Caller, token: str) -> None:
    problem(guarded.of(token).get("/metrics"), 401, "unauthenticated")
    assert guarded.of("a-token-for-scraping").get("/metrics").status_code == 200


def test_readiness_says_what_it_rests_on(office: Office) -> None:
    office.desk.step_to(office.desk.clock.today())
    app = create_app(office.desk.engine)
    client = Caller(app, NOBODY)
    assert client.get("/health/ready").get_json()["checks"]["scheduler"] == "elsewhere"
    looked_at = office.desk.clock.now()
    follow_heartbeat(app, lambda: looked_at)
    assert client.get("/health/ready").get_json()["checks"]["scheduler"] == "ok"
    office.desk.clock.advance(timedelta(minutes=3))
    reasons = problem(client.get("/health/ready"), 503, "not-ready")["reasons"]
    assert "The scheduler hasn't looked for what is due for 180 seconds." in reasons


def test_a_timer_that_nobody_fires_is_seen_by_every_process(office: Office) -> None:
    office.registered_request()
    office.desk.clock.advance(timedelta(weeks=22))
    client = Caller(create_app(office.desk.engine), NOBODY)
    (reason,) = problem(client.get("/health/ready"), 503, "not-ready")["reasons"]
    assert "should have fired" in reason
    sweep(office.desk.engine)
    assert client.get("/health/ready").status_code == 200
