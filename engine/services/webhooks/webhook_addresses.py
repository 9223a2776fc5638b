"""Where webhooks may be sent: nowhere that the service reaches and the sender doesn't (OWASP API7:2023).

Checked when an address is given, and again on every connection, on the very address that is connected to.
"""

from __future__ import annotations

import ipaddress
from urllib.parse import SplitResult, urlsplit

from engine.errors import BadInput

_LONGEST = 500
#: IPv6 addresses that stand for an IPv4 address behind a translator.
_TRANSLATED = (ipaddress.IPv6Network("64:ff9b::/96"), ipaddress.IPv6Network("64:ff9b:1::/48"))


def checked_url(url: str, *, allow_loopback: bool) -> str:
    """An address that messages may be sent to.

    Raises:
        BadInput: and why it can't be.
    """
    parts = _split(url)
    host = parts.hostname or ""
    local = allow_loopback and (host == "localhost" or _is_loopback(host))
    if parts.scheme != "https" and not (parts.scheme == "http" and local):
        raise _refused("It must begin with https://.")
    if parts.username is not None or parts.password is not None or parts.fragment:
        raise _refused("It may hold no user name, password or fragment.")
    if not local and (host == "localhost" or host.endswith((".localhost", ".local", ".internal"))):
        raise _refused("It must lead to a public address.")
    if _is_literal(host) and not is_allowed(host, allow_loopback=allow_loopback):
        raise _refused("It must lead to a public address.")
    return url


def is_allowed(address: str, *, allow_loopback: bool) -> bool:
    """Whether an IP address may be connected to: a public one, or this machine's own where allowed."""
    ip = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(ip, ipaddress.IPv6Address):
        if ip.ipv4_mapped is not None:
            return is_allowed(str(ip.ipv4_mapped), allow_loopback=allow_loopback)
        if ip.sixtofour is not None or ip.teredo is not None or any(ip in net for net in _TRANSLATED):
            return False
    if ip.is_loopback:
        return allow_loopback
    return ip.is_global and not ip.is_multicast


def _split(url: str) -> SplitResult:
    if len(url) > _LONGEST or not url.isascii() or any(letter <= " " for letter in url) or "\\" in url:
        raise _refused(f"It has at most {_LONGEST} ASCII letters and no blanks.")
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise _refused("It can't be read.") from None
    if not parts.hostname or port == 0:
        raise _refused("It names no host.")
    return parts


def _is_literal(host: str) -> bool:
    """Whether a host is written as a number, in any of the ways that resolvers take."""
    try:
        ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        last = host.rstrip(".").rpartition(".")[2]
        if last.isdigit() or last.lower().startswith("0x"):  # 127.1, 2130706433, 0x7f000001
            raise _refused("Write an IP address in full.") from None
        return False
    return True


def _is_loopback(host: str) -> bool:
    return _is_literal(host) and ipaddress.ip_address(host.partition("%")[0]).is_loopback


def _refused(why: str) -> BadInput:
    return BadInput.field("url", f"Messages can't be sent to this address. {why}")
