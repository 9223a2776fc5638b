"""Email leaves encrypted and named, over connections that are kept, and each refusal is read for what it is."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest

from engine.clock import SteppedClock
from engine.sending_settings import SmtpSettings
from notifications.channels import Refused, TryAgain
from notifications.channels.email import EmailChannel
from tests.notifications.outgoing import alert
from tests.support.certificates import Certificate, made_certificate
from tests.support.mail_server import MailServer, mail_server

NOW = datetime(2026, 11, 25, 9, 30, tzinfo=UTC)
FROM = "EHC service <ehc@example.gov.uk>"


def digest(reference: str) -> str:
    return hashlib.sha256(reference.encode()).hexdigest()


@contextmanager
def channel(port: int, *, tls: str = "none", user: str | None = None, **more: str) -> Iterator[EmailChannel]:
    given = SmtpSettings("localhost", port, tls, user, "pass word" if user else None)
    opened = EmailChannel(given, FROM, SteppedClock(NOW), digest, **more)
    try:
        yield opened
    finally:
        opened.close()


@pytest.fixture
def server() -> Iterator[MailServer]:
    with mail_server() as opened:
        yield opened


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    return made_certificate(tmp_path_factory.mktemp("certificate"))


def test_a_mail_has_its_words_its_name_and_what_keeps_machines_from_answering(server: MailServer) -> None:
    with channel(server.port) as mail:
        accepted = mail.send(alert(html="<p>Case 12 waits.</p>", subject="Überfällig:\r\nCase 12"))
    (came,) = server.received
    assert (came.sender, came.recipient) == ("ehc@example.gov.uk", "manager@camhs.example.nhs.uk")
    message = came.message
    assert message["Subject"] == "Überfällig: Case 12"
    assert message["From"] == FROM
    assert message["Date"].datetime == NOW
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Message-ID"] == accepted.provider_reference
    plain, html = message.iter_parts()
    assert plain.get_content().replace("\r\n", "\n") == alert().text
    assert "<p>Case 12 waits.</p>" in html.get_content()
    assert (accepted.provider, accepted.is_final) == ("smtp", False)


def test_a_message_has_the_same_name_at_every_attempt_and_others_have_others(server: MailServer) -> None:
    with channel(server.port) as mail:
        for attempt, reference in ((1, "a"), (2, "a"), (1, "b")):
            mail.send(alert(attempt=attempt, reference=reference))
        assert mail.find("a") is None
    first, again, other = (came.message["Message-ID"] for came in server.received)
    assert first == again != other
    assert first.endswith("@example.gov.uk>")


def test_a_pdf_is_never_attached(server: MailServer) -> None:
    with channel(server.port) as mail:
        mail.send(alert(attachment=b"%PDF-1.7 of a child"))
    assert not list(server.received[0].message.iter_attachments())


def test_one_connection_takes_many_mails_and_one_that_was_cut_is_made_anew(server: MailServer) -> None:
    with channel(server.port) as mail:
        for number in range(3):
            mail.send(alert(reference=f"message {number}"))
        assert server.connections == 1
        server.hang_up()
        mail.send(alert(reference="after the cut"))
    assert (len(server.received), server.connections) == (4, 2)


def test_what_comes_back_goes_to_the_mailbox_that_is_named_for_it(server: MailServer) -> None:
    with channel(server.port, return_path="bounces@example.gov.uk") as mail:
        mail.send(alert())
    assert server.received[0].sender == "bounces@example.gov.uk"


@pytest.mark.parametrize(
    ("answer", "error", "outcome"),
    [
        ("550 5.1.1 manager@camhs.example.nhs.uk is unknown", Refused, "smtp-550-5.1.1"),
        ("552 Mailbox full", Refused, "smtp-552"),
        ("450 4.2.0 Greylisted", TryAgain, "smtp-450-4.2.0"),
        ("421 Too busy", TryAgain, "smtp-421"),
    ],
)
def test_a_refused_mailbox_is_final_at_5xx_and_tried_again_at_4xx(
    server: MailServer, answer: str, error: type[Exception], outcome: str
) -> None:
    server.refused[alert().address] = answer
    with channel(server.port) as mail:
        with pytest.raises(error, match=f"^{outcome}$"):
            mail.send(alert())
        mail.send(alert(address="other@camhs.example.nhs.uk"))
    assert [came.recipient for came in server.received] == ["other@camhs.example.nhs.uk"]


@pytest.mark.parametrize(
    ("answer", "error"), [("554 5.7.1 Looks like spam", Refused), ("451 4.3.0 Try later", TryAgain)]
)
def test_a_refused_mail_is_read_as_a_refused_mailbox(
    server: MailServer, answer: str, error: type[Exception]
) -> None:
    server.answers.append(answer)
    with channel(server.port) as mail, pytest.raises(error):
        mail.send(alert())


def test_a_sender_that_isnt_let_is_the_installations_matter_and_nothing_is_lost(server: MailServer) -> None:
    server.refuses_senders = "550 5.7.60 Not allowed to send as this sender"
    with channel(server.port) as mail, pytest.raises(TryAgain, match="smtp-sender-550") as refused:
        mail.send(alert())
    assert refused.value.after is not None


def test_a_cut_before_the_answer_is_tried_again_under_the_same_name(server: MailServer) -> None:
    server.cuts = 1
    with channel(server.port) as mail:
        with pytest.raises(TryAgain, match="smtp-cut-off"):
            mail.send(alert())
        mail.send(alert(attempt=2))
    first, again = (came.message["Message-ID"] for came in server.received)
    assert first == again


@pytest.mark.parametrize("tls", ["starttls", "implicit"])
def test_mail_travels_encrypted_to_a_server_whose_certificate_is_known(
    tls: str, certificate: Certificate, monkeypatch: pytest.MonkeyPatch
) -> None:
    with mail_server(tls=tls, context=certificate.for_a_server(), users={"ehc": "pass word"}) as server:
        with channel(server.port, tls=tls, user="ehc") as mail:
            with pytest.raises(TryAgain, match="smtp-certificate"):
                mail.send(alert())
            monkeypatch.setenv("SSL_CERT_FILE", str(certificate.certificate))
            mail.send(alert())
        with (
            channel(server.port, tls=tls, user="stranger") as mail,
            pytest.raises(TryAgain, match="smtp-sign-in-535"),
        ):
            mail.send(alert())
        assert len(server.received) == 1


def test_a_server_without_encryption_is_told_nothing(server: MailServer) -> None:
    with channel(server.port, tls="starttls") as mail, pytest.raises(TryAgain, match="no-encryption"):
        mail.send(alert())
    assert not server.received


def test_a_server_that_isnt_there_is_left_alone_for_a_while() -> None:
    with mail_server() as gone:
        port = gone.port
    with channel(port) as mail, pytest.raises(TryAgain, match="smtp-unreachable") as refused:
        mail.send(alert())
    assert refused.value.after is not None


@pytest.mark.parametrize(
    "address",
    ["", "nobody", "a@b, c@d", "a@b\r\nBcc: c@d", "<a@b>", "a b@c", "jörg@example.gov.uk", "a@b> SIZE=9"],
)
def test_an_address_that_is_none_is_refused_before_anybody_is_asked(address: str, server: MailServer) -> None:
    with channel(server.port) as mail, pytest.raises(Refused, match="bad-address"):
        mail.send(alert(address=address))
    assert server.connections == 0


def test_no_address_and_no_word_gets_into_a_log(server: MailServer, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    server.refused[alert().address] = f"550 {alert().address} is unknown"
    with channel(server.port) as mail:
        with pytest.raises(Refused):
            mail.send(alert())
        mail.send(alert(address="other@camhs.example.nhs.uk"))
    ours = [record.getMessage() for record in caplog.records if not record.name.startswith("mail.log")]
    assert not [line for line in ours if "@camhs" in line or "advice" in line]


def test_certificates_of_tests_lie_outside_the_project(certificate: Certificate) -> None:
    assert not certificate.key.is_relative_to(Path(__file__).parents[2])
