"""Where chats may lie: with the services that we know, or on a host that the installation names.

An address of a chat is Apprise's, or what the service itself shows to copy. Most of Apprise's kinds would let
whoever writes one reach into the network that the engine stands in, a file, or a program: none of those is
taken, and of the rest only hosts that can't be theirs.
"""

from __future__ import annotations

import logging
from collections.abc import Collection
from functools import cache
from typing import TYPE_CHECKING, Any

from engine.errors import BadInput

if TYPE_CHECKING:
    from apprise import AppriseAsset

#: Kinds that always lead to the same public host.
_FIXED = ("NotifySlack", "NotifyGoogleChat", "NotifyWebexTeams")
#: Kinds whose address names a host.
_HOSTED = ("NotifyWorkflows", "NotifyMattermost", "NotifyRocketChat")
#: Hosts that are Microsoft's: Teams gets its messages there.
_TEAMS = (".logic.azure.com", ".api.powerplatform.com", ".powerautomate.com")
_LOCAL = ("localhost", "127.0.0.1", "::1")
_LONGEST = 1_000
#: Apprise logs addresses and answers; neither is for our log.
logging.getLogger("apprise").setLevel(logging.CRITICAL + 1)


def checked_chat(address: str, hosts: Collection[str]) -> str:
    """An address that messages may be sent to.

    Args:
        hosts: those that the installation names besides the known services', with a port where there is one.

    Raises:
        BadInput: and why it can't be; the address, which holds a secret, isn't repeated.
    """
    opened_chat(address, hosts)
    return address


def opened_chat(address: str, hosts: Collection[str]) -> Any:
    """Apprise's object for an address: it follows no redirect, trusts no unknown certificate, reads no file.

    Raises:
        BadInput: messages may not be sent there.
    """
    from apprise import Apprise

    chat = None
    if len(address) <= _LONGEST and address.isascii() and address.isprintable():
        chat = Apprise.instantiate(address, asset=_strict())
    kind = type(chat).__name__
    if chat is None or kind not in (*_FIXED, *_HOSTED):
        raise _refused(
            "It must be the address of a channel in Microsoft Teams (a workflow's), Slack, Google Chat,"
            " Webex, Mattermost or Rocket.Chat."
        )
    if len(chat) != 1:
        raise _refused("It must name one channel.")
    if getattr(chat, "template", None):
        raise _refused("It may name no template: that would be a file of this machine, or of another.")
    if kind in _HOSTED:
        _check_host(chat, kind, hosts)
    chat.redirects = False
    chat.verify_certificate = True
    chat.retry = 0
    return chat


def _check_host(chat: Any, kind: str, hosts: Collection[str]) -> None:
    name = str(chat.host).lower()
    with_port = f"{name}:{chat.port}" if chat.port else name
    is_teams = kind == "NotifyWorkflows" and name.endswith(_TEAMS) and chat.port in (None, 443)
    if not is_teams and with_port not in hosts:
        raise _refused("Its host isn't one that this installation sends to; EHC_CHAT_HOSTS names them.")
    is_plain = kind != "NotifyWorkflows" and not chat.secure
    if is_plain and name not in _LOCAL:
        raise _refused("It must be an encrypted kind: mmosts:// or rockets://.")


@cache
def _strict() -> AppriseAsset:
    from apprise import AppriseAsset

    return AppriseAsset(http_redirects=False, allow_templates=False, storage_mode="memory")


def _refused(why: str) -> BadInput:
    return BadInput.field("address", f"Messages can't be sent to this chat. {why}")
