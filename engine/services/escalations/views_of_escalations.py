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


class HearingView(View):
    """Somebody who was told of a thread, or is to be with the next digest.

    `recipient` is as what they hear it, `instead_of` whom the ladder names where nobody there could be told,
    `covers` who is away. `person` and `covers` are None for boards. `state` is `waits` for a digest that is
    still to come, `withdrawn`, `passed_on` to whoever is told in their place, or how the message stands that
    carries it.
    """

    stage: int
    at: datetime
    recipient: str
    person: str | None
    instead_of: str | None
    covers: str | None
    level: str
    reason: str
    channel: str
    ladder_row: str | None
    state: str
    message_key: str | None
    sent_at: datetime | None
    read_at: datetime | None


class RecipientView(View):
    """Somebody who would be told, as things stand today."""

    recipient: str
    person: str | None
    instead_of: str | None
    covers: str | None


class ComingView(View):
    """A telling that comes if nothing happens. `heard_at` is when it is read first, in working hours."""

    at: datetime
    heard_at: datetime
    reason: str
    level: str
    channel: str
    ladder_row: str
    row_number: int
    description: str
    recipients: list[RecipientView]


class GapView(View):
    """A role that the ladder names for what an organisation owes, and that nobody holds."""

    authority: str
    organisation: str
    role: str
    instead: str


class HelpView(View):
    """One thing that would help, in a code and in words. `task_key` is None where it is about no task."""

    code: str
    words: str
    task_key: str | None
    organisation: str | None


class ForecastView(View):
    """How likely a limit is to be missed, in per cent, reckoned on `made_on`.

    `missed` of `comparable` limits were missed, which had in common with it what `basis` says.
    """

    likelihood: int
    comparable: int
    missed: int
    basis: str
    state: str
    helps: list[HelpView]
    made_on: date
    warned_at: datetime | None


class LadderView(View):
    """Where one limit of a case stands on the ladder: who was told, and who will be.

    `forecast` says how likely it is to be missed, or `forecast_explanation` why nothing is forecast.
    `explanation` says why nobody, or nobody more, is told; None while somebody will be.
    """

    deadline_key: str
    rule: str
    occurrence: str | None
    title: str
    citation: str
    organisation: str
    due_on: date | None
    status: str
    escalation: EscalationView | None
    told: list[HearingView]
    coming: list[ComingView]
    explanation: str | None
    forecast: ForecastView | None
    forecast_explanation: str | None
