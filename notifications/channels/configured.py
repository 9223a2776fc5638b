"""Which ways to people this installation has."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from functools import partial
from typing import TYPE_CHECKING

from engine.errors import BadInput, SetupError
from engine.services.messages.chat_addresses import checked_chat
from notifications.channels import Channel, notify
from notifications.channels.chat import ChatChannel
from notifications.channels.email import EmailChannel
from notifications.channels.notify_client import NotifyClient
from notifications.channels.webhook import WebhookChannel

if TYPE_CHECKING:
    from engine.application import Engine


def channels_of(engine: Engine) -> Mapping[str, Channel]:
    """The channels that are set up, by the name that the outbox gives them.

    What isn't here isn't sent: messages to staff stay in their inbox, notices go by the printed way.

    Raises:
        SetupError: an authority's chat isn't one that messages may be sent to.
    """
    given = engine.settings.sending
    for authority, address in given.chats.items():
        _check_chat(authority, address, given.chat_hosts)
    found: list[Channel] = [ChatChannel(given.chats, given.chat_hosts), WebhookChannel(engine)]
    if given.smtp is not None and given.mail_from is not None:
        digest = partial(engine.vault.digest, "message-id")
        path = given.return_path
        found.append(EmailChannel(given.smtp, given.mail_from, engine.clock, digest, return_path=path))
    return {channel.name: channel for channel in (*found, *_of_notify(engine))}


def _of_notify(engine: Engine) -> list[Channel]:
    given = engine.settings.sending.notify
    if given is None:
        return []
    client = NotifyClient(given, engine.clock)
    found: list[Channel] = []
    if "email" in given.templates:
        found.append(notify.email(client, given.templates["email"]))
    if "text" in given.templates:
        found.append(notify.text(client, given.templates["text"]))
    if given.letters:
        found.append(notify.letter(client))
    return found


def _check_chat(authority: str, address: str, hosts: Collection[str]) -> None:
    try:
        checked_chat(address, hosts)
    except BadInput as problem:
        raise SetupError(f"EHC_CHAT_URLS, authority {authority}: {problem.message}") from None
