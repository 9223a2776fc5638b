"""A talk with Chromium over two pipes, in its DevTools protocol: JSON, each ended by a zero byte."""

from __future__ import annotations

import json
import os
import select
from collections import deque
from collections.abc import Callable
from typing import Any

from engine.letters.printing.making import PdfRefused

_END = b"\0"
_PIECE = 1 << 16


class Talk:
    """Calls and their answers, and the events between them."""

    def __init__(self, ask: int, hear: int, *, patience: float, ticks: Callable[[], float]) -> None:
        """Talk over two ends of pipes.

        Args:
            patience: seconds that the whole talk may take.
            ticks: a clock that only goes on.
        """
        self._ask, self._hear, self._ticks = ask, hear, ticks
        self._until, self._patience = ticks() + patience, patience
        self._begun = b""
        self._heard: deque[dict[str, Any]] = deque()
        self._number = 0

    def call(self, method: str, session: str | None = None, **params: object) -> dict[str, Any]:
        """Ask for something; gives the answer. Events that come before it are kept for `wait_for`.

        Raises:
            PdfRefused: Chromium refuses, ends, or takes too long.
        """
        self._number += 1
        said: dict[str, Any] = {"id": self._number, "method": method, "params": params}
        if session is not None:
            said["sessionId"] = session
        self._write(json.dumps(said).encode() + _END)
        kept: list[dict[str, Any]] = []
        while (answer := self._next()).get("id") != self._number:
            kept.append(answer)
        self._heard.extendleft(reversed(kept))
        if "error" in answer:
            raise PdfRefused(f"Chromium refuses {method}.")
        result: dict[str, Any] = answer["result"]
        return result

    def wait_for(self, event: str) -> None:
        """Wait until something has happened.

        Raises:
            PdfRefused: Chromium ends, or takes too long.
        """
        while self._next().get("method") != event:
            pass

    def _write(self, message: bytes) -> None:
        try:
            while message:
                self._ready([], [self._ask])
                message = message[os.write(self._ask, message[:_PIECE]) :]
        except BrokenPipeError:
            raise PdfRefused("Chromium ended before it had made a PDF.") from None

    def _next(self) -> dict[str, Any]:
        if self._heard:
            return self._heard.popleft()
        pieces = [self._begun]
        while _END not in pieces[-1]:
            self._ready([self._hear], [])
            piece = os.read(self._hear, _PIECE)
            if not piece:
                raise PdfRefused("Chromium ended before it had made a PDF.")
            pieces.append(piece)
        first, self._begun = b"".join(pieces).split(_END, 1)
        message: dict[str, Any] = json.loads(first)
        return message

    def _ready(self, to_read: list[int], to_write: list[int]) -> None:
        left = self._until - self._ticks()
        if left <= 0 or not any(select.select(to_read, to_write, [], left)):
            raise PdfRefused(f"Chromium took longer than {self._patience:.0f} seconds.")
