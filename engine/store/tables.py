"""The tables. Every table of case data carries its `authority` (three-digit LA code)."""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
    UniqueConstraint,
    and_,
    func,
    literal_column,
)

from engine.store import (  # noqa: F401 -- known to `metadata` by being imported
    account_tables,
    batch_tables,
    control_tables,
    file_tables,
    forecast_tables,
    hearing_tables,
    intake_tables,
    organisation_tables,
    record_tables,
    sight_tables,
    webhook_tables,
    work_tables,
)
from engine.store.columns import authority_column, case_column, key_column, metadata, one_of
from engine.store.message_tables import outbox
from engine.store.plan_tables import (
    CHASES,
    CURRENT_OFFICER,
    UNMADE,
    authority_contact,
    case_officer,
    cover,
    delivery,
    family_member,
    invitee,
    notice,
    plan,
    plan_update,
    plan_version,
    print_batch,
    review,
)
from engine.store.types import Instant, JsonText, Key, PackedText

__all__ = [
    "ALERTS",
    "CHASES",
    "CURRENT_OFFICER",
    "NOT_HELD",
    "OPEN_TASK",
    "STANDS",
    "UNMADE",
    "anchor",
    "audit_event",
    "authority",
    "authority_contact",
    "calendar_correction",
    "case_officer",
    "child",
    "cover",
    "deadline",
    "delivery",
    "deployment",
    "deployment_resource",
    "document",
    "ehc_case",
    "escalation",
    "exception",
    "family_member",
    "idempotency",
    "incident",
    "instance",
    "invitee",
    "kept_message",
    "membership",
    "metadata",
    "notice",
    "organisation",
    "outbox",
    "person",
    "plan",
    "plan_update",
    "plan_version",
    "print_batch",
    "process_definition",
    "review",
    "subscription",
    "task",
    "timer",
    "token",
]

# --- people and organisations -------------------------------------------------------------

authority = Table(
    "authority",
    metadata,
    Column("code", String(3), primary_key=True),
    Column("name", Text, nullable=False),
    #: When its people's digests were last made.
    Column("digested_at", Instant),
)

organisation = Table(
    "organisation",
    metadata,
    key_column(),
    authority_column(),
    Column("code", String(80), nullable=False),
    Column("name", Text, nullable=False),
    Column("kind", String(20), nullable=False),
    Column("urn", String(6)),
    #: What kind of setting it is, as regulation 20(12) tells them apart; None where it isn't one.
    Column("setting_type", String(30)),
    #: The organisation that this is a team of: its members work on that organisation's tasks.
    Column("parent_key", Key, ForeignKey("organisation.key")),
    Column("valid_from", Date),
    Column("valid_to", Date),
    Column("version", Integer, nullable=False, server_default="1"),
    UniqueConstraint("authority", "code"),
    one_of("kind", "authority", "health", "care", "setting", "other"),
)

person = Table(
    "person",
    metadata,
    key_column(),
    authority_column(),
    Column("name", Text, nullable=False),
    Column("email", Text),
    Column("version", Integer, nullable=False, server_default="1"),
)

membership = Table(
    "membership",
    metadata,
    key_column(),
    authority_column(),
    Column("person_key", Key, ForeignKey("person.key"), nullable=False),
    Column("organisation_key", Key, ForeignKey("organisation.key"), nullable=False),
    Column("role", String(40), nullable=False),
    Column("valid_from", Date, nullable=False),
    Column("valid_to", Date),
    Column("version", Integer, nullable=False, server_default="1"),
)
Index("ix_membership_organisation_key_role", membership.c.organisation_key, membership.c.role)
Index("ix_membership_person_key", membership.c.person_key)

token = Table(
    "token",
    metadata,
    key_column(),
    Column("membership_key", Key, ForeignKey("membership.key"), nullable=False),
    Column("digest", String(64), nullable=False, unique=True),
    Column("hint", String(16), nullable=False),
    Column("label", Text, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("expires_at", Instant),
    Column("revoked_at", Instant),
    #: The permissions that it is confined to; None: all that the role holds.
    Column("scope", JsonText),
    #: The system that it was given to for its secret; None: a person's own.
    Column("client_key", Key, ForeignKey("client.key")),
)
Index("ix_token_membership_key", token.c.membership_key)
Index("ix_token_client_key", token.c.client_key)

child = Table(
    "child",
    metadata,
    key_column(),
    authority_column(),
    Column("given_name", Text, nullable=False),
    Column("family_name", Text, nullable=False),
    Column("search_name", Text, nullable=False),
    Column("date_of_birth", Date, nullable=False),
    Column("national_curriculum_year", Integer),
    Column("upn", String(13)),
    Column("nhs_number", String(10)),
    #: The day from which the young person is known to lack capacity for decisions of this kind (reg 64).
    Column("lacks_capacity_since", Date),
    #: What the authority itself calls the child's file.
    Column("reference", String(40)),
    Column("version", Integer, nullable=False, server_default="1"),
)
Index("ix_child_authority_search_name", child.c.authority, child.c.search_name)
Index("ix_child_authority_upn", child.c.authority, child.c.upn)
Index("ix_child_authority_nhs_number", child.c.authority, child.c.nhs_number)
Index("ix_child_authority_reference", child.c.authority, child.c.reference)

# --- definitions --------------------------------------------------------------------------

deployment = Table(
    "deployment",
    metadata,
    key_column(),
    authority_column(),
    Column("digest", String(64), nullable=False),
    Column("name", Text, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("created_by", Text, nullable=False),
    UniqueConstraint("authority", "digest"),
)

deployment_resource = Table(
    "deployment_resource",
    metadata,
    Column("deployment_key", Key, ForeignKey("deployment.key"), primary_key=True),
    Column("name", String(200), primary_key=True),
    Column("digest", String(64), nullable=False),
    Column("content", LargeBinary, nullable=False),
)

process_definition = Table(
    "process_definition",
    metadata,
    key_column(),
    authority_column(),
    Column("deployment_key", Key, ForeignKey("deployment.key"), nullable=False),
    Column("process_id", String(200), nullable=False),
    Column("name", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("version_tag", Text),
    UniqueConstraint("authority", "process_id", "version"),
)

# --- cases --------------------------------------------------------------------------------

ehc_case = Table(
    "ehc_case",
    metadata,
    key_column(),
    authority_column(),
    Column("child_key", Key, ForeignKey("child.key"), nullable=False),
    Column("status", String(40), nullable=False),
    Column("requested_by", String(20), nullable=False),
    Column("requester_name", Text, nullable=False),
    Column("received_on", Date, nullable=False),
    Column("setting_urn", String(6)),
    Column("opened_at", Instant, nullable=False),
    Column("closed_at", Instant),
    Column("version", Integer, nullable=False),
    Column("audit_sequence", Integer, nullable=False),
    Column("audit_hash", String(64), nullable=False),
)
Index("ix_ehc_case_authority_key", ehc_case.c.authority, ehc_case.c.key)
Index("ix_ehc_case_child_key", ehc_case.c.child_key)

instance = Table(
    "instance",
    metadata,
    key_column(),
    authority_column(),
    case_column(),
    Column("definition_key", Key, ForeignKey("process_definition.key"), nullable=False),
    Column("status", String(20), nullable=False),
    Column("version", Integer, nullable=False),
    Column("state", PackedText, nullable=False),
    Column("started_at", Instant, nullable=False),
    Column("ended_at", Instant),
    #: The instance of the same case on whose behalf it began; None for one that a person began.
    Column("parent_key", Key),
    #: Since when nothing in it is carried out; its timers and tasks say so too.
    Column("suspended_at", Instant),
    one_of("status", "active", "completed", "cancelled"),
)
Index("ix_instance_case_key", instance.c.case_key)
Index("ix_instance_definition_key_key", instance.c.definition_key, instance.c.key)

task = Table(
    "task",
    metadata,
    key_column(),
    authority_column(),
    case_column(),
    Column("instance_key", Key, ForeignKey("instance.key"), nullable=False),
    Column("token", Integer, nullable=False),
    Column("element_id", String(200), nullable=False),
    Column("name", Text, nullable=False),
    Column("organisation", String(80), nullable=False),
    Column("candidate_groups", JsonText, nullable=False),
    Column("assignee_key", Key, ForeignKey("membership.key")),
    #: The membership that has delegated it and gets it back.
    Column("owner_key", Key),
    Column("delegation", String(10)),
    Column("form_key", String(200)),
    Column("rule", String(80)),
    Column("occurrence", String(80), nullable=False),
    Column("due_on", Date),
    Column("priority", Integer, nullable=False),
    #: The day on which its holder wants to look at it again.
    Column("follow_up_on", Date),
    #: When a draft of its form was last saved; null: there is none.
    Column("draft_at", Instant),
    #: How many contributions are asked for and neither given nor declined; null: none was ever asked for.
    Column("outstanding", Integer),
    Column("state", String(10), nullable=False),
    Column("version", Integer, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("completed_at", Instant),
    Column("suspended_at", Instant),
    UniqueConstraint("case_key", "instance_key", "token"),
    one_of("state", "CREATED", "ASSIGNED", "COMPLETED", "CANCELED"),
)
#: Somebody still has to do it. Written with literals, so that a query with it can use the partial index.
OPEN_TASK = task.c.state.in_([literal_column("'CREATED'"), literal_column("'ASSIGNED'")])
#: A task's last compliant day, for an order in which undated ones come after all that have one.
DUE_OR_LAST = func.coalesce(task.c.due_on, literal_column("'9999-12-31'"))
# What people ask for most: the open tasks of everybody, of an organisation, and their own, the one due first
# first. A page is read from its index alone, however many there are.
for _name, _whose in (
    ("ix_task_open_by_day", (task.c.authority,)),
    ("ix_task_organisation_open", (task.c.authority, task.c.organisation)),
    ("ix_task_assignee_open", (task.c.assignee_key,)),
):
    Index(_name, *_whose, DUE_OR_LAST, task.c.key, sqlite_where=OPEN_TASK, postgresql_where=OPEN_TASK)

timer = Table(
    "timer",
    metadata,
    authority_column(),
    case_column(),
    Column("instance_key", Key, ForeignKey("instance.key"), primary_key=True, autoincrement=False),
    Column("token", Integer, primary_key=True, autoincrement=False),
    Column("element_id", String(200), nullable=False),
    Column("due_at", Instant, nullable=False),
    Column("rule", String(80)),
    Column("occurrence", String(80), nullable=False),
    Column("incident_key", Key, ForeignKey("incident.key")),
    Column("suspended_at", Instant),
    sqlite_with_rowid=False,
)
#: Neither an incident nor a suspension holds it: it fires when it's due. Queries with this very condition can
#: use the partial index.
NOT_HELD = and_(timer.c.incident_key.is_(None), timer.c.suspended_at.is_(None))
Index("ix_timer_due_at", timer.c.due_at, sqlite_where=NOT_HELD, postgresql_where=NOT_HELD)

subscription = Table(
    "subscription",
    metadata,
    authority_column(),
    case_column(),
    Column("instance_key", Key, ForeignKey("instance.key"), primary_key=True, autoincrement=False),
    Column("token", Integer, primary_key=True, autoincrement=False),
    Column("element_id", String(200), nullable=False),
    Column("message", String(200), nullable=False),
    Column("correlation_key", String(200)),
    sqlite_with_rowid=False,
)
Index(
    "ix_subscription_message",
    subscription.c.authority,
    subscription.c.message,
    subscription.c.correlation_key,
)

kept_message = Table(
    "kept_message",
    metadata,
    key_column(),
    authority_column(),
    case_column(),
    Column("message", String(200), nullable=False),
    Column("correlation_key", String(200)),
    Column("variables", JsonText, nullable=False),
    Column("received_at", Instant, nullable=False),
)
Index("ix_kept_message_case_key", kept_message.c.case_key)

# --- what the law counts from, and what it asks -------------------------------------------

anchor = Table(
    "anchor",
    metadata,
    authority_column(),
    Column("case_key", Key, ForeignKey("ehc_case.key"), primary_key=True, autoincrement=False),
    Column("name", String(60), primary_key=True),
    Column("occurrence", String(80), primary_key=True),
    Column("falls_on", Date, nullable=False),
    Column("recorded_at", Instant, nullable=False),
    sqlite_with_rowid=False,
)

deadline = Table(
    "deadline",
    metadata,
    key_column(),
    authority_column(),
    case_column(),
    Column("rule", String(80), nullable=False),
    Column("occurrence", String(80), nullable=False),
    Column("round", Integer, nullable=False),
    Column("organisation", String(80), nullable=False),
    Column("kind", String(20), nullable=False),
    Column("nature", String(10), nullable=False),
    Column("anchor", String(60)),
    Column("anchored_on", Date),
    Column("due_on", Date),
    Column("broken_at", Instant),
    Column("status", String(15), nullable=False),
    Column("met_on", Date),
    Column("exceptions", JsonText, nullable=False),
    Column("alert_at", Instant),
    Column("opened_at", Instant, nullable=False),
    UniqueConstraint("case_key", "rule", "occurrence", "round"),
    one_of("status", "running", "on_time", "late", "late_excused", "superseded", "withdrawn"),
)
#: Lateness is still to be raised or to climb.
ALERTS = deadline.c.alert_at.is_not(None)
Index("ix_deadline_alert_at", deadline.c.alert_at, sqlite_where=ALERTS, postgresql_where=ALERTS)

exception = Table(
    "exception",
    metadata,
    key_column(),
    authority_column(),
    case_column(),
    Column("code", String(40), nullable=False),
    Column("rules", JsonText, nullable=False),
    Column("occurrence", String(80), nullable=False),
    Column("starts_on", Date, nullable=False),
    Column("ends_on", Date),
    Column("evidence", Text, nullable=False),
    Column("impractical_because", Text, nullable=False),
    Column("family_told_on", Date),
    Column("recorded_at", Instant, nullable=False),
    Column("recorded_by", Key, ForeignKey("membership.key"), nullable=False),
)
Index("ix_exception_case_key", exception.c.case_key)

document = Table(
    "document",
    metadata,
    key_column(),
    authority_column(),
    case_column(),
    Column("task_key", Key, ForeignKey("task.key")),
    Column("kind", String(40), nullable=False),
    Column("form_key", String(200)),
    Column("organisation", String(80), nullable=False),
    Column("audience", JsonText, nullable=False),
    Column("content", Text, nullable=False),
    Column("digest", String(64), nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("created_by", Key, ForeignKey("membership.key")),
    #: Codes of organisations, and `family:<key>` of members of the family, that never see it.
    Column("hidden_from", JsonText, nullable=False, server_default="[]"),
    #: Counts the changes of who may see it, and of its state.
    Column("version", Integer, nullable=False, server_default="1"),
)
Index("ix_document_case_key", document.c.case_key)

escalation = Table(
    "escalation",
    metadata,
    key_column(),
    authority_column(),
    case_column(),
    Column("deadline_key", Key, ForeignKey("deadline.key"), nullable=False, unique=True),
    Column("organisation", String(80), nullable=False),
    Column("level", String(20), nullable=False),
    Column("reason", String(10), nullable=False),
    Column("state", String(15), nullable=False),
    Column("raised_at", Instant, nullable=False),
    Column("changed_at", Instant, nullable=False),
    #: The level to which somebody handed it up: time alone doesn't bring it down again.
    Column("handed_up_to", String(20)),
    #: The coded reason of the last answer.
    Column("answer_code", String(40)),
    #: Until when nobody is told of it again, because somebody looks after it.
    Column("quiet_until", Instant),
    #: How often somebody was told, and how many events of diagrams joined it.
    Column("told", Integer, nullable=False, server_default="0"),
    Column("joined", Integer, nullable=False, server_default="0"),
    Column("told_at", Instant),
    #: The row of the ladder that put it where it is.
    Column("ladder_row", String(200)),
    Column("version", Integer, nullable=False, server_default="1"),
    one_of(
        "level",
        "task_holder",
        "service_manager",
        "dco_dsco",
        "group_head",
        "operational_board",
        "strategic_board",
    ),
    one_of("reason", "nearing", "missed"),
    one_of("state", "open", "acknowledged", "answered", "resolved"),
)
Index("ix_escalation_case_key", escalation.c.case_key)
#: A limit was missed, nobody has ended it, and nobody looks after it until some day.
STANDS = and_(
    escalation.c.state != literal_column("'resolved'"),
    escalation.c.reason == literal_column("'missed'"),
    escalation.c.quiet_until.is_(None),
)
Index(
    "ix_escalation_stands",
    escalation.c.authority,
    escalation.c.changed_at,
    sqlite_where=STANDS,
    postgresql_where=STANDS,
)

incident = Table(
    "incident",
    metadata,
    key_column(),
    authority_column(),
    case_column(),
    Column("instance_key", Key, ForeignKey("instance.key"), nullable=False),
    Column("element_id", String(200)),
    Column("attempted", Text, nullable=False),
    Column("message", Text, nullable=False),
    Column("remedy", Text, nullable=False),
    Column("state", String(10), nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("resolved_at", Instant),
    one_of("state", "open", "resolved"),
)
Index("ix_incident_instance_key", incident.c.instance_key)

# --- what happened ------------------------------------------------------------------------

audit_event = Table(
    "audit_event",
    metadata,
    Column("case_key", Key, ForeignKey("ehc_case.key"), primary_key=True),
    Column("sequence", Integer, primary_key=True, autoincrement=False),
    Column("body", Text, nullable=False),
    Column("hash", String(64), nullable=False),
)

# --- the installation ---------------------------------------------------------------------

idempotency = Table(
    "idempotency",
    metadata,
    Column("membership_key", Key, ForeignKey("membership.key"), primary_key=True),
    Column("idempotency_key", String(200), primary_key=True),
    Column("fingerprint", String(64), nullable=False),
    Column("status", Integer),
    Column("headers", JsonText),
    Column("body", Text),
    Column("created_at", Instant, nullable=False),
)

calendar_correction = Table(
    "calendar_correction",
    metadata,
    key_column(),
    authority_column(),
    Column("day", Date, nullable=False),
    Column("is_holiday", Boolean, nullable=False),
    Column("reason", Text, nullable=False),
    Column("recorded_at", Instant, nullable=False),
    UniqueConstraint("authority", "day"),
)
