"""Tables of files that were uploaded: what is being sent, what is stored and how it was checked."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Column,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    String,
    Table,
    Text,
)

from engine.store.columns import authority_column, case_column, key_column, metadata, one_of
from engine.store.types import Instant, JsonText, Key

#: A file by its content. It is written before its bytes are put in place, so that no bytes lie there of which
#: the database knows nothing; one that no document names any more is swept away.
stored_file = Table(
    "stored_file",
    metadata,
    Column("authority", String(3), primary_key=True),
    #: SHA-256 in hex; also where the bytes lie.
    Column("digest", String(64), primary_key=True),
    Column("size", BigInteger, nullable=False),
    Column("state", String(12), nullable=False),
    #: What the scanner called that which it found.
    Column("finding", Text),
    #: When the scanner is to be asked next; null when it needn't be.
    Column("scan_at", Instant),
    Column("attempts", Integer, nullable=False),
    #: When somebody last sent it.
    Column("kept_at", Instant, nullable=False),
    one_of("state", "quarantined", "clean", "infected", "unscanned"),
    sqlite_with_rowid=False,
)
SCANS = stored_file.c.scan_at.is_not(None)
Index("ix_stored_file_scan_at", stored_file.c.scan_at, sqlite_where=SCANS, postgresql_where=SCANS)

#: What makes a document a file.
document_file = Table(
    "document_file",
    metadata,
    Column("document_key", Key, ForeignKey("document.key"), primary_key=True, autoincrement=False),
    authority_column(),
    case_column(),
    Column("digest", String(64), nullable=False),
    #: What its sender called it: shown, and never a path.
    Column("name", Text, nullable=False),
    Column("media_type", String(100), nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("state", String(12), nullable=False),
    #: The document that took its place.
    Column("superseded_by", Key, ForeignKey("document.key")),
    Column("changed_at", Instant),
    ForeignKeyConstraint(
        ["authority", "digest"],
        ["stored_file.authority", "stored_file.digest"],
        name="fk_document_file_authority_digest",
    ),
    one_of("state", "current", "superseded", "withdrawn"),
)
Index("ix_document_file_case_key", document_file.c.case_key)
Index("ix_document_file_authority_digest", document_file.c.authority, document_file.c.digest)
Index("ix_document_file_superseded_by", document_file.c.superseded_by)

#: A file that is sent in parts. `received` bytes of it lie in the part of this name.
upload = Table(
    "upload",
    metadata,
    key_column(),
    authority_column(),
    case_column(),
    Column("membership_key", Key, ForeignKey("membership.key"), nullable=False),
    Column("length", BigInteger, nullable=False),
    Column("received", BigInteger, nullable=False),
    Column("part", String(40), nullable=False),
    #: SHA-256 of the whole in hex; null: each part comes with a checksum of its own.
    Column("digest", String(64)),
    #: What the document will be: name, kind, audience, task, what it supersedes.
    Column("details", JsonText, nullable=False),
    Column("document_key", Key, ForeignKey("document.key")),
    Column("created_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False),
)
#: The document isn't made yet.
UNDER_WAY = upload.c.document_key.is_(None)
Index("ix_upload_expires_at", upload.c.expires_at)
Index("ix_upload_case_key", upload.c.case_key)
Index(
    "ix_upload_membership_key_under_way",
    upload.c.membership_key,
    sqlite_where=UNDER_WAY,
    postgresql_where=UNDER_WAY,
)
