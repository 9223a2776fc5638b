"""Messages to other systems: told with the step or not at all, signed, tried again, and dead in the end."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import insert

from benchmarks.statements import counted
from engine.errors import BadInput, Conflict
from engine.scheduler import Scheduler
from engine.services.audit.audit import Actor
from engine.services.incidents import guarded
from engine.services.tasks import tasks
from engine.services.webhooks import webhook_queue, webhooks
from engine.services.webhooks.views_of_webhooks import WebhookSecretView
from engine.services.webhooks.webhook_events import SUBSCRIBABLE
from engine.services.webhooks.webhook_queue import WAITS
from engine.store.sight_tables import restriction
from engine.store.webhook_tables import webhook_delivery
from notifications.webhooks import SENDING, send_due
from tests.engine.services.rows import count, rows
from tests.support.alarms import SteppedAlarms
from tests.support.desk import Desk, opened_desk
from tests.support.receiver import Received, Receiver, receiving
from tests.support.together import at_once


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as opened:
        yield opened


@pytest.fixture
def desk(database_url: str) -> Iterator[Desk]:
    """A desk whose webhooks may lead to this machine."""
    with opened_desk(database_url) as opened:
        opened.engine.settings = replace(
            opened.engine.settings, webhooks_allow_loopback=True, secret_key="k" * 40
        )
        yield opened


def subscribe(desk: Desk, url: str, *events: str) -> WebhookSecretView:
    admin = desk.member("administrator")
    return webhooks.create_webhook(desk.engine, admin, url, events or SUBSCRIBABLE, "Records")


def is_signed(message: Received, secret: str) -> bool:
    """Whether one of the signatures is the convention's, worked out here anew."""
    headers = {name.lower(): value for name, value in message.headers.items()}
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.{message.body}".encode()
    key = base64.b64decode(secret.removeprefix("whsec_"))
    expected = "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    return expected in headers["webhook-signature"].split(" ")


def later(desk: Desk, wait: timedelta) -> None:
    desk.clock.advance_to(desk.clock.now() + wait)


def told(receiver: Receiver) -> list[dict[str, Any]]:
    return [json.loads(message.body) for message in receiver.received]


def test_what_happens_is_told_by_keys_and_signed(desk: Desk, receiver: Receiver) -> None:
    made = subscribe(desk, receiver.url, "case.opened", "task.claimed")
    case = desk.request()
    task = case.task("register_request")
    tasks.claim(desk.engine, desk.member("caseworker"), task.key)
    assert send_due(desk.engine) == 2
    assert [message["type"] for message in told(receiver)] == ["case.opened", "task.claimed"]
    claimed = told(receiver)[1]["data"]
    assert claimed == {
        "caseKey": case.key,
        "sequence": claimed["sequence"],
        "taskKey": task.key,
        "elementId": "register_request",
    }
    assert all(is_signed(message, made.secret) for message in receiver.received)
    assert {message.path for message in receiver.received} == {"/hook?of=ehc"}
    assert "Example" not in str(receiver.received)
    assert send_due(desk.engine) == 0


def test_a_step_that_fails_tells_nothing(desk: Desk, receiver: Receiver) -> None:
    subscribe(desk, receiver.url)
    case = desk.request()
    send_due(desk.engine)
    before = len(receiver.received)

    def fail(step: Any) -> None:
        step.set_status("assessing")
        step.save()
        raise Conflict("Not today.")

    with pytest.raises(Conflict):
        guarded(desk.engine, int(case.key), "fail", Actor.clock(), fail)
    assert send_due(desk.engine) == 0
    assert len(receiver.received) == before


def test_a_missed_limit_is_told_beside_its_escalation(desk: Desk, receiver: Receiver) -> None:
    subscribe(desk, receiver.url, "deadline.missed", "escalation.raised")
    desk.request()
    desk.step_to(desk.clock.today() + timedelta(weeks=8))
    while send_due(desk.engine):
        pass
    kinds = {message["type"] for message in told(receiver)}
    assert "deadline.missed" in kinds


def test_what_happens_to_a_restricted_case_is_not_told(desk: Desk, receiver: Receiver) -> None:
    case = desk.request()
    subscribe(desk, receiver.url)
    with desk.engine.database.write() as connection:
        values = {column.name: None for column in restriction.columns if column.nullable}
        connection.execute(
            insert(restriction),
            {
                **values,
                "authority": desk.authority,
                "case_key": int(case.key),
                "restricted_at": desk.clock.now(),
                "restricted_by": desk.member("administrator").membership_key,
                "reason": "A relation works here.",
            },
        )
    guarded(desk.engine, int(case.key), "move on", Actor.clock(), lambda step: step.set_status("assessing"))
    assert send_due(desk.engine) == 0


def test_a_refusal_is_tried_again_later_and_later_until_it_is_dead(desk: Desk, receiver: Receiver) -> None:
    made = subscribe(desk, receiver.url, "case.opened")
    desk.request()
    receiver.statuses = [500]
    waits = []
    while count(desk, webhook_delivery, state="waiting"):
        before = desk.clock.now()
        assert send_due(desk.engine) == 1
        (row,) = rows(desk, webhook_delivery)
        assert send_due(desk.engine) == 0
        if row.state == "waiting":
            waits.append(row.next_at - before)
            desk.clock.advance_to(row.next_at)
    assert [row.outcome, len(receiver.received)] == ["500", len(webhook_queue.WAITS) + 1]
    for wait, planned in zip(waits, webhook_queue.WAITS, strict=True):
        assert 0.8 * planned <= wait <= 1.2 * planned
    assert len({message.headers["webhook-id"] for message in receiver.received}) == 1

    admin = desk.member("administrator")
    key = made.webhook.key
    assert webhooks.get_webhook(desk.engine, admin, key).state == "disabled"
    with pytest.raises(Conflict):
        webhooks.replay(desk.engine, admin, key, since=row.created_at)
    webhooks.change_webhook(desk.engine, admin, key, {"state": "active"})
    receiver.statuses = [200]
    assert webhooks.replay(desk.engine, admin, key, since=row.created_at).replayed == 1
    assert send_due(desk.engine) == 1
    (row,) = rows(desk, webhook_delivery)
    assert (row.state, row.outcome) == ("delivered", "200")


def test_who_is_gone_is_disabled_at_once_and_a_redirect_is_not_followed(
    desk: Desk, receiver: Receiver
) -> None:
    made = subscribe(desk, receiver.url, "case.opened")
    admin = desk.member("administrator")
    receiver.statuses = [302, 410]
    webhooks.ping(desk.engine, admin, made.webhook.key)
    send_due(desk.engine)
    assert {message.path for message in receiver.received} == {"/hook?of=ehc"}
    later(desk, timedelta(minutes=1))
    send_due(desk.engine)
    assert webhooks.get_webhook(desk.engine, admin, made.webhook.key).state == "disabled"
    desk.request()
    assert count(desk, webhook_delivery, state="waiting") == 0


def test_after_a_rotation_both_secrets_sign_for_a_day(desk: Desk, receiver: Receiver) -> None:
    made = subscribe(desk, receiver.url)
    admin, key = desk.member("administrator"), made.webhook.key
    rotated = webhooks.rotate_secret(desk.engine, admin, key)
    assert rotated.secret != made.secret
    for wait in (timedelta(0), webhooks.ROTATION):
        later(desk, wait)
        webhooks.ping(desk.engine, admin, key)
        assert send_due(desk.engine) == 1
    first, second = receiver.received
    assert is_signed(first, made.secret)
    assert is_signed(first, rotated.secret)
    assert not is_signed(second, made.secret)
    assert is_signed(second, rotated.secret)


def test_two_senders_send_once(desk: Desk, receiver: Receiver) -> None:
    subscribe(desk, receiver.url, "case.opened")
    for _ in range(3):
        desk.request()
    at_once([lambda: send_due(desk.engine)] * 4)
    assert len(receiver.received) == 3


def test_a_sender_that_died_leaves_its_messages_to_the_next(desk: Desk, receiver: Receiver) -> None:
    subscribe(desk, receiver.url, "case.opened")
    desk.request()
    assert len(webhook_queue.take_due(desk.engine)) == 1
    assert send_due(desk.engine) == 0
    later(desk, webhook_queue.LEASE)
    assert send_due(desk.engine) == 1


def test_who_has_no_webhook_pays_no_statement(desk: Desk) -> None:
    case = desk.request()
    with counted() as sent:
        tasks.claim(desk.engine, desk.member("caseworker"), case.task("register_request").key)
    assert sent.number > 0
    assert not [text for text in sent.texts if "webhook" in text or text.startswith("SELECT restriction")]


def test_what_ended_long_ago_is_forgotten(desk: Desk, receiver: Receiver) -> None:
    subscribe(desk, receiver.url, "case.opened")
    desk.request()
    send_due(desk.engine)
    assert webhook_queue.forget_old(desk.engine) == 0
    later(desk, webhook_queue.KEPT + timedelta(seconds=1))
    assert webhook_queue.forget_old(desk.engine) == 1


@pytest.mark.parametrize("events", [[], ["case.read"], ["ping"]])
def test_only_what_is_told_can_be_subscribed_to(desk: Desk, events: list[str]) -> None:
    with pytest.raises(BadInput, match="Name events of these"):
        webhooks.create_webhook(
            desk.engine, desk.member("administrator"), "https://hooks.example/", events, "Records"
        )


def test_a_message_goes_out_with_the_change_and_again_when_its_time_has_come(
    desk: Desk, receiver: Receiver
) -> None:
    subscribe(desk, receiver.url, "case.opened")
    alarms = SteppedAlarms(desk.clock)
    scheduler = Scheduler(desk.engine, (SENDING,), alarms)
    scheduler.start()
    alarms.go_on(timedelta(minutes=2))
    receiver.statuses = [500, 204]
    desk.request()
    scheduler.wake()
    alarms.go_on(timedelta(0))
    assert len(receiver.received) == 1
    alarms.go_on(WAITS[0] * 1.2)
    assert len(receiver.received) == 2
    alarms.rung.clear()
    alarms.go_on(timedelta(minutes=10))
    assert SENDING.name not in alarms.rung
