"""Sends one request to an address that somebody else chose, so that it can lead nowhere it may not.

The name is looked up once, each address it stands for is checked, and the connection goes to that very
address: a name that points elsewhere a moment later leads nowhere. No redirect is followed, no proxy asked,
and of the answer only the first line is read.
"""

from __future__ import annotations

import re
import socket
import ssl
from collections.abc import Mapping
from urllib.parse import urlsplit

from engine.services.webhooks.webhook_addresses import is_allowed

#: Seconds that each wait for the receiver may take.
PATIENCE = 10.0
#: Letters and pieces of the first line of an answer: more isn't read.
_LONGEST_LINE = 1024
_MOST_PIECES = 8
_STATUS = re.compile(rb"HTTP/1\.[01] ([0-9]{3})(?: |\r?\n)")


class NotSent(Exception):
    """Why there was no answer, in one word that can be shown."""


def post(
    url: str, body: bytes, headers: Mapping[str, str], *, allow_loopback: bool, patience: float = PATIENCE
) -> int:
    """Post a body; gives the status of the answer.

    Raises:
        NotSent: the address isn't allowed, can't be reached, or gave no answer of HTTP.
    """
    parts = urlsplit(url)
    host = parts.hostname or ""
    port = parts.port or (443 if parts.scheme == "https" else 80)
    address = _address(host, port, allow_loopback=allow_loopback)
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    lines = [f"POST {target} HTTP/1.1", f"Host: {parts.netloc}", f"Content-Length: {len(body)}"]
    lines += [f"{name}: {value}" for name, value in headers.items()] + ["Connection: close", "", ""]
    try:
        with socket.create_connection((address, port), patience) as plain:
            if parts.scheme != "https":
                return _exchange(plain, "\r\n".join(lines).encode("ascii") + body)
            with ssl.create_default_context().wrap_socket(plain, server_hostname=host) as secure:
                return _exchange(secure, "\r\n".join(lines).encode("ascii") + body)
    except ssl.SSLError:
        raise NotSent("certificate") from None
    except TimeoutError:
        raise NotSent("timeout") from None
    except OSError:
        raise NotSent("unreachable") from None


def _address(host: str, port: int, *, allow_loopback: bool) -> str:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise NotSent("unknown-host") from None
    addresses = [str(each[4][0]) for each in found]
    if not addresses or not all(is_allowed(each, allow_loopback=allow_loopback) for each in addresses):
        raise NotSent("forbidden-address")
    return addresses[0]


def _exchange(connection: socket.socket, request: bytes) -> int:
    connection.sendall(request)
    line = b""
    for _ in range(_MOST_PIECES):  # whoever sends letter by letter holds nobody up
        piece = connection.recv(_LONGEST_LINE)
        line += piece
        if not piece or b"\n" in line or len(line) >= _LONGEST_LINE:
            break
    found = _STATUS.match(line)
    if found is None:
        raise NotSent("no-http")
    return int(found[1])
