"""What a message says to its reader: written by its template when it is sent, and when it is looked at."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from engine.application import Engine


@dataclass(frozen=True)
class Words:
    """A message as it's read. `link` leads to what it's about; None where nothing does."""

    subject: str
    text: str
    html: str | None
    link: str | None


def words_of(
    engine: Engine,
    *,
    authority: str,
    wording: str | None,
    subject: str,
    body: str,
    sent_at: datetime | None = None,
) -> Words:
    """What a message of the outbox says.

    Args:
        wording: the name of its template; None: it has none.
        body: as it stands in the outbox, JSON.
        sent_at: when it was sent; None: as if sent now.
    """
    del authority, wording, sent_at
    known: Mapping[str, Any] = json.loads(body)
    lines = [f"{name}: {value}" for name, value in known.items() if value is not None]
    return Words(subject, "\n".join(lines) + "\n", None, link_of(engine, known))


def link_of(engine: Engine, body: Mapping[str, Any]) -> str | None:
    """The address of what a message is about, behind sign-in; None where there's none to give."""
    path = body.get("link")
    if not isinstance(path, str) or not path.startswith("/"):
        return None
    return (engine.settings.public_url or "") + path
