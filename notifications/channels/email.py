"""Email through a server that speaks SMTP.

A message keeps its `Message-ID` at every attempt: where the server was cut off just after it took the mail,
whoever gets it twice can tell. Nothing is ever attached: what is meant for one person alone lies behind
sign-in.
"""

from __future__ import annotations

import re
import smtplib
import socket
import ssl
import threading
from collections.abc import Callable
from datetime import timedelta
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr

from engine.clock import Clock
from engine.sending_settings import SmtpSettings, is_mailbox
from notifications.channels import Accepted, Outgoing, Refused, TryAgain

#: Seconds that each wait for the server may take.
PATIENCE = 30.0
#: For how long a server that can't be talked to is left alone.
REST = timedelta(minutes=1)
_TAKEN = 250
_TAKEN_AT_RCPT = (250, 251)
_BUSY = 421
_FINAL = 500
#: The finer code that many servers put before their words (RFC 3463).
_ENHANCED = re.compile(rb"[45]\.\d{1,3}\.\d{1,3}\b")
#: Letters of 7 bits go through any server.
_POLICY = SMTP.clone(cte_type="7bit")


class EmailChannel:
    """Hands mail to one server, over connections that are kept while there is more to send."""

    name = "email"
    at_a_time = 4

    def __init__(
        self,
        settings: SmtpSettings,
        sender: str,
        clock: Clock,
        digest: Callable[[str], str],
        *,
        return_path: str | None = None,
    ) -> None:
        """A channel from one sender.

        Args:
            sender: a mailbox, or a name and a mailbox.
            digest: what a message is named by: always the same for its reference, and guessed by nobody, or
                anybody could say that it came back.
            return_path: where what can't be delivered comes back to; None: the sender's mailbox.
        """
        self._settings = settings
        self._sender = sender
        self._mailbox = parseaddr(sender)[1]
        self._return_path = return_path or self._mailbox
        self._clock = clock
        self._digest = digest
        self._idle: list[smtplib.SMTP] = []
        self._guard = threading.Lock()

    def send(self, message: Outgoing) -> Accepted:
        """Hand a mail over; what the server takes is `sent`: that it arrived, SMTP doesn't say.

        Raises:
            TryAgain: the server can't be reached, can't be signed in to, or says so (4xx).
            Refused: it wants neither the mailbox nor the mail (5xx).
        """
        if not is_mailbox(message.address):
            raise Refused("bad-address")
        mail = self._written(message)
        try:
            connection = self._begun()
            _hand_over(connection, message.address, mail.as_bytes(policy=_POLICY))
        except (smtplib.SMTPException, OSError) as problem:
            raise _reason(problem) from None
        self._keep(connection)
        return Accepted("smtp", mail["Message-ID"])

    def find(self, reference: str) -> Accepted | None:
        """None: a server of mail can't be asked."""
        del reference
        return None

    def close(self) -> None:
        """Hang up."""
        with self._guard:
            idle, self._idle = self._idle, []
        for connection in idle:
            _hang_up(connection)

    def message_id(self, reference: str) -> str:
        """The `Message-ID` of a message: the same at every attempt, and telling nothing."""
        return f"<{self._digest(reference)[:32]}@{self._mailbox.partition('@')[2]}>"

    def _written(self, message: Outgoing) -> EmailMessage:
        mail = EmailMessage(policy=SMTP)
        mail["From"] = self._sender
        mail["To"] = message.address
        mail["Subject"] = " ".join(message.subject.split())
        mail["Date"] = format_datetime(self._clock.now())
        mail["Message-ID"] = self.message_id(message.reference)
        mail["Auto-Submitted"] = "auto-generated"  # RFC 3834: an absence note isn't sent in answer
        mail["X-Auto-Response-Suppress"] = "All"
        mail.set_content(message.text)
        if message.html is not None:
            mail.add_alternative(message.html, subtype="html")
        return mail

    def _begun(self) -> smtplib.SMTP:
        """A connection on which a mail has begun; one that was cut meanwhile is made anew."""
        while (connection := self._kept()) is not None:
            try:
                if connection.mail(self._return_path)[0] == _TAKEN:
                    return connection
            except (smtplib.SMTPException, OSError):
                pass
            _hang_up(connection)
        connection = self._opened()
        code, words = connection.mail(self._return_path)
        if code != _TAKEN:
            _hang_up(connection)
            raise TryAgain(_outcome("smtp-sender", code, words), REST)
        return connection

    def _opened(self) -> smtplib.SMTP:
        given = self._settings
        trusted = ssl.create_default_context()
        if given.tls == "implicit":
            connection: smtplib.SMTP = smtplib.SMTP_SSL(
                given.host, given.port, timeout=PATIENCE, context=trusted
            )
        else:
            connection = smtplib.SMTP(given.host, given.port, timeout=PATIENCE)
        try:
            if given.tls == "starttls":
                connection.starttls(context=trusted)
            connection.ehlo_or_helo_if_needed()
            if given.user is not None:
                connection.login(given.user, given.password or "")
        except (smtplib.SMTPException, OSError):
            connection.close()
            raise
        return connection

    def _kept(self) -> smtplib.SMTP | None:
        with self._guard:
            return self._idle.pop() if self._idle else None

    def _keep(self, connection: smtplib.SMTP) -> None:
        with self._guard:
            if len(self._idle) < self.at_a_time:
                self._idle.append(connection)
                return
        _hang_up(connection)


def _hand_over(connection: smtplib.SMTP, mailbox: str, mail: bytes) -> None:
    """Name the mailbox and give the mail, on a connection where it has begun.

    Raises:
        TryAgain, Refused: as the server says; the connection is given up.
    """
    try:
        code, words = connection.rcpt(mailbox)
        if code not in _TAKEN_AT_RCPT:
            raise _answered("smtp", code, words)
        code, words = connection.data(mail)
        if code != _TAKEN:
            raise _answered("smtp", code, words)
    except BaseException:
        connection.close()
        raise


def _answered(what: str, code: int, words: bytes) -> TryAgain | Refused:
    outcome = _outcome(what, code, words)
    if code >= _FINAL:
        return Refused(outcome)
    return TryAgain(outcome, REST if code == _BUSY else None)


def _outcome(what: str, code: int, words: bytes | str) -> str:
    """The codes alone: a server's words may repeat the address."""
    found = _ENHANCED.match(words if isinstance(words, bytes) else words.encode("ascii", "replace"))
    return f"{what}-{code}" + (f"-{found[0].decode()}" if found else "")


def _reason(problem: smtplib.SMTPException | OSError) -> TryAgain | Refused:
    """What kept a mail from being taken, where the server didn't say so of this mail."""
    if isinstance(problem, smtplib.SMTPAuthenticationError):
        return TryAgain(_outcome("smtp-sign-in", problem.smtp_code, problem.smtp_error), REST)
    if isinstance(problem, smtplib.SMTPDataError):  # refused before the mail was given
        return _answered("smtp", problem.smtp_code, _bytes(problem.smtp_error))
    if isinstance(problem, smtplib.SMTPResponseException):
        return TryAgain(_outcome("smtp", problem.smtp_code, problem.smtp_error), REST)
    if isinstance(problem, smtplib.SMTPNotSupportedError):
        return TryAgain("smtp-no-encryption-or-sign-in", REST)
    if isinstance(problem, ssl.SSLError):
        return TryAgain("smtp-certificate", REST)
    if isinstance(problem, TimeoutError):
        return TryAgain("smtp-timeout", REST)
    if isinstance(problem, socket.gaierror):
        return TryAgain("smtp-unknown-host", REST)
    if isinstance(problem, smtplib.SMTPServerDisconnected):
        return TryAgain("smtp-cut-off")
    return TryAgain("smtp-unreachable", REST)


def _bytes(words: bytes | str) -> bytes:
    return words if isinstance(words, bytes) else words.encode("ascii", "replace")


def _hang_up(connection: smtplib.SMTP) -> None:
    try:
        connection.quit()
    except (smtplib.SMTPException, OSError):
        connection.close()
