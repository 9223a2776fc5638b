"""`ehc outbox try` says whether a way to people is open, and writes nothing down."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from click.testing import CliRunner

from cli.outbox_try import try_channel
from engine.errors import SetupError
from engine.store.message_tables import outbox
from tests.engine.services.rows import count
from tests.support.desk import Desk, opened_desk
from tests.support.mail_server import mail_server
from tests.support.notify import KEY, TEXT, standing_in_for_notify


@pytest.fixture
def desk(sqlite_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    monkeypatch.setenv("EHC_DATABASE_URL", sqlite_url)
    with opened_desk(sqlite_url) as desk:
        yield desk


def test_it_sends_and_says_what_came_of_it(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    before = count(desk, outbox)
    with mail_server() as server:
        monkeypatch.setenv("EHC_SMTP_URL", f"smtp://127.0.0.1:{server.port}?starttls=no")
        monkeypatch.setenv("EHC_MAIL_FROM", "ehc@example.gov.uk")
        server.refused["nobody@example.gov.uk"] = "550 5.1.1 Unknown"
        taken = CliRunner().invoke(try_channel, ["email", "you@example.gov.uk"])
        refused = CliRunner().invoke(try_channel, ["email", "nobody@example.gov.uk"])
    (came,) = server.received
    assert (taken.exit_code, taken.output) == (0, f"Taken by smtp as {came.message['Message-ID']}.\n")
    assert (refused.exit_code, refused.output) == (1, "Not taken: smtp-550-5.1.1.\n")
    assert count(desk, outbox) == before


def test_a_way_that_isnt_set_up_is_named_with_what_to_set(desk: Desk) -> None:
    assert desk.authority
    for channel, wanted in (("email", "EHC_SMTP_URL"), ("text", "text= in EHC_NOTIFY_TEMPLATES")):
        result = CliRunner().invoke(try_channel, [channel, "07700900123"])
        assert isinstance(result.exception, SetupError)
        assert wanted in str(result.exception)


def test_a_webhook_is_one_of_the_authoritys(desk: Desk) -> None:
    assert desk.authority
    result = CliRunner().invoke(try_channel, ["webhook", "https://hooks.example.gov.uk/"])
    assert (result.exit_code, result.output) == (1, "Not taken: no-such-webhook.\n")


def test_a_template_of_notify_that_asks_for_more_is_named(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    with standing_in_for_notify(desk.clock) as there:
        monkeypatch.setenv("EHC_NOTIFY_KEY", KEY)
        monkeypatch.setenv("EHC_NOTIFY_URL", there.url)
        monkeypatch.setenv("EHC_NOTIFY_TEMPLATES", f"text={TEXT}")
        well = CliRunner().invoke(try_channel, ["text", "07700900123"])
        there.templates[TEXT] = ("sms", {"body", "name"})
        wrong = CliRunner().invoke(try_channel, ["text", "07700900123"])
    assert (well.exit_code, len(there.kept)) == (0, 1)
    assert isinstance(wrong.exception, SetupError)
    assert "must ask for ((body)) alone; it asks for body, name." in str(wrong.exception)
