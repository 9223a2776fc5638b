"""Mail that came back: the report of a server that took it from ours and couldn't deliver it (RFC 3464).

A report is believed if it names the `Message-ID` of a mail of ours, which nobody can guess who hasn't had it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from email import message_from_bytes
from email.message import EmailMessage, Message
from email.policy import default

from engine.errors import BadInput
from engine.services.messages.receipts import Fate, Receipt

_STATUS = re.compile(r"\s*([245]\.\d{1,3}\.\d{1,3})\b")
_MESSAGE_ID = re.compile(r"<[!-;=?-~]{1,118}>")
#: What a report says was done, where that settles it; `delayed`, `relayed` and `expanded` don't.
_ACTIONS = {"delivered": Fate.ARRIVED, "failed": Fate.NEVER}
#: Parts that give back the mail, or its headers.
_GIVEN_BACK = ("message/rfc822", "text/rfc822-headers", "message/rfc822-headers", "message/global")


def read(mail: bytes) -> Receipt:
    """What a report says of the mail that it is about.

    Raises:
        BadInput: this is no report, or it doesn't say of which mail.
    """
    report = message_from_bytes(mail, policy=default)
    found = [each for each in _recipients(report) if each.get("Action")]
    if not found:
        raise BadInput(
            "This mail is no report of a delivery (RFC 3464). Give one as it came, with its headers."
        )
    named = _message_id(report)
    if named is None:
        raise BadInput("This report doesn't give back the headers of the mail, so nobody knows which it is.")
    action = str(found[0]["Action"]).strip().lower()
    status = _STATUS.match(str(found[0].get("Status", "")))
    fate = _ACTIONS.get(action, Fate.UNDER_WAY)
    if fate is Fate.NEVER and status is not None and status[1].startswith("4"):
        fate = Fate.NOT_NOW  # a server that gave up trying
    return Receipt(fate, f"bounced-{status[1]}" if status else "bounced", named)


def _recipients(report: Message) -> Iterator[Message]:
    """What is said of each recipient: after the first block, which is about the report itself."""
    for part in report.walk():
        if part.get_content_type() in ("message/delivery-status", "message/global-delivery-status"):
            blocks = part.get_payload()
            if isinstance(blocks, list):
                yield from (each for each in blocks[1:] if isinstance(each, Message))


def _message_id(report: Message) -> str | None:
    """The `Message-ID` of the mail that came back; the report has one of its own."""
    for part in report.walk():
        if part.get_content_type() not in _GIVEN_BACK:
            continue
        given_back = part.get_payload()
        headers = given_back[0] if isinstance(given_back, list) and given_back else _headers(part)
        if isinstance(headers, Message):
            found = _MESSAGE_ID.search(str(headers.get("Message-ID", "")))
            if found is not None:
                return found[0]
    return None


def _headers(part: Message) -> Message | None:
    content = part.get_payload(decode=True)
    return message_from_bytes(content, EmailMessage, policy=default) if isinstance(content, bytes) else None
