"""Tables of whole records: which belong together, what leaves, how long they are kept, what was destroyed."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from engine.store.columns import authority_column, case_column, key_column, metadata, one_of
from engine.store.types import Instant, JsonText, Key

#: Two cases that somebody said belong together, the one with the smaller key first.
case_link = Table(
    "case_link",
    metadata,
    key_column(),
    authority_column(),
    case_column(),
    Column("other_key", Key, ForeignKey("ehc_case.key"), nullable=False),
    Column("kind", String(20), nullable=False),
    Column("made_at", Instant, nullable=False),
    Column("made_by", Key, ForeignKey("membership.key"), nullable=False),
    UniqueConstraint("case_key", "other_key"),
    one_of("kind", "same_child", "siblings", "other"),
)
Index("ix_case_link_other_key", case_link.c.other_key)

#: What somebody asked to be given: all that is held of one case's child, or all of an authority's data.
export = Table(
    "export",
    metadata,
    key_column(),
    authority_column(),
    case_column(nullable=True),
    Column("membership_key", Key, ForeignKey("membership.key"), nullable=False),
    Column("kind", String(10), nullable=False),
    Column("state", String(10), nullable=False),
    Column("options", JsonText, nullable=False),
    #: How many parts of how many are written.
    Column("done", Integer, nullable=False),
    Column("total", Integer, nullable=False),
    Column("size", BigInteger),
    Column("digest", String(64)),
    #: The name of its file in the folder of exports.
    Column("part", String(60)),
    Column("created_at", Instant, nullable=False),
    Column("started_at", Instant),
    Column("ready_at", Instant),
    Column("expires_at", Instant),
    one_of("kind", "subject", "authority"),
    one_of("state", "waiting", "running", "ready", "failed", "expired"),
)
Index("ix_export_authority_key", export.c.authority, export.c.key)
Index("ix_export_case_key", export.c.case_key)
Index("ix_export_state", export.c.state)

#: Nothing of the case, or without one of the whole authority, is destroyed while a hold lies on it.
retention_hold = Table(
    "retention_hold",
    metadata,
    key_column(),
    authority_column(),
    case_column(nullable=True),
    Column("reason", Text, nullable=False),
    Column("placed_at", Instant, nullable=False),
    Column("placed_by", Key, ForeignKey("membership.key"), nullable=False),
    Column("lifted_at", Instant),
    Column("lifted_by", Key, ForeignKey("membership.key")),
)
Index("ix_retention_hold_authority_case_key", retention_hold.c.authority, retention_hold.c.case_key)

#: A destruction from its proposal to its certificate. It outlives what it destroyed, so it names a case only.
destruction = Table(
    "destruction",
    metadata,
    key_column(),
    authority_column(),
    Column("of_case", Key, nullable=False),
    Column("state", String(10), nullable=False),
    Column("record_class", String(40), nullable=False),
    Column("due_on", Date, nullable=False),
    Column("proposed_at", Instant, nullable=False),
    Column("proposed_by", Key, ForeignKey("membership.key"), nullable=False),
    Column("decided_at", Instant),
    Column("decided_by", Key, ForeignKey("membership.key")),
    #: Counts and hashes of what was destroyed.
    Column("certificate", JsonText),
    one_of("state", "proposed", "destroyed", "rejected"),
)
Index("ix_destruction_authority_of_case", destruction.c.authority, destruction.c.of_case)
