"""GOV.UK Notify takes email, texts and letters; its limits are kept, and its refusals read for what they are."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from engine.clock import SteppedClock
from engine.sending_settings import NotifySettings
from notifications.channels import Channel, Refused, TryAgain, notify
from notifications.channels.notify import NotifyChannel
from notifications.channels.notify_client import NotifyClient
from tests.notifications.outgoing import alert
from tests.support.notify import EMAIL, KEY, SERVICE, TEXT, Notify, NotifyError, standing_in_for_notify

NOW = datetime(2026, 11, 25, 23, 30, tzinfo=UTC)
PDF = b"%PDF-1.7\n%%EOF\n"


@pytest.fixture
def clock() -> SteppedClock:
    return SteppedClock(NOW)


@pytest.fixture
def there(clock: SteppedClock) -> Iterator[Notify]:
    with standing_in_for_notify(clock) as opened:
        yield opened


@pytest.fixture
def settings(there: Notify) -> NotifySettings:
    return NotifySettings(key=KEY, url=there.url, templates={"email": EMAIL, "text": TEXT}, letters=True)


@pytest.fixture
def client(settings: NotifySettings, clock: SteppedClock) -> Iterator[NotifyClient]:
    opened = NotifyClient(settings, clock)
    yield opened
    opened.close()


@pytest.fixture
def email(client: NotifyClient) -> NotifyChannel:
    return notify.email(client, EMAIL)


@pytest.fixture
def text(client: NotifyClient) -> NotifyChannel:
    return notify.text(client, TEXT)


def test_an_email_is_the_subject_and_the_body_under_our_reference(email: Channel, there: Notify) -> None:
    accepted = email.send(alert())
    (kept,) = there.kept
    assert kept["content"] == {"subject": alert().subject, "body": alert().text}
    assert (kept["reference"], kept["to"]) == (alert().reference, alert().address)
    assert (accepted.provider, accepted.provider_reference) == ("notify", kept["id"])
    assert not accepted.is_final


def test_a_long_text_says_its_subject_and_where_the_rest_is(text: Channel, there: Notify) -> None:
    text.send(alert(address="07700900123", text="short"))
    text.send(alert(address="07700900123", text="long " * 400))
    assert [kept["content"]["body"] for kept in there.kept] == [
        "short",
        f"{alert().subject}\n{alert().link}",
    ]


def test_a_letter_is_the_very_pdf(client: NotifyClient, there: Notify) -> None:
    letters = notify.letter(client)
    letters.send(alert(attachment=PDF))
    assert there.kept[0]["content"]["pdf"] == PDF
    assert there.kept[0]["postage"] == "second"
    for wrong, outcome in (
        (None, "without-pdf"),
        (b"<html>", "without-pdf"),
        (PDF + b" " * 2**21, "too-large"),
    ):
        with pytest.raises(Refused, match=outcome):
            letters.send(alert(attachment=wrong))


def test_what_was_taken_is_found_by_its_reference_unless_it_failed(email: Channel, there: Notify) -> None:
    assert email.find(alert().reference) is None
    there.lost_answers = 1
    with pytest.raises(TryAgain, match="notify-500"):
        email.send(alert())
    found = email.find(alert().reference)
    assert found is not None
    assert (found.provider_reference, found.is_final) == (there.kept[0]["id"], False)
    there.finish()
    found = email.find(alert().reference)
    assert found is not None
    assert found.is_final
    email.send(alert(reference="other", address="temp-fail@simulator.notify"))
    there.finish()
    assert email.find("other") is None


@pytest.mark.parametrize("address", ["simulate-delivered@notifications.service.gov.uk"])
def test_an_address_for_smoke_tests_is_taken_and_kept_nowhere(
    address: str, email: Channel, there: Notify
) -> None:
    assert email.send(alert(address=address)).provider_reference
    assert not there.kept


@pytest.mark.parametrize(
    ("error", "kind", "outcome", "after"),
    [
        (NotifyError(400, "ValidationError", "Not a valid address"), Refused, "notify-400-Val", None),
        (NotifyError(400, "BadRequestError", "trial mode"), TryAgain, "notify-400-BadRequestError", None),
        (NotifyError(403, "AuthError", "Invalid token"), TryAgain, "notify-403", timedelta(minutes=5)),
        (NotifyError(429, "RateLimitError", "Exceeded"), TryAgain, "minute-is-full", timedelta(minutes=1)),
        (NotifyError(429, "TooManyRequestsError", "x"), TryAgain, "day-is-full", timedelta(minutes=30)),
        (NotifyError(500, "Exception", "Internal"), TryAgain, "notify-500", timedelta(minutes=5)),
        (NotifyError(503, "Exception", "Away"), TryAgain, "notify-503", timedelta(minutes=5)),
    ],
)
def test_each_refusal_is_read_by_its_status_and_kind(
    error: NotifyError,
    kind: type[Exception],
    outcome: str,
    after: timedelta | None,
    email: Channel,
    there: Notify,
) -> None:
    there.errors.append(error)
    with pytest.raises(kind, match=outcome) as refused:
        email.send(alert())
    assert getattr(refused.value, "after", None) == after
    assert email.send(alert()).provider_reference


def test_a_wrong_address_is_refused_and_a_wrong_template_tried_again(
    email: NotifyChannel, text: NotifyChannel, client: NotifyClient, there: Notify
) -> None:
    for channel in (email, text):
        with pytest.raises(Refused, match="notify-400-ValidationError"):
            channel.send(alert(address="nowhere"))
    there.templates[EMAIL] = ("email", {"subject", "body", "first name"})
    with pytest.raises(TryAgain, match="notify-400-BadRequestError"):
        email.send(alert())
    assert text.fault() is None
    fault = email.fault()
    assert fault is not None
    assert "((subject)) and ((body)) alone; it asks for body, first name, subject." in fault
    with pytest.raises(TryAgain, match="notify-404"):
        notify.email(client, "4f0fb8f2-0000-4000-8000-000000000000").fault()
    assert notify.letter(client).fault() is None


def test_a_key_that_isnt_known_is_told_apart(settings: NotifySettings, clock: SteppedClock) -> None:
    other = replace(settings, key=f"tests-{SERVICE}-{SERVICE}")
    stranger = NotifyClient(other, clock)
    with pytest.raises(TryAgain, match="notify-403"):
        notify.email(stranger, EMAIL).send(alert())
    stranger.close()


def test_where_nobody_listens_it_is_tried_again(settings: NotifySettings, clock: SteppedClock) -> None:
    with standing_in_for_notify(clock) as gone:
        url = gone.url
    client = NotifyClient(replace(settings, url=url), clock)
    with pytest.raises(TryAgain, match="notify-unreachable"):
        notify.email(client, EMAIL).send(alert())
    client.close()


def test_no_more_leave_in_a_minute_than_may(
    settings: NotifySettings, clock: SteppedClock, there: Notify
) -> None:
    client = NotifyClient(replace(settings, a_minute=3), clock)
    email = notify.email(client, EMAIL)
    for number in range(3):
        clock.advance(timedelta(seconds=10))
        email.send(alert(reference=f"message {number}"))
    with pytest.raises(TryAgain, match="minute-is-full") as full:
        email.send(alert(reference="one too many"))
    assert full.value.after == timedelta(seconds=40)
    clock.advance(full.value.after)
    email.send(alert(reference="one too many"))
    assert len(there.kept) == 4
    client.close()


def test_a_number_gets_no_text_that_its_network_would_block(
    text: Channel, clock: SteppedClock, there: Notify
) -> None:
    for _ in range(20):
        text.send(alert(address="07700900123", text="the same"))
    with pytest.raises(TryAgain, match="too-many-texts") as full:
        text.send(alert(address="07700900123", text="the same"))
    assert full.value.after is None, "the others may go"
    text.send(alert(address="07700900124", text="the same"))
    for number in range(80):
        text.send(alert(address="07700900123", text=f"another {number}"))
    with pytest.raises(TryAgain, match="too-many-texts"):
        text.send(alert(address="07700900123", text="one too many"))
    clock.advance(timedelta(hours=1))
    text.send(alert(address="07700900123", text="the same"))
    assert len(there.kept) == 102


def test_no_address_word_or_key_gets_into_a_log(
    email: Channel, there: Notify, settings: NotifySettings, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    email.send(alert())
    with pytest.raises(Refused):
        email.send(alert(address="nowhere"))
    assert there.kept
    logged = " ".join(record.getMessage() for record in caplog.records)
    assert not [word for word in ("@camhs", "nowhere", "advice", settings.key) if word in logged]
    assert settings.key not in repr(settings)
