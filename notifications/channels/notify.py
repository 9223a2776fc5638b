"""Email, texts and letters through GOV.UK Notify.

One template for each way carries any message: `((subject))` and `((body))`. The exact words of a message are
ours, kept with it; Notify's template adds nothing that a law would ask for.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from notifications.channels import Accepted, Outgoing, Refused
from notifications.channels.notify_client import NotifyClient

PROVIDER = "notify"
#: A text of more letters would be cut into more parts than a phone should get.
LONGEST_TEXT = 600
#: Notify takes no larger letter.
_LARGEST_LETTER = 2 * 1024 * 1024
#: What Notify says of a message that won't arrive any more.
FAILED = frozenset(
    {
        "permanent-failure",
        "temporary-failure",
        "technical-failure",
        "cancelled",
        "validation-failed",
        "virus-scan-failed",
        "returned-letter",
    }
)
ARRIVED = "delivered"


@dataclass(frozen=True)
class Template:
    """A template that carries any message, and the words that it is given."""

    id: str
    gives: frozenset[str]


class NotifyChannel:
    """One way to people, carried by Notify."""

    at_a_time = 4

    def __init__(
        self,
        name: str,
        client: NotifyClient,
        hand_over: Callable[[Outgoing], str],
        template: Template | None = None,
    ) -> None:
        self.name = name
        self._client = client
        self._hand_over = hand_over
        self._template = template

    def fault(self) -> str | None:
        """What is wrong with its template at Notify, in a sentence; None if nothing is.

        Raises:
            TryAgain: Notify doesn't answer, or has no such template.
        """
        if self._template is None:
            return None
        asked = self._client.placeholders(self._template.id)
        if asked == self._template.gives:
            return None
        wanted = " and ".join(f"(({word}))" for word in sorted(self._template.gives, reverse=True))
        return (
            f"Notify's template {self._template.id} must ask for {wanted} alone; it asks for"
            f" {', '.join(sorted(asked)) or 'nothing'}. Change it on Notify's pages."
        )

    def send(self, message: Outgoing) -> Accepted:
        """Hand a message to Notify, which tells later what became of it.

        Raises:
            TryAgain, Refused: as their names say.
        """
        return Accepted(PROVIDER, self._hand_over(message))

    def find(self, reference: str) -> Accepted | None:
        """What Notify has under a reference, if it arrived or still may.

        Raises:
            TryAgain: Notify doesn't answer.
        """
        for found in self._client.by_reference(reference):
            if found["status"] not in FAILED:
                return Accepted(PROVIDER, str(found["id"]), is_final=found["status"] == ARRIVED)
        return None

    def close(self) -> None:
        """Hang up."""
        self._client.close()


def email(client: NotifyClient, template: str) -> NotifyChannel:
    """Email by one template."""

    def hand_over(message: Outgoing) -> str:
        words = {"subject": message.subject, "body": message.text}
        return client.send_email(message.reference, message.address, template, words)

    return NotifyChannel("email", client, hand_over, Template(template, frozenset({"subject", "body"})))


def text(client: NotifyClient, template: str) -> NotifyChannel:
    """Texts by one template. What is too long for one says its subject, and where the rest is."""

    def hand_over(message: Outgoing) -> str:
        words = {"body": shortened(message)}
        return client.send_text(message.reference, message.address, template, words)

    return NotifyChannel("text", client, hand_over, Template(template, frozenset({"body"})))


def letter(client: NotifyClient) -> NotifyChannel:
    """Letters, of which we make the pages ourselves."""

    def hand_over(message: Outgoing) -> str:
        pdf = message.attachment
        if pdf is None or not pdf.startswith(b"%PDF-"):
            raise Refused("letter-without-pdf")
        if len(pdf) > _LARGEST_LETTER:
            raise Refused("letter-too-large")
        return client.send_letter(message.reference, pdf)

    return NotifyChannel("letter", client, hand_over)


def shortened(message: Outgoing) -> str:
    """The words of a text."""
    if len(message.text) <= LONGEST_TEXT:
        return message.text
    link = f"\n{message.link}" if message.link else ""
    return message.subject[: LONGEST_TEXT - len(link)] + link
