"""A sender killed between handing a message over and writing that down loses nothing, and sends nothing twice
where the channel can be asked; where it can't, what comes twice has the same name."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import select

from engine.sending_settings import NotifySettings, SendingSettings, SmtpSettings
from engine.services.audit.audit import Actor
from engine.services.incidents import guarded
from engine.services.messages import choices
from engine.services.messages.queue import LEASE
from engine.store.message_tables import outbox
from engine.store.types import AnyRow
from notifications.sender import Sender
from tests.support.desk import Desk, opened_desk
from tests.support.mail_server import MailServer, mail_server
from tests.support.notify import EMAIL, KEY, Notify, NotifyError, standing_in_for_notify

MESSAGES = 6
#: At which message it is killed.
KILLED_AT = range(1, MESSAGES + 1) if os.environ.get("EHC_FAULTS") == "long" else (1, 4)


@pytest.fixture
def desk(sqlite_url: str) -> Iterator[Desk]:
    """A desk with messages that wait for email, and nothing else."""
    with opened_desk(sqlite_url) as opened:
        Sender(opened.engine, {}).send_due()
        case = opened.request()
        who = opened.member("service_manager")
        choices.choose(opened.engine, who, "alert", "email", "manager@send.example.org")

        def work(step: Any) -> None:
            for number in range(MESSAGES):
                step.post(
                    "alert",
                    reference=f"message {number}",
                    recipient="service_manager@send_team",
                    membership_key=who.membership_key,
                    channel="email",
                    subject=f"Case {case.key}: message {number}",
                    body={"case": case.key},
                )

        guarded(opened.engine, int(case.key), "tell", Actor.clock(), work)
        yield opened


class Sending:
    """A sender of its own process, and the hand that kills it at a message."""

    def __init__(self, desk: Desk, **settings: str) -> None:
        self._desk = desk
        self._environment = {
            **os.environ,
            **settings,
            "EHC_DATABASE_URL": desk.engine.settings.database_url,
        }
        self._process: subprocess.Popen[bytes] | None = None
        self._started = threading.Event()
        self._guard = threading.Lock()
        self._left = 0

    def until(self, message: int) -> int:
        """Send until a message is taken by the other side; gives how the process ended."""
        self._left = message
        command = [sys.executable, "-m", "tests.faults.send_once", self._desk.clock.now().isoformat()]
        self._process = subprocess.Popen(command, env=self._environment)
        self._started.set()
        return self._process.wait(timeout=60)

    def taken(self) -> None:
        """To be called by the other side for each message: at the one, the sender is no more."""
        assert self._started.wait(timeout=60)
        with self._guard:
            self._left -= 1
            if self._left == 0 and self._process is not None:
                self._process.kill()
                self._process.wait(timeout=60)


def messages(desk: Desk) -> list[AnyRow]:
    query = select(outbox).where(outbox.c.reference.like("message %")).order_by(outbox.c.reference)
    with desk.engine.database.read() as connection:
        return list(connection.execute(query))


def send_the_rest(desk: Desk, sending: SendingSettings) -> None:
    """Another sender comes round: too early, and when the killed one's lease has ended."""
    desk.engine.settings = replace(desk.engine.settings, sending=sending)
    sender = Sender(desk.engine)
    for _ in range(3):
        sender.send_due()
        desk.clock.advance(LEASE)


@pytest.fixture
def there(desk: Desk) -> Iterator[Notify]:
    with standing_in_for_notify(desk.clock) as opened:
        yield opened


def notified(desk: Desk, there: Notify) -> tuple[Sending, SendingSettings]:
    """A sender by Notify, and the settings of the one that follows it."""
    settings = {"EHC_NOTIFY_KEY": KEY, "EHC_NOTIFY_URL": there.url, "EHC_NOTIFY_TEMPLATES": f"email={EMAIL}"}
    account = NotifySettings(key=KEY, url=there.url, templates={"email": EMAIL})
    return Sending(desk, **settings), SendingSettings(notify=account)


@pytest.mark.parametrize("at", KILLED_AT)
def test_killed_after_notify_has_it_nothing_is_sent_twice(desk: Desk, there: Notify, at: int) -> None:
    sending, after = notified(desk, there)
    there.on_kept = sending.taken
    assert sending.until(at) == -9
    assert {row.state for row in messages(desk)} <= {"waiting", "sent"}
    assert there.looked_up == 0
    send_the_rest(desk, after)
    assert Counter(kept["reference"] for kept in there.kept) == {
        f"message {number}": 1 for number in range(MESSAGES)
    }
    ids = {kept["reference"]: kept["id"] for kept in there.kept}
    assert {row.reference: row.provider_reference for row in messages(desk)} == ids
    assert {row.state for row in messages(desk)} == {"sent"}
    assert there.looked_up > 0


def test_killed_before_notify_has_it_nothing_is_lost(desk: Desk, there: Notify) -> None:
    sending, after = notified(desk, there)
    there.errors = [NotifyError(500, "Exception", "Nobody is there to hear it")] * MESSAGES
    there.on_asked = sending.taken
    assert sending.until(1) == -9
    there.errors.clear()
    assert not there.kept
    send_the_rest(desk, after)
    assert Counter(kept["reference"] for kept in there.kept) == {
        f"message {number}": 1 for number in range(MESSAGES)
    }
    assert {row.state for row in messages(desk)} == {"sent"}


@pytest.mark.parametrize("at", KILLED_AT)
def test_killed_after_a_mail_server_has_it_what_comes_twice_has_the_same_name(desk: Desk, at: int) -> None:
    with mail_server() as server:
        sending = Sending(
            desk,
            EHC_SMTP_URL=f"smtp://127.0.0.1:{server.port}?starttls=no",
            EHC_MAIL_FROM="ehc@example.gov.uk",
        )
        server.on_kept = sending.taken
        assert sending.until(at) == -9
        smtp = SmtpSettings("127.0.0.1", server.port, "none")
        send_the_rest(desk, SendingSettings(smtp=smtp, mail_from="ehc@example.gov.uk"))
    assert len(names(server)) == MESSAGES, "nothing is lost, and each has one name"
    assert 1 <= sum(count - 1 for count in names(server).values()) <= at + 4
    assert {row.state for row in messages(desk)} == {"sent"}
    for row in messages(desk):
        assert row.provider_reference in names(server)


def names(server: MailServer) -> Counter[str]:
    return Counter(str(mail.message["Message-ID"]) for mail in server.received)
