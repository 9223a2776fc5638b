"""Channels of Microsoft Teams and other chats, through Apprise.

A chat can't be asked what it has: after a sender was cut off, a message may come twice.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

from engine.errors import BadInput
from engine.services.messages.chat_addresses import opened_chat
from notifications.channels import Accepted, Outgoing, Refused, TryAgain

PROVIDER = "apprise"


class ChatChannel:
    """Tells chats; a person or an organisation names theirs, an authority may have one for all others."""

    name = "chat"
    at_a_time = 2

    def __init__(self, chats: Mapping[str, str], hosts: Collection[str]) -> None:
        """A channel.

        Args:
            chats: code of an authority -> the address for messages without one.
            hosts: where, besides the known services, a chat may lie.
        """
        self._chats = chats
        self._hosts = hosts

    def send(self, message: Outgoing) -> Accepted:
        """Tell a chat, whose answer says that everybody there sees it.

        Raises:
            TryAgain: the service doesn't take it; why, Apprise doesn't say.
            Refused: messages may not be sent to this address.
        """
        address = message.address or self._chats.get(message.authority)
        if address is None:
            raise Refused("no-chat")
        try:
            chat = opened_chat(address, self._hosts)
        except BadInput:
            raise Refused("bad-chat-address") from None
        words = message.text if message.link is None or message.link in message.text else _linked(message)
        if not chat.notify(title=message.subject, body=words, body_format="text"):
            raise TryAgain("chat-not-taken")
        return Accepted(PROVIDER, is_final=True)

    def find(self, reference: str) -> Accepted | None:
        """None: a chat can't be asked."""
        del reference
        return None

    def close(self) -> None:
        """Nothing is kept open."""


def _linked(message: Outgoing) -> str:
    return f"{message.text}\n{message.link}"
