"""A real server of mail on this machine: takes mail, refuses it as it is told, and hangs up."""

from __future__ import annotations

import ssl
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any, NamedTuple

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session


class Mail(NamedTuple):
    """A mail as it came."""

    sender: str
    recipient: str
    message: EmailMessage


class MailServer:
    """What came, and how the server is to answer."""

    def __init__(self, users: Mapping[str, str]) -> None:
        self.received: list[Mail] = []
        #: How many connections were made.
        self.connections = 0
        #: Mailbox -> the answer to its name.
        self.refused: dict[str, str] = {}
        #: Answers to the next mails, instead of taking them.
        self.answers: list[str] = []
        #: The answer to whoever begins a mail; None: it may begin.
        self.refuses_senders: str | None = None
        #: How many of the next mails are taken, and the connection then cut before the answer.
        self.cuts = 0
        #: Done with each mail once it is kept, but not yet answered.
        self.on_kept: Callable[[], None] = lambda: None
        self.port = 0
        self._users = users
        self._open: list[Any] = []

    def hang_up(self) -> None:
        """Cut every connection that is open, as a server does with idle ones."""
        for loop, transport in self._open:
            loop.call_soon_threadsafe(transport.abort)
        self._open.clear()

    def authenticate(
        self, _server: SMTP, _session: Session, _envelope: Envelope, mechanism: str, data: Any
    ) -> AuthResult:
        """Whether a user's password is right."""
        assert mechanism in ("LOGIN", "PLAIN")
        assert isinstance(data, LoginPassword)
        right = self._users.get(data.login.decode()) == data.password.decode()
        return AuthResult(success=right, handled=False)

    async def handle_EHLO(
        self, server: SMTP, session: Session, _envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        session.host_name = hostname
        if all(transport is not server.transport for _, transport in self._open):
            self.connections += 1
            self._open.append((server.loop, server.transport))
        return responses

    async def handle_MAIL(
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self.refuses_senders is not None:
            return self.refuses_senders
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 OK"

    async def handle_RCPT(
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        if address in self.refused:
            return self.refused[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, _session: Session, envelope: Envelope) -> str:
        if self.answers:
            return self.answers.pop(0)
        content = envelope.content
        assert isinstance(content, bytes)
        assert envelope.mail_from is not None
        message = message_from_bytes(content, policy=default)
        (recipient,) = envelope.rcpt_tos
        self.received.append(Mail(envelope.mail_from, recipient, message))
        self.on_kept()
        if self.cuts:
            self.cuts -= 1
            assert server.transport is not None
            server.transport.abort()
        return "250 Taken"


class _OnAnyPort(Controller):
    """Listens where there is room: the library would look for itself on the port it was given, 0."""

    def _trigger_server(self) -> None:
        assert self.server is not None
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()


@contextmanager
def mail_server(
    *, tls: str = "none", context: ssl.SSLContext | None = None, users: Mapping[str, str] | None = None
) -> Iterator[MailServer]:
    """A server that listens while the block runs.

    Args:
        tls: `none`, `starttls` (asked for before anything else) or `implicit`.
        context: what it shows where it speaks TLS.
        users: names and passwords; with any, nobody sends mail unless signed in.
    """
    state = MailServer(users or {})
    controller = _OnAnyPort(
        state,
        hostname="127.0.0.1",
        port=0,
        ssl_context=context if tls == "implicit" else None,
        tls_context=context if tls == "starttls" else None,
        require_starttls=tls == "starttls",
        authenticator=state.authenticate if users else None,
        auth_required=bool(users),
        auth_require_tls=False,
    )
    controller.start()
    try:
        state.port = controller.port
        yield state
    finally:
        state.hang_up()
        controller.stop()
