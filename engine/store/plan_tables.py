"""The tables of a plan's life: its versions and reviews, the family, notices and who has had them."""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    Column,
    Connection,
    Date,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
    and_,
    event,
    literal_column,
    true,
)

from engine.store.columns import authority_column, case_column, key_column, metadata, one_of
from engine.store.frozen import FREEZE
from engine.store.types import Instant, JsonText, Key

# --- the plan ------------------------------------------------------------------------------------

plan = Table(
    "plan",
    metadata,
    key_column(),
    authority_column(),
    case_column(),
    Column("status", String(10), nullable=False),
    Column("made_on", Date, nullable=False),
    #: Made by another authority or before this software, and brought in as it stood.
    Column("brought_in", Boolean, nullable=False),
    #: The number of the newest version that was issued.
    Column("version", Integer, nullable=False),
    Column("setting_urn", String(6)),
    Column("setting_type", String(30), nullable=False),
    #: The year group in the school year that began on `year_from` (a 1 September); null: not known.
    Column("curriculum_year", Integer),
    Column("year_from", Date),
    #: The kind of school by the years it takes, where it isn't the usual one of the year group.
    Column("setting_phase", String(12)),
    Column("looked_after", Boolean, nullable=False),
    Column("in_custody", Boolean, nullable=False),
    #: The day by which the next review is planned to be decided: the earlier of law and last meeting.
    Column("next_review_by", Date),
    #: The newest document that the last list of information received held; null before the first list.
    Column("updates_to", Key),
    Column("ceased_on", Date),
    Column("created_at", Instant, nullable=False),
    UniqueConstraint("case_key"),
    one_of("status", "live", "ceasing", "ceased"),
)
Index("ix_plan_authority_status_key", plan.c.authority, plan.c.status, plan.c.key)
Index("ix_plan_authority_setting_urn", plan.c.authority, plan.c.setting_urn, plan.c.key)
Index("ix_plan_authority_next_review_by", plan.c.authority, plan.c.next_review_by, plan.c.key)

plan_version = Table(
    "plan_version",
    metadata,
    key_column(),
    authority_column(),
    case_column(),
    Column("plan_key", Key, ForeignKey("plan.key"), nullable=False),
    Column("number", Integer, nullable=False),
    Column("state", String(10), nullable=False),
    Column("origin", String(20), nullable=False),
    #: The sections by letter, as canonical JSON; who may see them is the plan's audience.
    Column("sections", Text, nullable=False),
    Column("digest", String(64), nullable=False),
    Column("review_key", Key, ForeignKey("review.key")),
    Column("issued_on", Date),
    #: The newest document that this version takes account of; what came later waits for the next one.
    Column("documents_to", Key, nullable=False),
    #: The case's newest document when it was issued; forms that came later belong to the next version.
    Column("last_document", Key),
    Column("created_at", Instant, nullable=False),
    UniqueConstraint("plan_key", "number"),
    one_of("state", "draft", "issued", "discarded"),
    one_of("origin", "assessment", "brought_in", "review", "amendment", "phase_transfer"),
)


plan_update = Table(
    "plan_update",
    metadata,
    key_column(),
    authority_column(),
    case_column(),
    Column("version_key", Key, ForeignKey("plan_version.key"), nullable=False),
    Column("document_key", Key, ForeignKey("document.key"), nullable=False),
    #: The organisation that gave the information, or `family`.
    Column("source", String(80), nullable=False),
    Column("received_on", Date, nullable=False),
    Column("accepted", Boolean, nullable=False),
    Column("reason", Text),
    UniqueConstraint("version_key", "document_key"),
)


def _freeze(_table: Table, connection: Connection, **_options: object) -> None:
    for statement in FREEZE[connection.dialect.name]:
        connection.exec_driver_sql(statement)


event.listen(plan_version, "after_create", _freeze)

# --- reviews -------------------------------------------------------------------------------------

review = Table(
    "review",
    metadata,
    key_column(),
    authority_column(),
    case_column(),
    Column("plan_key", Key, ForeignKey("plan.key"), nullable=False),
    #: Counts the reviews of a plan; its limits have the occurrence `review-<number>`.
    Column("number", Integer, nullable=False),
    Column("kind", String(20), nullable=False),
    Column("route", String(10), nullable=False),
    Column("status", String(10), nullable=False),
    Column("setting_urn", String(6)),
    Column("due_on", Date, nullable=False),
    Column("meeting_on", Date),
    Column("held_on", Date),
    Column("reported_on", Date),
    Column("decision", String(10)),
    Column("decided_on", Date),
    #: What the report asks of the last year (S15); percent of sessions attended, sessions lost to exclusion.
    Column("attendance_percent", Integer),
    Column("excluded_sessions", Integer),
    Column("destination", String(30)),
    Column("opened_at", Instant, nullable=False),
    Column("closed_at", Instant),
    UniqueConstraint("plan_key", "number"),
    one_of("kind", "annual", "early", "phase_transfer", "light", "release"),
    one_of("route", "school", "authority"),
    one_of("status", "planned", "dated", "held", "reported", "decided", "closed", "abandoned"),
    one_of("decision", "maintain", "amend", "cease", "reassess"),
)
#: The review that is under way. A lighter one for a child under five may run beside it (Code 9.178).
LIVE_REVIEW = review.c.closed_at.is_(None) & (review.c.kind != literal_column("'light'"))
Index(
    "ix_review_plan_key_live",
    review.c.plan_key,
    unique=True,
    sqlite_where=LIVE_REVIEW,
    postgresql_where=LIVE_REVIEW,
)
OPEN_REVIEW = review.c.closed_at.is_(None)
Index(
    "ix_review_authority_due_on",
    review.c.authority,
    review.c.due_on,
    review.c.key,
    sqlite_where=OPEN_REVIEW,
    postgresql_where=OPEN_REVIEW,
)

invitee = Table(
    "invitee",
    metadata,
    key_column(),
    authority_column(),
    case_column(),
    Column("review_key", Key, ForeignKey("review.key"), nullable=False),
    #: The person regulation 20(2) names (`family`, `setting`, `send_officer`, `health`, `social_care`), or
    #: the adviser's code of one who gave advice.
    Column("role", String(40), nullable=False),
    Column("organisation", String(80)),
    Column("invited_on", Date),
    Column("advice_on", Date),
    Column("attendance", String(10)),
    UniqueConstraint("review_key", "role"),
    one_of("attendance", "attended", "apologies", "absent"),
)

# --- the family ----------------------------------------------------------------------------------

family_member = Table(
    "family_member",
    metadata,
    key_column(),
    authority_column(),
    Column("child_key", Key, ForeignKey("child.key"), nullable=False),
    Column("name", Text, nullable=False),
    Column("relation", String(20), nullable=False),
    Column("parental_responsibility", Boolean, nullable=False),
    #: Acts for a young person who lacks capacity (reg 64).
    Column("alternative", Boolean, nullable=False),
    Column("blocked", Boolean, nullable=False),
    Column("channel", String(10), nullable=False),
    #: The day on which they agreed in writing to be served electronically.
    Column("electronic_agreed_on", Date),
    Column("email", Text),
    Column("address", Text),
    Column("recorded_at", Instant, nullable=False),
    Column("ended_on", Date),
    one_of("relation", "parent", "carer", "corporate_parent", "young_person", "deputy", "other"),
    one_of("channel", "email", "portal", "post", "by_hand"),
)
Index("ix_family_member_child_key", family_member.c.child_key)

# --- notices -------------------------------------------------------------------------------------

notice = Table(
    "notice",
    metadata,
    key_column(),
    authority_column(),
    case_column(),
    Column("kind", String(40), nullable=False),
    Column("occurrence", String(80), nullable=False),
    Column("element_id", String(200), nullable=False),
    Column("template_version", String(40), nullable=False),
    Column("appealable", Boolean, nullable=False),
    Column("rights_holder", String(20), nullable=False),
    Column("made_on", Date, nullable=False),
    Column("sent_on", Date, nullable=False),
    Column("served_on", Date, nullable=False),
    Column("received_on", Date),
    #: The HTML exactly as it was sent.
    Column("document_key", Key, ForeignKey("document.key"), nullable=False),
    #: The facts that its sending or its service set: they move when its days do.
    Column("stamps", JsonText, nullable=False, server_default="[]"),
    #: The PDF exactly as it is sent, as a stored file; None until it is made.
    Column("pdf_digest", String(64)),
    Column("pdf_made_at", Instant),
    #: The program that made it, with its version.
    Column("pdf_maker", String(60)),
    #: How often it couldn't be made.
    Column("pdf_tries", Integer, nullable=False, server_default="0"),
)
Index("ix_notice_case_key", notice.c.case_key)
#: Letters of which a PDF is still to be made; after some tries only when somebody asks for it.
UNMADE = and_(notice.c.pdf_digest.is_(None), notice.c.pdf_tries < literal_column("3"))
Index("ix_notice_unmade", notice.c.key, sqlite_where=UNMADE, postgresql_where=UNMADE)
Index("ix_notice_pdf_digest", notice.c.pdf_digest)

#: Letters that were printed together, each behind the sheet with its address.
print_batch = Table(
    "print_batch",
    metadata,
    key_column(),
    authority_column(),
    Column("state", String(10), nullable=False),
    Column("copies", Integer, nullable=False),
    Column("pages", Integer, nullable=False),
    #: The PDF for the printer, as a stored file.
    Column("digest", String(64), nullable=False),
    Column("made_at", Instant, nullable=False),
    Column("made_by", Key, ForeignKey("membership.key"), nullable=False),
    Column("posted_on", Date),
    Column("version", Integer, nullable=False, server_default="1"),
    one_of("state", "made", "posted", "returned"),
)
Index("ix_print_batch_digest", print_batch.c.digest)

delivery = Table(
    "delivery",
    metadata,
    key_column(),
    authority_column(),
    case_column(),
    Column("notice_key", Key, ForeignKey("notice.key"), nullable=False),
    Column("recipient", String(40), nullable=False),
    Column("organisation", String(80)),
    Column("family_member_key", Key, ForeignKey("family_member.key")),
    Column("channel", String(10), nullable=False),
    Column("state", String(10), nullable=False),
    Column("sent_on", Date, nullable=False),
    Column("served_on", Date, nullable=False),
    Column("delivered_on", Date),
    Column("chased_on", Date),
    #: The instant from which a copy that isn't known to have arrived is chased; None where none is due.
    Column("chase_at", Instant),
    #: Whether the notice's own days count this copy; not one that somebody was sent besides.
    Column("counts", Boolean, nullable=False, server_default=true()),
    #: The batch that it was printed with.
    Column("print_batch_key", Key, ForeignKey("print_batch.key")),
    one_of("channel", "email", "portal", "post", "by_hand"),
    one_of("state", "sent", "delivered", "failed", "chased"),
)
Index("ix_delivery_notice_key", delivery.c.notice_key)
Index("ix_delivery_print_batch_key", delivery.c.print_batch_key)
Index("ix_delivery_case_key", delivery.c.case_key)
CHASES = delivery.c.chase_at.is_not(None)
Index("ix_delivery_chase_at", delivery.c.chase_at, sqlite_where=CHASES, postgresql_where=CHASES)

authority_contact = Table(
    "authority_contact",
    metadata,
    Column("authority", String(3), primary_key=True),
    #: What the notice must name, for instance `mediation_adviser` or `local_offer`.
    Column("code", String(40), primary_key=True),
    Column("value", Text, nullable=False),
    Column("recorded_at", Instant, nullable=False),
)

# --- who looks after a case ----------------------------------------------------------------------

case_officer = Table(
    "case_officer",
    metadata,
    key_column(),
    authority_column(),
    case_column(),
    Column("membership_key", Key, ForeignKey("membership.key"), nullable=False),
    Column("from_on", Date, nullable=False),
    Column("to_on", Date),
)
CURRENT_OFFICER = case_officer.c.to_on.is_(None)
Index(
    "ix_case_officer_case_key_current",
    case_officer.c.case_key,
    unique=True,
    sqlite_where=CURRENT_OFFICER,
    postgresql_where=CURRENT_OFFICER,
)

cover = Table(
    "cover",
    metadata,
    key_column(),
    authority_column(),
    Column("absent_key", Key, ForeignKey("membership.key"), nullable=False),
    Column("covered_by_key", Key, ForeignKey("membership.key"), nullable=False),
    Column("from_on", Date, nullable=False),
    Column("to_on", Date, nullable=False),
)
Index("ix_cover_absent_key", cover.c.absent_key)
