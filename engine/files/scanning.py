"""Asks a virus scanner that speaks ClamAV's protocol: INSTREAM over TCP or a socket of this machine.

`zINSTREAM\\0`, then chunks each after its length in four bytes, a length of zero, and one line of answer.
"""

from __future__ import annotations

import socket
import struct
from dataclasses import dataclass
from pathlib import Path

from engine.errors import SetupError

#: Seconds that a scanner gets to be reached, and to think about a file.
PATIENCE_TO_REACH = 5.0
PATIENCE_TO_ANSWER = 60.0
_CHUNK = 128 * 1024
_LONGEST_ANSWER = 4096
_LENGTH = struct.Struct("!I")


class ScannerAway(Exception):
    """The scanner can't be reached or doesn't answer; nothing is known of the file."""


@dataclass(frozen=True)
class Verdict:
    """What a scanner says of a file: `found` names what is wrong with it, None when it is clean."""

    found: str | None


class Scanner:
    """A virus scanner at an address."""

    def __init__(
        self,
        address: str,
        *,
        reach: float = PATIENCE_TO_REACH,
        answer: float = PATIENCE_TO_ANSWER,
    ) -> None:
        """Nothing is opened yet.

        Args:
            address: `tcp://server:3310` or `unix:/run/clamav/clamd.ctl`.

        Raises:
            SetupError: it is neither.
        """
        self._place = _place(address)
        self._reach, self._answer = reach, answer

    def scan(self, path: Path) -> Verdict:
        """Have a file looked at.

        Raises:
            ScannerAway: no answer came, or one that says that the scanner couldn't look.
        """
        try:
            with self._connected() as connection, path.open("rb") as file:
                connection.sendall(b"zINSTREAM\0")
                while chunk := file.read(_CHUNK):
                    connection.sendall(_LENGTH.pack(len(chunk)) + chunk)
                connection.sendall(_LENGTH.pack(0))
                return _verdict(_line(connection))
        except OSError as error:
            raise ScannerAway(f"The scanner can't be asked: {type(error).__name__}.") from error

    def _connected(self) -> socket.socket:
        if isinstance(self._place, str):
            connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
            connection.settimeout(self._reach)
            try:
                connection.connect(self._place)
            except OSError:
                connection.close()
                raise
        else:
            connection = socket.create_connection(self._place, self._reach)
        connection.settimeout(self._answer)
        return connection


def _line(connection: socket.socket) -> str:
    said = b""
    while b"\0" not in said and len(said) < _LONGEST_ANSWER:
        more = connection.recv(1024)
        if not more:
            break
        said += more
    return said.split(b"\0", 1)[0].decode("utf-8", "replace").strip()


def _verdict(line: str) -> Verdict:
    said = line.removeprefix("stream:").strip()
    if said == "OK":
        return Verdict(None)
    if said.endswith(" FOUND"):
        return Verdict(said.removesuffix(" FOUND")[:200])
    raise ScannerAway("The scanner didn't say whether the file is clean.")


def _place(address: str) -> str | tuple[str, int]:
    kind, _, rest = address.partition(":")
    if kind == "unix" and rest.startswith("/"):
        return rest
    host, _, port = rest.removeprefix("//").rpartition(":")
    if kind == "tcp" and rest.startswith("//") and host and port.isdigit() and 0 < int(port) < 65_536:
        return host.strip("[]"), int(port)
    raise SetupError(
        "EHC_SCANNER isn't a scanner's address. Write it as tcp://127.0.0.1:3310 or"
        " unix:/run/clamav/clamd.ctl."
    )
