"""What services answer: flat, typed values that the interfaces encode as they are (camelCase in JSON)."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Generic, TypeVar, dataclass_transform

import msgspec

Item = TypeVar("Item")


@dataclass_transform(frozen_default=True, kw_only_default=True)
class View(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """Base of all views: immutable, encoded with camelCase names."""


class PageEnd(View):
    """Where the next page begins; `end_cursor` is None on the last one."""

    end_cursor: str | None


class Page(msgspec.Struct, Generic[Item], frozen=True, rename="camel", kw_only=True):
    """One page of a list in the order of its cursor."""

    items: list[Item]
    page: PageEnd


class TaskView(View):
    """One user task. `rule` is the limit that it hangs on, `due_date` its last compliant day.

    `owner` is who has delegated it; `delegation_state` "PENDING" until it is resolved, then "RESOLVED". While
    it is `suspended` nobody can complete it.
    """

    key: str
    name: str
    element_id: str
    case_key: str
    process_instance_key: str
    organisation: str
    candidate_groups: list[str]
    assignee: str | None
    owner: str | None
    delegation_state: str | None
    creation_date: datetime
    completion_date: datetime | None
    due_date: date | None
    follow_up_date: date | None
    priority: int
    rule: str | None
    form_key: str | None
    draft_saved_at: datetime | None
    outstanding_contributions: int
    state: str
    suspended: bool
    version: int


class FormView(View):
    """A task's form: the document as drawn, and the same as JSON Schema with one example answer."""

    key: str | None
    version: str
    document: dict[str, Any]
    schema: dict[str, Any]


class ChildView(View):
    """The child or young person of a case, for those who may see who it is."""

    given_name: str
    family_name: str
    date_of_birth: date
    national_curriculum_year: int | None
    upn: str | None
    nhs_number: str | None


class CaseView(View):
    """One case. `child` is None for principals who see figures but no names."""

    key: str
    status: str
    child: ChildView | None
    requested_by: str
    received_on: date
    setting_urn: str | None
    opened_at: datetime
    closed_at: datetime | None
    version: int
    open_tasks: int
    late_deadlines: int


class DeadlineView(View):
    """One limit of a case: what the law asks, when, and how it stands."""

    key: str
    rule: str
    occurrence: str | None
    title: str
    citation: str
    kind: str
    nature: str
    organisation: str
    anchor: str | None
    anchored_on: date | None
    due_on: date | None
    safe_on: date | None
    status: str
    met_on: date | None
    exceptions: list[str]
    explanation: str


class ChangeView(View):
    """Deadlines before and after a correction, an exception or a withdrawal."""

    before: list[DeadlineView]
    after: list[DeadlineView]


class TimelineEntry(View):
    """One audit event of a case, in the order in which it happened."""

    sequence: int
    at: datetime
    event: str
    actor: str
    organisation: str | None
    element_id: str | None
    text: str
    details: dict[str, Any]


class EscalationView(View):
    """One thread of lateness: what is late, since when, under which rule, and who holds the task.

    `answer` is the coded reason that was given last, `told` how often somebody was told, `quiet_until` the
    last day on which nobody is, and `ladder_row` the row of the ladder that put it where it is.
    """

    key: str
    case_key: str
    rule: str
    occurrence: str | None
    citation: str
    organisation: str
    level: str
    reason: str
    due_on: date | None
    since: date | None
    task_key: str | None
    task_name: str | None
    task_holder: str | None
    raised_at: datetime
    state: str
    answer: str | None
    told: int
    quiet_until: date | None
    ladder_row: str | None
    version: int


class RaisedRequest(View):
    """The answer to a request for an assessment."""

    case_key: str
    process_instance_key: str


class ContactView(View):
    """What letters name of an authority; `value` is None where it hasn't said it."""

    code: str
    title: str
    value: str | None


class FamilyMemberView(View):
    """Somebody around a child or young person; `holds_rights` says whether notices of today go to them."""

    key: str
    name: str
    relation: str
    parental_responsibility: bool
    alternative: bool
    blocked: bool
    channel: str
    electronic_agreed_on: date | None
    email: str | None
    address: str | None
    ended_on: date | None
    holds_rights: bool


class FamilyView(View):
    """A case's family, and in what quality the rights are held today."""

    rights_holder: str
    end_of_compulsory_school_age: date
    lacks_capacity_since: date | None
    members: list[FamilyMemberView]


class DeliveryView(View):
    """One copy of a notice: to whom, how, and whether it is known to have arrived."""

    key: str
    recipient: str
    organisation: str | None
    family_member_key: str | None
    channel: str
    state: str
    sent_on: date
    served_on: date
    delivered_on: date | None
    chased_on: date | None


class NoticeView(View):
    """A notice as it was sent; its words are a document of their own."""

    key: str
    kind: str
    title: str
    occurrence: str | None
    element_id: str
    template_version: str
    appealable: bool
    rights_holder: str
    made_on: date
    sent_on: date
    served_on: date
    received_on: date | None
    digest: str
    #: Of the PDF exactly as it is sent; None until it is made.
    pdf_digest: str | None
    pdf_made_at: datetime | None
    pdf_maker: str | None
    deliveries: list[DeliveryView]
