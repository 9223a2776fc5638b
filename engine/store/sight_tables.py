"""Tables of sight: whom a family has let see what, which cases are for a few alone, who may
work across the border of an authority, and who has opened what."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Date, ForeignKey, Index, String, Table, Text, UniqueConstraint

from engine.store.columns import authority_column, case_column, key_column, metadata, one_of
from engine.store.types import Instant, Key

#: What a family has agreed to, or refused, for one agency (S12).
consent = Table(
    "consent",
    metadata,
    key_column(),
    authority_column(),
    case_column(),
    #: The agency whose sight it opens or closes.
    Column("organisation", String(80), nullable=False),
    Column("decision", String(10), nullable=False),
    #: What it is about: what stands in the plan's sections; what others have filed.
    Column("covers_plan", Boolean, nullable=False),
    Column("covers_documents", Boolean, nullable=False),
    Column("given_by", Key, ForeignKey("family_member.key"), nullable=False),
    Column("starts_on", Date, nullable=False),
    #: The last day on which it holds; None: until it is withdrawn.
    Column("ends_on", Date),
    Column("recorded_at", Instant, nullable=False),
    Column("recorded_by", Key, ForeignKey("membership.key"), nullable=False),
    #: The first day on which it doesn't hold any more.
    Column("withdrawn_on", Date),
    Column("withdrawn_by", Key, ForeignKey("family_member.key")),
    one_of("decision", "given", "refused"),
)
Index("ix_consent_case_key_organisation", consent.c.case_key, consent.c.organisation)

#: A case that only those see who are named, while this isn't lifted.
restriction = Table(
    "restriction",
    metadata,
    key_column(),
    authority_column(),
    case_column(),
    #: For those who see the case. It may tell something about a child, and stands nowhere else.
    Column("reason", Text, nullable=False),
    Column("restricted_at", Instant, nullable=False),
    Column("restricted_by", Key, ForeignKey("membership.key"), nullable=False),
    Column("lifted_at", Instant),
    Column("lifted_by", Key, ForeignKey("membership.key")),
)
#: The case is for those who are named. Queries with this very condition can use the partial index.
IN_FORCE = restriction.c.lifted_at.is_(None)
Index(
    "ix_restriction_in_force",
    restriction.c.case_key,
    unique=True,
    sqlite_where=IN_FORCE,
    postgresql_where=IN_FORCE,
)

#: Who still sees a restricted case, as far as they saw it before.
restriction_member = Table(
    "restriction_member",
    metadata,
    authority_column(),
    Column("restriction_key", Key, ForeignKey("restriction.key"), primary_key=True, autoincrement=False),
    Column("membership_key", Key, ForeignKey("membership.key"), primary_key=True, autoincrement=False),
    sqlite_with_rowid=False,
)

#: Who has opened what of a case.
access_record = Table(
    "access_record",
    metadata,
    key_column(),
    authority_column(),
    case_column(),
    Column("membership_key", Key, ForeignKey("membership.key"), nullable=False),
    #: In what capacity, as it was then.
    Column("organisation", String(80), nullable=False),
    Column("role", String(40), nullable=False),
    Column("what", String(20), nullable=False),
    #: The key of what was opened; None where it is the case itself.
    Column("subject_key", Key),
    Column("opened_at", Instant, nullable=False),
)
Index("ix_access_record_case_key_key", access_record.c.case_key, access_record.c.key)

#: An authority lets the members of a setting that another authority keeps work on its cases.
agreement = Table(
    "agreement",
    metadata,
    key_column(),
    #: The authority that lets them: it alone makes and ends an agreement.
    authority_column(),
    Column("organisation_key", Key, ForeignKey("organisation.key"), nullable=False),
    #: The authority that keeps the setting and its members, and the setting's number, as they were then.
    Column("kept_by", String(3), nullable=False),
    Column("urn", String(6), nullable=False),
    Column("starts_on", Date, nullable=False),
    #: The last day on which it holds.
    Column("ends_on", Date),
    Column("recorded_at", Instant, nullable=False),
    Column("recorded_by", Key, ForeignKey("membership.key"), nullable=False),
    UniqueConstraint("authority", "organisation_key", "starts_on"),
)
Index("ix_agreement_organisation_key", agreement.c.organisation_key)
