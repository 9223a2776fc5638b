"""Where a chosen way leads: checked before it's kept."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from sqlalchemy import Connection, select

from engine.errors import BadInput
from engine.services.messages.chat_addresses import checked_chat
from engine.services.principals import Principal
from engine.store.webhook_tables import webhook

if TYPE_CHECKING:
    from engine.application import Engine

_LONGEST_MAILBOX = 254
_MAILBOX = re.compile(r"[^\s@,;<>\"()]+@[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?\.[A-Za-z]{2,}")
#: A mobile number of the United Kingdom without its blanks, from its 7 on.
_MOBILE = re.compile(r"(?:\+44|0044|0)(7[0-9]{9})")


def checked_address(
    engine: Engine, connection: Connection, principal: Principal, channel: str, address: str | None
) -> str | None:
    """The address as it's kept; None where the channel needs none.

    Raises:
        BadInput: nothing can be sent to it.
    """
    if channel == "inbox":
        if address is not None:
            raise BadInput.field("address", "The inbox has no address. Leave it out.")
        return None
    if channel == "email":
        return None if address is None else mailbox(address)
    if address is None:
        raise BadInput.field("address", f"Say where: {_NEEDED[channel]}.")
    if channel == "text":
        return mobile(address)
    if channel == "chat":
        return checked_chat(address, engine.settings.sending.chat_hosts)
    return _webhook(connection, principal, address)


_NEEDED = {
    "text": "a mobile number of the United Kingdom",
    "chat": "the address that the chat gives for a channel",
    "webhook": "the address of a webhook of this authority",
}


def mailbox(text: str) -> str:
    """An email address.

    Raises:
        BadInput: it isn't one.
    """
    given = text.strip()
    if len(given) > _LONGEST_MAILBOX or _MAILBOX.fullmatch(given) is None:
        raise BadInput.field("address", "This must be an email address, for example duty@send.example.")
    return given


def mobile(text: str) -> str:
    """A mobile number as it's dialled from anywhere: +447700900123.

    Raises:
        BadInput: it isn't one of the United Kingdom.
    """
    found = _MOBILE.fullmatch(re.sub(r"[\s().-]", "", text))
    if found is None:
        raise BadInput.field(
            "address", "This must be a mobile number of the United Kingdom, for example 07700 900123."
        )
    return f"+44{found[1]}"


def _webhook(connection: Connection, principal: Principal, address: str) -> str:
    """The address of a webhook of the authority, which signs what goes there."""
    query = select(webhook.c.key).where(webhook.c.url == address, webhook.c.authority == principal.authority)
    if connection.execute(query).first() is None:
        raise BadInput.field("address", "The authority has no webhook with this address. Make one first.")
    return address
