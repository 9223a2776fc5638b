"""What a message says to its reader: written by its template when it is sent, and when it is looked at."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from html import escape
from typing import TYPE_CHECKING, Any

from engine.clock import day_of
from engine.wording import values_of

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
        wording: the name of its template; None: it has none, and says no more than its subject and link.
        body: as it stands in the outbox, JSON.
        sent_at: when it was sent: it says what it said then, in the words of then. None: as if sent now.
    """
    known: Mapping[str, Any] = json.loads(body)
    link = link_of(engine, known)
    written = None
    if wording is not None:
        today = engine.clock.today() if sent_at is None else day_of(sent_at)
        values = values_of(wording, known, today=today, base_url=engine.settings.public_url or "")
        with engine.database.read() as connection:
            wordings = engine.wordings.in_force(connection, authority, sent_at)
        written = engine.wordings.write(wordings, wording, values)
    if written is None:
        text = f"{subject}\n" + (f"\n{link}\n" if link else "")
        return Words(subject, text, None, link)
    return Words(written.subject, written.text, as_html(written.text, link), link)


def link_of(engine: Engine, body: Mapping[str, Any]) -> str | None:
    """The address of what a message is about, behind sign-in; None where there's none to give."""
    path = body.get("link")
    if not isinstance(path, str) or not path.startswith("/"):
        return None
    return (engine.settings.public_url or "") + path


def as_html(text: str, link: str | None) -> str:
    """The same words for readers of HTML mail: paragraphs, and the link to be followed."""
    paragraphs = [_paragraph(each, link) for each in text.strip().split("\n\n")]
    body = "\n".join(paragraphs)
    return f'<!doctype html>\n<html lang="en-GB"><body>\n{body}\n</body></html>\n'


def _paragraph(text: str, link: str | None) -> str:
    """The lines of a paragraph; every address of the service in it can be followed, and no other."""
    lines = [escape(line.strip()) for line in text.splitlines()]
    if link is not None and link.startswith("http"):
        service = escape("/".join(link.split("/", 3)[:3]))
        ours = re.compile(rf"{re.escape(service)}(?![^/\s])[^\s<]*")
        lines = [ours.sub(lambda found: f'<a href="{found[0]}">{found[0]}</a>', line) for line in lines]
    return f"<p>{'<br>'.join(lines)}</p>"
