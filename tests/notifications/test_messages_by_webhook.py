"""A message can go through the authority's webhooks: signed as events are, and in their queue once for ever."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace

import pytest
from sqlalchemy import update

from engine.errors import SetupError
from engine.sending_settings import SendingSettings
from engine.services.webhooks import webhooks
from engine.store.webhook_tables import webhook_delivery
from notifications.channels import Refused
from notifications.channels.configured import channels_of
from notifications.channels.webhook import WebhookChannel
from notifications.webhooks import send_due
from tests.engine.services.rows import count
from tests.notifications.outgoing import alert
from tests.notifications.test_webhooks import is_signed
from tests.support.desk import Desk, opened_desk
from tests.support.receiver import Receiver, receiving


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as opened:
        yield opened


@pytest.fixture
def desk(database_url: str) -> Iterator[Desk]:
    with opened_desk(database_url) as opened:
        given = replace(opened.engine.settings, webhooks_allow_loopback=True, secret_key="k" * 40)
        opened.engine.settings = given
        yield opened


def subscribed(desk: Desk, receiver: Receiver) -> str:
    """A webhook at the receiver; its secret."""
    made = webhooks.create_webhook(
        desk.engine, desk.member("administrator"), receiver.url, ["case.opened"], "Desk"
    )
    return made.secret


def test_it_comes_signed_with_its_words_and_is_found_again(desk: Desk, receiver: Receiver) -> None:
    secret = subscribed(desk, receiver)
    channel = WebhookChannel(desk.engine)
    message = alert(address=receiver.url, authority=desk.authority)
    assert channel.find(message.reference) is None
    accepted = channel.send(message)
    assert not accepted.is_final
    assert channel.find(message.reference) == accepted
    send_due(desk.engine)
    (came,) = receiver.received
    assert is_signed(came, secret)
    told = json.loads(came.body)
    assert told["type"] == "message.alert"
    assert told["data"] == {
        "reference": message.reference,
        "subject": message.subject,
        "text": message.text,
        "link": message.link,
    }
    found = channel.find(message.reference)
    assert found is not None
    assert found.is_final


def test_a_second_attempt_sends_nothing_twice_but_one_that_had_died_anew(
    desk: Desk, receiver: Receiver
) -> None:
    subscribed(desk, receiver)
    channel = WebhookChannel(desk.engine)
    message = alert(address=receiver.url, authority=desk.authority)
    assert channel.send(message) == channel.send(replace(message, attempt=2))
    send_due(desk.engine)
    assert len(receiver.received) == 1
    with desk.engine.database.write() as connection:
        connection.execute(update(webhook_delivery).values(state="dead", ended_at=desk.clock.now()))
    assert channel.find(message.reference) is None
    channel.send(message)
    send_due(desk.engine)
    assert [came.headers["webhook-id"] for came in receiver.received] == [
        channel.send(message).provider_reference
    ] * 2
    assert count(desk, webhook_delivery) == 1


def test_only_the_own_authoritys_webhooks_are_told(desk: Desk, receiver: Receiver) -> None:
    subscribed(desk, receiver)
    channel = WebhookChannel(desk.engine)
    for wrong in ({"authority": "999"}, {"address": "https://hooks.example/"}):
        with pytest.raises(Refused, match="no-such-webhook"):
            channel.send(alert(**{"address": receiver.url, "authority": desk.authority, **wrong}))
    assert count(desk, webhook_delivery) == 0


def test_an_installation_has_the_ways_that_are_set_up(desk: Desk) -> None:
    assert set(channels_of(desk.engine)) == {"chat", "webhook"}


def test_a_chat_that_isnt_one_is_refused_when_the_ways_are_opened(desk: Desk) -> None:
    sending = SendingSettings(chats={"333": "https://10.0.0.1/a-secret"})
    desk.engine.settings = replace(desk.engine.settings, sending=sending)
    with pytest.raises(SetupError, match="EHC_CHAT_URLS, authority 333: Messages can't") as refused:
        channels_of(desk.engine)
    assert "a-secret" not in str(refused.value)
