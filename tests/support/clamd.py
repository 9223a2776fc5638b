"""A virus scanner for tests: speaks ClamAV's INSTREAM, and finds the EICAR string."""

from __future__ import annotations

import socket
import struct
import threading
from pathlib import Path
from typing import Self

#: The industry's harmless test string, put together here so that no scanner takes this file for infected.
EICAR = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE" + b"!$H+H*"


class FakeClamd:
    """Answers on a socket until the end of the `with`.

    Args:
        path: where its socket lies; None: on a free port.
        answer: what it says whatever comes.
    """

    def __init__(self, path: Path | None = None, *, answer: bytes | None = None) -> None:
        self._answer = answer
        #: How many bytes each file had.
        self.heard: list[int] = []
        if path is None:
            self._socket = socket.create_server(("127.0.0.1", 0))
            self.address = f"tcp://127.0.0.1:{self._socket.getsockname()[1]}"
        else:
            self._socket = socket.socket(socket.AF_UNIX)
            self._socket.bind(str(path))
            self._socket.listen()
            self.address = f"unix:{path}"
        self._thread = threading.Thread(target=self._serve, name="fake clamd")

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()
        self._thread.join()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            with connection, connection.makefile("rb") as stream:
                assert stream.read(10) == b"zINSTREAM\0"
                content = b""
                while length := struct.unpack("!I", stream.read(4))[0]:
                    content += stream.read(length)
                self.heard.append(len(content))
                found = b"stream: Eicar-Test-Signature FOUND\0" if EICAR in content else b"stream: OK\0"
                connection.sendall(found if self._answer is None else self._answer)
