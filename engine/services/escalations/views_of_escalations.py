"""What services answer about lateness that reached somebody: threads, coded reasons, figures."""

from __future__ import annotations

from datetime import date, datetime

from engine.services.views import EscalationView, View


class ReasonView(View):
    """A coded reason for lateness; it is offered until `ended_on`."""

    code: str
    title: str
    ended_on: date | None


class EntryView(View):
    """Something that happened in a thread. `author` is None where time did it, and for boards.

    `words` is None where none were written, and where the reader sees no words.
    """

    at: datetime
    kind: str
    level: str | None
    code: str | None
    words: str | None
    author: str | None
    role: str | None
    organisation: str | None


class ThreadView(View):
    """An escalation with everything that happened in its thread, the first first."""

    escalation: EscalationView
    entries: list[EntryView]


class LatenessFigure(View):
    """How many limits an organisation missed, and why; `reason` is None where nobody has said."""

    organisation: str
    reason: str | None
    title: str | None
    count: int
