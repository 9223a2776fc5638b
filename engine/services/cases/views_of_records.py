"""What services answer about children, what a case rests on, and what it is related to."""

from __future__ import annotations

from datetime import date, datetime

from engine.services.views import DeadlineView, View


class ChildDetail(View):
    """A child or young person, with the cases that the caller sees; `reference` is the authority's own."""

    key: str
    given_name: str
    family_name: str
    date_of_birth: date
    national_curriculum_year: int | None
    upn: str | None
    nhs_number: str | None
    reference: str | None
    version: int
    case_keys: list[str]


class AnchorView(View):
    """A fact of a case that limits count from."""

    anchor: str
    title: str
    occurrence: str | None
    on: date
    recorded_at: datetime


class ExceptionView(View):
    """A circumstance that lifts limits. What shows it is for the SEND team alone."""

    key: str
    code: str
    title: str
    rules: list[str]
    occurrence: str | None
    start: date
    end: date | None
    evidence: str | None
    impractical_because: str | None
    family_told_on: date | None
    recorded_at: datetime


class ChangeOfDeadline(View):
    """One thing that happened to a limit, and why, as far as the trail tells."""

    sequence: int
    at: datetime
    event: str
    actor: str | None
    text: str
    before: date | None
    after: date | None
    because: str | None


class DeadlineDetail(View):
    """A limit with its history."""

    case_key: str
    round: int
    opened_at: datetime
    deadline: DeadlineView
    history: list[ChangeOfDeadline]


class ProcessOfCase(View):
    """A process that ran or runs for a case."""

    process_instance_key: str
    process_definition_id: str
    name: str
    version: int
    status: str
    started_at: datetime
    ended_at: datetime | None


class LinkedCase(View):
    """Another case that somebody linked to this one."""

    key: str
    case_key: str
    kind: str
    made_at: datetime


class RelatedView(View):
    """What belongs to a case: its processes, and the cases linked to it that the caller sees too."""

    case_key: str
    processes: list[ProcessOfCase]
    cases: list[LinkedCase]


class ExportView(View):
    """An export: how far it is, and until when it can be fetched."""

    key: str
    kind: str
    case_key: str | None
    state: str
    redacted: bool
    done: int
    total: int
    size: int | None
    digest: str | None
    created_at: datetime
    ready_at: datetime | None
    expires_at: datetime | None
