"""GOV.UK Notify's own client, with its answers in our words and its limits kept.

Notify asks that nobody reads the words of its errors, which may change: the status and the kind of an error
decide. What is wrong with a message is refused for good; what is wrong with the installation (a key, a
template, a service on trial) is tried again, so that nothing is lost while somebody mends it.
"""

from __future__ import annotations

import io
import logging
import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from notifications_python_client.errors import APIError
from notifications_python_client.notifications import NotificationsAPIClient

from engine.clock import Clock
from engine.sending_settings import NotifySettings
from notifications.channels import NotTaken, Refused, TryAgain
from notifications.channels.pace import Day, Window, Windows, until_midnight

#: Seconds that each wait for Notify may take.
PATIENCE = 20
_MINUTE, _HOUR = timedelta(minutes=1), timedelta(hours=1)
#: For how long Notify is left alone when it refuses the key, or when it is out of order.
REST = timedelta(minutes=5)
#: What a live service may send on a day, of each kind.
_A_DAY = {"email": 250_000, "text": 250_000, "letter": 20_000}
#: What networks let through to one number in an hour: of the same text, and of any.
_SAME_TEXTS, _ANY_TEXTS = 20, 100
_BAD_REQUEST, _FORBIDDEN, _NOT_FOUND, _TOO_MANY, _SERVER_ERROR = 400, 403, 404, 429, 500
#: Kinds of error that are about the message: its address, or its form.
_OF_THE_MESSAGE = ("ValidationError", "InvalidEmailError", "InvalidPhoneError")

# The client logs what Notify answers; nothing in an answer is for our log.
logging.getLogger("notifications_python_client").setLevel(logging.CRITICAL + 1)


class NotifyClient:
    """One account, asked by any number of threads."""

    def __init__(self, settings: NotifySettings, clock: Clock) -> None:
        self._settings = settings
        self._clock = clock
        self._own = threading.local()
        self._opened: list[NotificationsAPIClient] = []
        self._guard = threading.Lock()
        self._minute = Window(settings.a_minute, _MINUTE)
        self._days = {way: Day(most) for way, most in _A_DAY.items()}
        self._same = Windows(_SAME_TEXTS, _HOUR)
        self._any = Windows(_ANY_TEXTS, _HOUR)

    def send_email(self, reference: str, mailbox: str, template: str, words: dict[str, str]) -> str:
        """Send an email; gives Notify's id of it.

        Raises:
            TryAgain, Refused: as their names say.
        """
        self._check_pace("email")
        return self._sent(
            lambda client: client.send_email_notification(
                email_address=mailbox, template_id=template, personalisation=words, reference=reference
            )
        )

    def send_text(self, reference: str, number: str, template: str, words: dict[str, str]) -> str:
        """Send a text; gives Notify's id of it.

        Raises:
            TryAgain, Refused: as their names say.
        """
        self._check_number(number, words)
        self._check_pace("text")
        return self._sent(
            lambda client: client.send_sms_notification(
                phone_number=number, template_id=template, personalisation=words, reference=reference
            )
        )

    def send_letter(self, reference: str, pdf: bytes) -> str:
        """Have a PDF printed and posted; gives Notify's id of it. The address is read from its first page.

        Raises:
            TryAgain, Refused: as their names say.
        """
        self._check_pace("letter")
        return self._sent(
            lambda client: client.send_precompiled_letter_notification(
                reference=reference, pdf_file=io.BytesIO(pdf), postage=self._settings.postage
            )
        )

    def by_reference(self, reference: str) -> list[dict[str, Any]]:
        """What Notify has under a reference, the newest first.

        Raises:
            TryAgain: Notify doesn't answer.
        """
        answer = self._ask(lambda client: client.get_all_notifications(reference=reference))
        return list(answer["notifications"])

    def by_id(self, notify_id: str) -> dict[str, Any] | None:
        """A message by Notify's own id; None where Notify has it no longer (it keeps them for a week).

        Raises:
            TryAgain: Notify doesn't answer.
        """
        try:
            found: dict[str, Any] = self._ask(lambda client: client.get_notification_by_id(notify_id))
        except _Gone:
            return None
        return found

    def placeholders(self, template: str) -> frozenset[str]:
        """What a template asks for.

        Raises:
            TryAgain: Notify doesn't answer, or has no such template.
        """
        found = self._ask(lambda client: client.get_template(template))
        return frozenset(found.get("personalisation") or {})

    def close(self) -> None:
        """Hang up."""
        with self._guard:
            opened, self._opened = self._opened, []
            self._own = threading.local()
        for client in opened:
            client.request_session.close()

    def _check_pace(self, way: str) -> None:
        now = self._clock.now()
        if (wait := self._minute.take(now)) is not None:
            raise TryAgain("notify-minute-is-full", wait)
        if (wait := self._days[way].take(now)) is not None:
            raise TryAgain("notify-day-is-full", wait)

    def _check_number(self, number: str, words: dict[str, str]) -> None:
        """Keep a network from blocking a number: that message waits, the others go."""
        now, to = self._clock.now(), "".join(number.split())
        if self._same.take((to, tuple(sorted(words.items()))), now) or self._any.take(to, now):
            raise TryAgain("too-many-texts-to-one-number")

    def _sent(self, call: Callable[[NotificationsAPIClient], Any]) -> str:
        return str(self._ask(call)["id"])

    def _ask(self, call: Callable[[NotificationsAPIClient], Any]) -> Any:
        try:
            return call(self._client())
        except APIError as problem:
            raise self._reason(problem) from None

    def _client(self) -> NotificationsAPIClient:
        """This thread's own: Notify's client is made for one thread alone."""
        client: NotificationsAPIClient | None = getattr(self._own, "client", None)
        if client is None:
            given = self._settings
            client = self._own.client = NotificationsAPIClient(
                given.key, base_url=given.url, timeout=PATIENCE
            )
            with self._guard:
                self._opened.append(client)
        return client

    def _reason(self, problem: APIError) -> NotTaken:
        if problem.response is None:
            return TryAgain("notify-unreachable", REST)
        status, kind = problem.status_code, _kind(problem)
        if status == _TOO_MANY:
            now = self._clock.now()
            today = kind == "TooManyRequestsError"
            return TryAgain(
                "notify-day-is-full" if today else "notify-minute-is-full",
                until_midnight(now) if today else _MINUTE,
            )
        if status == _NOT_FOUND:
            return _Gone("notify-404")
        if status == _BAD_REQUEST and kind in _OF_THE_MESSAGE:
            return Refused(f"notify-400-{kind}")
        if status == _BAD_REQUEST:
            return TryAgain(f"notify-400-{kind}")
        return TryAgain(f"notify-{status}", REST if status == _FORBIDDEN or status >= _SERVER_ERROR else None)


class _Gone(TryAgain):
    """Notify has nothing under that name."""


def _kind(problem: APIError) -> str:
    """The kind of an error as Notify names it, shortened to what it can be."""
    said = problem.message
    kind = said[0].get("error", "") if isinstance(said, list) and said and isinstance(said[0], dict) else ""
    return "".join(letter for letter in str(kind) if letter.isalnum())[:40] or "unknown"
