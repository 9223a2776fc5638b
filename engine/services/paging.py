"""Cursors: where a list goes on, as opaque text that can't be mistaken for a key."""

from __future__ import annotations

import base64
import json
from typing import Any

from engine.errors import BadInput

MOST = 200
#: Keys are numbers of 64 bits.
_NO_KEY = 1 << 63


def encode(values: list[Any]) -> str:
    """A cursor for the last row's sort values."""
    return base64.urlsafe_b64encode(json.dumps(values, separators=(",", ":")).encode()).decode().rstrip("=")


def decode(cursor: str, *types: type) -> list[Any]:
    """The sort values of a cursor of ours.

    Raises:
        BadInput: it isn't one.
    """
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        values = json.loads(base64.b64decode(padded.encode("ascii"), altchars=b"-_", validate=True))
    except (ValueError, RecursionError):  # neither base64, nor UTF-8, nor JSON of a sane depth
        raise _refused() from None
    if not isinstance(values, list) or len(values) != len(types):
        raise _refused()
    if not all(type(value) is kind for value, kind in zip(values, types, strict=True)):
        raise _refused()
    if any(isinstance(value, int) and not 0 <= value < _NO_KEY for value in values):
        raise _refused()
    return values


def clamp(limit: int) -> int:
    """A page's length: 1 to 200.

    Raises:
        BadInput: it lies outside.
    """
    if not 1 <= limit <= MOST:
        raise BadInput.field("limit", f"limit must be a whole number from 1 to {MOST}.")
    return limit


def _refused() -> BadInput:
    return BadInput.field("cursor", "This cursor isn't one of ours. Take endCursor of the page before.")
