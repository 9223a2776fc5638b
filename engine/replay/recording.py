"""What a replay file says, as plain values. The format is described in `examples/README.md`.

Days of the year are written relative to its last day (0, and negative before it), days of a case relative to
the day on which the request was received, so that a file can be replayed at any time.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, dataclass_transform

import msgspec
from msgspec import Meta

#: The version of the format that this release reads.
FORMAT = 1

Text = Annotated[str, Meta(min_length=1, max_length=2_000)]
#: Time of day in London.
TimeOfDay = Annotated[str, Meta(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")]
Birthday = Annotated[str, Meta(pattern=r"^(0[1-9]|1[0-2])-(0[1-9]|1\d|2\d|3[01])$")]
Urn = Annotated[str, Meta(pattern=r"^\d{6}$")]
#: A day of the replayed year: 0 is its last, -1 the one before.
DayOfYear = Annotated[int, Meta(le=0, ge=-4_000)]
#: A day of a case: 0 is the day of receipt.
DayOfCase = Annotated[int, Meta(ge=-60, le=4_000)]
#: A day before a plan is brought in.
PastDay = Annotated[int, Meta(le=0, ge=-9_000)]
#: FEEL that gives a date when the task has come up, such as `=meetingOn`.
DayByFormula = Annotated[str, Meta(pattern=r"^=", max_length=500)]
Days = Annotated[int, Meta(ge=0, le=4_000)]

#: When nothing else is said, work is done at this time.
USUAL_TIME = "10:00"


@dataclass_transform(frozen_default=True, kw_only_default=True)
class Part(msgspec.Struct, frozen=True, rename="camel", forbid_unknown_fields=True, kw_only=True):
    """Base of all parts of a line: unknown names are refused."""


class Step(Part):
    """How one task goes: done `after` so many days, or `on` that day of the case, with these answers.

    `answers` replace those of the form's own example; a text that begins with `=` is FEEL, and so is an `on`
    that isn't a number: both may look at what the process knows. `claim` is the number of days after which
    somebody takes the task, `by` who works on it.
    """

    after: Days | None = None
    on: DayOfCase | DayByFormula | None = None
    at: TimeOfDay | None = None
    by: Text | None = None
    claim: Days | None = None
    answers: dict[str, Any] = {}


class Head(Part):
    """A file's first line. `usual` says how tasks go that a request says nothing about."""

    replay: int
    days: Annotated[int, Meta(ge=28, le=3_700)]
    usual: dict[str, Step] = {}


class Child(Part):
    """An invented child. The year of birth follows from the school year and the day of receipt."""

    given_name: Text
    family_name: Text
    birthday: Birthday
    national_curriculum_year: Annotated[int, Meta(ge=-2, le=15)]
    upn: Annotated[str, Meta(pattern=r"^[A-HJ-NP-RT-Z]\d{11}[0-9A-HJ-NP-RT-Z]$")] | None = None
    nhs_number: Annotated[str, Meta(pattern=r"^\d{10}$")] | None = None


class Requester(Part):
    """Who asks for the assessment."""

    role: Text
    name: Text


class Receipt(Part):
    """The day of the year and the time at which the request arrives."""

    day: DayOfYear
    at: TimeOfDay = USUAL_TIME


class Facts(Part):
    """What decides whose advice is sought; false unless it is said."""

    looked_after: bool = False
    detained: bool = False
    sensory_impairment: bool = False
    armed_forces_parent: bool = False
    known_to_social_care: bool = False
    recent_assessment: bool = False


class RecordedException(Part, kw_only=True):
    """A circumstance that lifts limits, recorded `on` a day of the case; `from`, `to` are its own days."""

    on: DayOfCase
    at: TimeOfDay | None = None
    code: Text
    rules: Annotated[list[Text], Meta(min_length=1)]
    start: DayOfCase = msgspec.field(name="from")
    end: DayOfCase | None = msgspec.field(name="to", default=None)
    evidence: Text
    impractical_because: Text
    family_told_on: DayOfCase | None = None
    occurrence: str = ""


class RecordedCorrection(Part, kw_only=True):
    """A fact of the case that is set right `on` a day: it fell on the day of the case `falls_on`."""

    on: DayOfCase
    at: TimeOfDay | None = None
    anchor: Text
    falls_on: DayOfCase
    occurrence: str = ""
    reason: Text


class RecordedWithdrawal(Part, kw_only=True):
    """The request is withdrawn `on` a day of the case."""

    on: DayOfCase
    at: TimeOfDay | None = None
    reason: Text


class RecordedCase(Part, kw_only=True):
    """One child and everything that happens: what a request and a plan that is brought in have in common.

    `work` maps a task to how it goes the first time, the second time and so on; null stands for a task that
    nobody does, once or always. A task is named by its element, or by element and occurrence or
    organisation: `give_advice:camhs`.
    """

    child: Child
    received: Receipt
    setting_urn: Urn | None = None
    officer: Text | None = None
    work: dict[str, list[Step | None] | None] = {}
    exceptions: list[RecordedException] = []
    corrections: list[RecordedCorrection] = []
    withdrawal: RecordedWithdrawal | None = None


class RecordedRequest(RecordedCase, kw_only=True):
    """One request, received on a day."""

    requested_by: Requester
    raised_by: Text = "send_team"
    facts: Facts = Facts()


class PlanAsBroughtIn(Part, kw_only=True):
    """What is known of a plan made elsewhere: its days count from the day on which it is brought in.

    The last review's meeting and the day on which its decision was notified are given both, or neither.
    """

    finalised_on: PastDay
    last_meeting_on: PastDay | None = None
    last_decided_on: PastDay | None = None
    setting_type: Text | None = None
    looked_after: bool = False
    in_custody: bool = False
    sections: dict[str, Any] = {}


class RecordedPlan(RecordedCase, kw_only=True):
    """A plan made elsewhere, brought in on the day it is `received`."""

    plan: PlanAsBroughtIn


@dataclass(frozen=True)
class Line:
    """A request, or a plan that is brought in, and where it stands in the file."""

    number: int
    case: RecordedRequest | RecordedPlan


@dataclass(frozen=True)
class Recording:
    """A whole file: how long its year is, what usually happens, and its lines in the file's order."""

    path: Path
    days: int
    usual: Mapping[str, Step]
    lines: tuple[Line, ...]
