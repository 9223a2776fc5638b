"""What an instance tells the layers above: plain values, no object of the library."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal

from engine.spiff.elements import ElementInfo

ChangeEvent = Literal["entered", "completed", "cancelled", "triggered"]
ThrownKind = Literal["message", "signal", "escalation"]


@dataclass(frozen=True)
class StateChange:
    """Something that happened to one token at one element.

    ``variables`` are those that were set by it, as JSON. A ``triggered`` event is one that was waited for
    and came; waiting boundary events and joins are told of only when they go on. ``occurrence`` and
    ``met_on`` are worked out when an element completes that closes limits.
    """

    at: datetime
    token: int
    element_id: str
    process_id: str
    event: ChangeEvent
    variables: Mapping[str, object] = field(default_factory=dict)
    occurrence: str | None = None
    met_on: date | None = None
    element_name: str = ""


@dataclass(frozen=True)
class Thrown:
    """Something that the instance threw.

    A message goes to the host alone, which offers it to every instance, this one included. A signal has
    been caught inside this instance already: the host gives it to the others. An escalation is told of in
    any case; ``caught`` says whether the diagram dealt with it, ``code`` is its code. ``variables`` is what
    the inputs name.
    """

    kind: ThrownKind
    name: str
    element_id: str
    process_id: str
    key: str | None = None
    variables: Mapping[str, object] = field(default_factory=dict)
    caught: bool = False
    code: str = ""


@dataclass(frozen=True)
class OpenTask:
    """A user task that waits for a person; ``element`` is what the diagram says about it.

    ``due_date`` and ``follow_up_date`` are London dates, or instants where the diagram gives a time.
    ``variables_local`` are its inputs and those of its iteration, as JSON.
    """

    token: int
    element_id: str
    process_id: str
    name: str
    form_id: str
    candidate_groups: tuple[str, ...]
    candidate_users: tuple[str, ...]
    assignee: str
    due_date: date | datetime | None
    follow_up_date: date | datetime | None
    priority: int
    rule: str
    occurrence: str | None
    agency: str
    variables_local: Mapping[str, object]
    element: ElementInfo


@dataclass(frozen=True)
class WaitingTimer:
    """A timer that waits, and the instant it is due; ``None`` while its limit has no end."""

    token: int
    element_id: str
    process_id: str
    due_at: datetime | None
    rule: str
    occurrence: str | None
    agency: str


@dataclass(frozen=True)
class Subscription:
    """A receiver of a message; without a key it takes any message of the name."""

    token: int
    element_id: str
    process_id: str
    message: str
    key: str | None
