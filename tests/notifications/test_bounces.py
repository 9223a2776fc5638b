"""Mail that came back is known by its name, and what its report says becomes of the message."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from click.testing import CliRunner

from cli.outbox import outbox as command
from engine.errors import BadInput, NotFound
from engine.sending_settings import SendingSettings, SmtpSettings
from engine.services.messages.receipts import Fate
from notifications import bounces
from tests.notifications.test_receipts import REFERENCE, row_of, sent
from tests.support.desk import Desk, opened_desk
from tests.support.mail_server import MailServer, mail_server

NAME = "<0123456789abcdef@example.gov.uk>"


def report(name: str = NAME, *, action: str = "failed", status: str = "5.1.1", whole: bool = True) -> bytes:
    """A report as Postfix writes it, with the mail or its headers alone."""
    kind = "message/rfc822" if whole else "text/rfc822-headers"
    return f"""From: MAILER-DAEMON@mail.example.org
To: bounces@example.gov.uk
Subject: Undelivered Mail Returned to Sender
Message-ID: <the-report-itself@mail.example.org>
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="part"

--part
Content-Type: text/plain

I'm sorry to have to inform you that your message could not be delivered.

--part
Content-Type: message/delivery-status

Reporting-MTA: dns; mail.example.org
Arrival-Date: Wed, 25 Nov 2026 09:30:00 +0000

Final-Recipient: rfc822; manager@camhs.example.nhs.uk
Action: {action}
Status: {status}
Diagnostic-Code: smtp; 550 5.1.1 No such user

--part
Content-Type: {kind}

From: EHC service <ehc@example.gov.uk>
Subject: Case 12: advice is due
Message-ID: {name}

--part--
""".replace("\n", "\r\n").encode()


@pytest.fixture
def server() -> Iterator[MailServer]:
    with mail_server() as opened:
        yield opened


@pytest.fixture
def desk(sqlite_url: str, server: MailServer, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    monkeypatch.setenv("EHC_DATABASE_URL", sqlite_url)
    with opened_desk(sqlite_url) as opened:
        smtp = SmtpSettings("127.0.0.1", server.port, "none")
        sending = SendingSettings(smtp=smtp, mail_from="ehc@example.gov.uk")
        opened.engine.settings = replace(opened.engine.settings, sending=sending)
        yield opened


@pytest.mark.parametrize("whole", [True, False])
@pytest.mark.parametrize(
    ("action", "status", "fate", "outcome"),
    [
        ("failed", "5.1.1", Fate.NEVER, "bounced-5.1.1"),
        ("Failed", "4.4.7 (expired)", Fate.NOT_NOW, "bounced-4.4.7"),
        ("delayed", "4.2.0", Fate.UNDER_WAY, "bounced-4.2.0"),
        ("delivered", "2.0.0", Fate.ARRIVED, "bounced-2.0.0"),
        ("failed", "unknown", Fate.NEVER, "bounced"),
    ],
)
def test_a_report_is_read(action: str, status: str, fate: Fate, outcome: str, whole: bool) -> None:
    read = bounces.read(report(action=action, status=status, whole=whole))
    assert (read.fate, read.outcome, read.provider_reference) == (fate, outcome, NAME)


@pytest.mark.parametrize(
    ("mail", "sentence"),
    [
        (b"", "no report of a delivery"),
        (b"Subject: I'm away\r\nMessage-ID: <x@y>\r\n\r\nUntil Monday.", "no report of a delivery"),
        (report().replace(b"Action:", b"X-Action:"), "no report of a delivery"),
        (report(name="none"), "which it is"),
        (b"\xff\x00" * 500, "no report of a delivery"),
    ],
)
def test_what_is_no_report_is_refused_in_a_sentence(mail: bytes, sentence: str) -> None:
    with pytest.raises(BadInput, match=sentence):
        bounces.read(mail)


def test_a_mail_that_came_back_is_given_up_once(desk: Desk, server: MailServer) -> None:
    case = desk.request()
    sent(desk, case)
    name = str(server.received[0].message["Message-ID"])
    assert row_of(desk).provider_reference == name
    first, again = (CliRunner().invoke(command, ["bounce"], input=report(name)) for _ in range(2))
    assert (first.exit_code, first.output) == (0, "Taken: never.\n")
    assert isinstance(again.exception, NotFound), "what has ended is known by that name no more"
    row = row_of(desk)
    assert (row.state, row.outcome) == ("failed", "bounced-5.1.1")
    assert case.task("see_to_message").organisation == "send_team"


def test_a_name_that_nobody_gave_is_not_found(desk: Desk, server: MailServer) -> None:
    sent(desk, desk.request())
    for guessed in (NAME, f"<{REFERENCE.replace(' ', '-')}@example.gov.uk>"):
        result = CliRunner().invoke(command, ["bounce", "-"], input=report(guessed))
        assert isinstance(result.exception, NotFound)
    assert (row_of(desk).state, len(server.received)) == ("sent", 1)
