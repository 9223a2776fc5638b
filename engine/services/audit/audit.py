"""The audit trail: append-only, and chained by hash within each case.

An event's hash covers its own text and the hash before it, so a row that is changed, moved or taken out
shows. The head (sequence, hash) is kept on the case's row, which every step locks.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, String, bindparam, insert, select, update

from engine.clock import format_instant
from engine.store import tables
from engine.store.sight_tables import access_record
from engine.store.types import AnyRow, Instant, Key, to_text

if TYPE_CHECKING:
    from engine.application import Engine
    from engine.services.principals import Principal

#: The hash before a case's first event.
GENESIS = "0" * 64


class Event(StrEnum):
    """The closed list of what can happen to a case."""

    CASE_OPENED = "case:opened"
    CASE_READ = "case:read"
    CASE_STATUS = "case:status"
    CASE_WITHDRAWN = "case:withdrawn"
    PROCESS_STARTED = "process:started"
    PROCESS_STEPPED = "process:stepped"
    PROCESS_ENDED = "process:ended"
    TASK_CREATED = "task:created"
    TASK_ASSIGNED = "task:assigned"
    TASK_CLAIMED = "task:claimed"
    TASK_UNCLAIMED = "task:unclaimed"
    TASK_COMPLETED = "task:completed"
    TASK_CANCELED = "task:canceled"
    TIMER_FIRED = "timer:fired"
    TIMER_MOVED = "timer:moved"
    ANCHOR_RECORDED = "anchor:recorded"
    ANCHOR_CORRECTED = "anchor:corrected"
    DEADLINE_OPENED = "deadline:opened"
    DEADLINE_CLOSED = "deadline:closed"
    DEADLINE_MOVED = "deadline:moved"
    EXCEPTION_RECORDED = "exception:recorded"
    ESCALATION_RAISED = "escalation:raised"
    ESCALATION_JOINED = "escalation:joined"
    ESCALATION_MOVED = "escalation:moved"
    ESCALATION_TOLD = "escalation:told"
    ESCALATION_RESOLVED = "escalation:resolved"
    PLAN_MADE = "plan:made"
    PLAN_CHANGED = "plan:changed"
    PLAN_DRAFTED = "plan:drafted"
    PLAN_ISSUED = "plan:issued"
    PLAN_DISCARDED = "plan:discarded"
    PLAN_BROUGHT = "plan:brought"
    PLAN_EDITED = "plan:edited"
    PLAN_READ = "plan:read"
    AMENDMENT_PROPOSED = "amendment:proposed"
    CESSATION_PROPOSED = "cessation:proposed"
    PLAN_YEAR = "plan:year"
    PLAN_TRANSFER = "plan:transfer"
    APPEAL_LODGED = "appeal:lodged"
    APPEAL_ENDED = "appeal:ended"
    REVIEW_WANTED = "review:wanted"
    REVIEW_READ = "review:read"
    REVIEW_OPENED = "review:opened"
    REVIEW_CHANGED = "review:changed"
    OFFICER_NAMED = "officer:named"
    NOTICE_SENT = "notice:sent"
    DELIVERY_ADDED = "delivery:added"
    DELIVERY_RECORDED = "delivery:recorded"
    DELIVERY_CHASED = "delivery:chased"
    NOTICE_MOVED = "notice:moved"
    LETTER_PRINTED = "letter:printed"
    LETTER_POSTED = "letter:posted"
    FAMILY_RECORDED = "family:recorded"
    FAMILY_CHANGED = "family:changed"
    CAPACITY_RECORDED = "capacity:recorded"
    # records
    CASE_LINKED = "case:linked"
    CASE_UNLINKED = "case:unlinked"
    HOLD_PLACED = "hold:placed"
    HOLD_LIFTED = "hold:lifted"
    DESTRUCTION_PROPOSED = "destruction:proposed"
    DESTRUCTION_REJECTED = "destruction:rejected"
    RECORDS_DESTROYED = "records:destroyed"
    EXPORT_ASKED = "export:asked"
    EXPORT_FETCHED = "export:fetched"
    CHILD_READ = "child:read"
    CHILD_CORRECTED = "child:corrected"
    # documents
    DOCUMENT_ADDED = "document:added"
    DOCUMENT_READ = "document:read"
    DOCUMENT_SUPERSEDED = "document:superseded"
    DOCUMENT_WITHDRAWN = "document:withdrawn"
    DOCUMENT_SHARED = "document:shared"
    DOCUMENT_CHECKED = "document:checked"
    MESSAGE_KEPT = "message:kept"
    MESSAGE_RECEIVED = "message:received"
    # --- sight
    FAMILY_READ = "family:read"
    LETTER_READ = "letter:read"
    CONSENT_RECORDED = "consent:recorded"
    CONSENT_WITHDRAWN = "consent:withdrawn"
    CASE_RESTRICTED = "case:restricted"
    RESTRICTION_LIFTED = "restriction:lifted"
    AGREEMENT_MADE = "agreement:made"
    AGREEMENT_ENDED = "agreement:ended"
    INCIDENT_RAISED = "incident:raised"
    INCIDENT_RESOLVED = "incident:resolved"
    # --- work on tasks
    TASK_DELEGATED = "task:delegated"
    TASK_RESOLVED = "task:resolved"
    TASK_CHANGED = "task:changed"
    TASK_COMMENTED = "task:commented"
    TASK_ATTACHED = "task:attached"
    TASK_DETACHED = "task:detached"
    CONTRIBUTION_ASKED = "contribution:asked"
    CONTRIBUTION_GIVEN = "contribution:given"
    CONTRIBUTION_DECLINED = "contribution:declined"
    CONTRIBUTION_WITHDRAWN = "contribution:withdrawn"
    CONTRIBUTION_CHASED = "contribution:chased"
    CONTRIBUTIONS_WAIVED = "contributions:waived"
    COMMENT_CHANGED = "comment:changed"
    COMMENT_DELETED = "comment:deleted"
    # --- what people do about lateness
    ESCALATION_ACKNOWLEDGED = "escalation:acknowledged"
    ESCALATION_NOTED = "escalation:noted"
    ESCALATION_ANSWERED = "escalation:answered"
    ESCALATION_HANDED = "escalation:handed"
    REASON_CHANGED = "reason:changed"
    # --- process control
    PROCESS_SUSPENDED = "process:suspended"
    PROCESS_RESUMED = "process:resumed"
    PROCESS_CANCELLED = "process:cancelled"
    MESSAGE_HELD = "message:held"
    DEPLOYMENT_MADE = "deployment:made"
    INCIDENT_ANNOTATED = "incident:annotated"
    INCIDENT_ASSIGNED = "incident:assigned"
    # --- moving running cases
    PROCESS_MODIFIED = "process:modified"
    PROCESS_MIGRATED = "process:migrated"
    MIGRATION_UNDONE = "migration:undone"
    TASK_REOPENED = "task:reopened"
    # --- organisations and their members, in the chain of the authority
    ORGANISATION_MADE = "organisation:made"
    ORGANISATION_CHANGED = "organisation:changed"
    ORGANISATION_ENDED = "organisation:ended"
    PERSON_CHANGED = "person:changed"
    MEMBER_JOINED = "member:joined"
    MEMBER_CHANGED = "member:changed"
    MEMBER_ENDED = "member:ended"
    CALENDAR_CORRECTED = "calendar:corrected"
    SETTINGS_IMPORTED = "settings:imported"
    WEBHOOK_MADE = "webhook:made"
    WEBHOOK_CHANGED = "webhook:changed"
    CHANNEL_CHOSEN = "channel:chosen"
    OUTBOX_CHANGED = "outbox:changed"
    MESSAGE_UNDELIVERED = "message:undelivered"
    MESSAGE_RESENT = "message:resent"
    BATCH_CREATED = "batch:created"
    BATCH_PAUSED = "batch:paused"
    BATCH_RESUMED = "batch:resumed"
    BATCH_CANCELLED = "batch:cancelled"
    CASES_IMPORTED = "cases:imported"
    ABSENCE_RECORDED = "absence:recorded"
    ABSENCE_CHANGED = "absence:changed"
    # --- sign-in
    ACCOUNT_OPENED = "account:opened"
    ACCOUNT_RESET = "account:reset"
    ACCOUNT_CLOSED = "account:closed"
    ACCOUNT_LINKED = "account:linked"
    ACCOUNT_LOCKED = "account:locked"
    PASSWORD_SET = "password:set"  # noqa: S105 -- an event
    FACTOR_ENROLLED = "factor:enrolled"
    RECOVERY_USED = "recovery:used"
    RECOVERY_RENEWED = "recovery:renewed"
    SESSION_OPENED = "session:opened"
    SESSION_SWITCHED = "session:switched"
    SESSION_ENDED = "session:ended"
    TOKEN_MADE = "token:made"  # noqa: S105 -- an event
    TOKEN_REVOKED = "token:revoked"  # noqa: S105 -- an event
    CLIENT_MADE = "client:made"
    CLIENT_REVOKED = "client:revoked"


@dataclass(frozen=True)
class Actor:
    """Who did it: a membership, or the engine's own clock."""

    membership_key: int | None
    organisation: str | None

    @classmethod
    def of(cls, principal: Principal) -> Actor:
        """A member."""
        return cls(principal.membership_key, principal.organisation)

    @classmethod
    def clock(cls) -> Actor:
        """The engine itself, moved by time."""
        return cls(None, None)


class Chain:
    """Grows one case's trail within a step; rows are written together at its end."""

    def __init__(self, case_key: int, sequence: int, head: str, at: datetime, actor: Actor) -> None:
        self.case_key = case_key
        self.sequence = sequence
        self.head = head
        self._actor = {"membership": actor.membership_key, "organisation": actor.organisation}
        self._at = format_instant(at)
        self._rows: list[dict[str, Any]] = []

    def append(self, event: Event, *, element: str | None = None, **details: Any) -> None:
        """Add an event. `details` hold keys, codes and dates, never names or what people wrote."""
        self.sequence += 1
        body = to_text(
            {
                "case": self.case_key,
                "sequence": self.sequence,
                "at": self._at,
                "event": event.value,
                "actor": self._actor,
                "element": element,
                "details": details,
            }
        )
        self.head = _hash(self.head, body)
        self._rows.append(
            {"case_key": self.case_key, "sequence": self.sequence, "body": body, "hash": self.head}
        )

    @property
    def unwritten(self) -> Sequence[Mapping[str, Any]]:
        """The rows of what was appended since the last writing."""
        return self._rows

    def write(self, connection: Connection) -> None:
        """Insert what was appended since the last writing."""
        if self._rows:
            connection.execute(_INSERT, self._rows)
            self._rows = []


#: What is opened when one of these is written: a word for the log, and which detail is its key.
READINGS: Mapping[Event, tuple[str, str | None]] = {
    Event.CASE_READ: ("case", None),
    Event.CHILD_READ: ("case", None),
    Event.FAMILY_READ: ("family", None),
    Event.PLAN_READ: ("plan", "plan"),
    Event.REVIEW_READ: ("review", "review"),
    Event.LETTER_READ: ("letter", "notice"),
    Event.DOCUMENT_READ: ("document", "document"),
}


def note(engine: Engine, case_key: int, actor: Actor, event: Event, **details: Any) -> None:
    """Write one event that changes nothing else of the case (that somebody read it).

    A reading is written into the log of who has opened what, too.
    """
    with engine.database.write() as connection:
        head = connection.execute(_HEAD, {"case": case_key}).one()
        chain = Chain(case_key, head.audit_sequence, head.audit_hash, engine.clock.now(), actor)
        chain.append(event, **details)
        chain.write(connection)
        values = {"row_key": case_key, "new_sequence": chain.sequence, "new_hash": chain.head}
        connection.execute(_MOVE_HEAD, values)
        if event in READINGS and actor.membership_key is not None:
            what, subject = READINGS[event]
            log_opening(
                connection,
                case_key,
                actor.membership_key,
                what,
                details.get(subject or ""),
                engine.clock.now(),
            )


def log_opening(
    connection: Connection, case_key: int, membership_key: int, what: str, subject: int | None, at: datetime
) -> None:
    """Write down that somebody opened something of a case."""
    values = {"case": case_key, "who": membership_key, "kind": what, "subject": subject, "at": at}
    connection.execute(_LOG, values)


@dataclass(frozen=True)
class Break:
    """A place where a case's chain doesn't hold."""

    case_key: int
    sequence: int
    problem: str


def verify(connection: Connection, case_key: int | None = None) -> Iterator[Break]:
    """Walk the chains from the stored bytes and yield every break, the heads included."""
    cases = select(
        tables.ehc_case.c.key, tables.ehc_case.c.audit_sequence, tables.ehc_case.c.audit_hash
    ).order_by(tables.ehc_case.c.key)
    if case_key is not None:
        cases = cases.where(tables.ehc_case.c.key == case_key)
    for head in connection.execute(cases).all():
        yield from _verify_case(head, connection.execute(_OF_CASE, {"case": head.key}).all())


def parse(body: str) -> dict[str, Any]:
    """An event's stored text as a value."""
    event: dict[str, Any] = json.loads(body)
    return event


def _verify_case(head: AnyRow, rows: Any) -> Iterator[Break]:
    before = GENESIS
    for expected, row in enumerate(rows, start=1):
        if row.sequence != expected:
            yield Break(head.key, expected, "an event is missing or has been renumbered")
            return
        if _hash(before, row.body) != row.hash:
            yield Break(head.key, row.sequence, "the event or one before it has been changed")
            return
        event = parse(row.body)
        if (event["case"], event["sequence"]) != (head.key, row.sequence):
            yield Break(head.key, row.sequence, "the event belongs elsewhere")
            return
        before = row.hash
    if (len(rows), before) != (head.audit_sequence, head.audit_hash):
        yield Break(head.key, head.audit_sequence, "the last events are missing, or the head was changed")


def _hash(before: str, body: str) -> str:
    return hashlib.sha256(before.encode() + body.encode()).hexdigest()


_case = tables.ehc_case
_HEAD = (
    select(_case.c.audit_sequence, _case.c.audit_hash)
    .where(_case.c.key == bindparam("case"))
    .with_for_update(key_share=True)
)
_MOVE_HEAD = (
    update(_case)
    .where(_case.c.key == bindparam("row_key"))
    .values(audit_sequence=bindparam("new_sequence"), audit_hash=bindparam("new_hash"))
)
_INSERT = insert(tables.audit_event)
_LOG = insert(access_record).from_select(
    [
        "authority",
        "case_key",
        "membership_key",
        "organisation",
        "role",
        "what",
        "subject_key",
        "opened_at",
    ],
    select(
        _case.c.authority,
        _case.c.key,
        tables.membership.c.key,
        tables.organisation.c.code,
        tables.membership.c.role,
        bindparam("kind", type_=String()),
        bindparam("subject", type_=Key),
        bindparam("at", type_=Instant()),
    )
    .select_from(tables.membership)
    .join(tables.organisation, tables.organisation.c.key == tables.membership.c.organisation_key)
    .join(_case, _case.c.key == bindparam("case"))
    .where(tables.membership.c.key == bindparam("who")),
)
_OF_CASE = (
    select(tables.audit_event)
    .where(tables.audit_event.c.case_key == bindparam("case"))
    .order_by(tables.audit_event.c.sequence)
)
