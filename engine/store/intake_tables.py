"""Tables of what was brought in from another system: when, and which row became which case."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Index, Integer, String, Table

from engine.store.columns import authority_column, case_column, key_column, metadata
from engine.store.types import Instant, Key

import_run = Table(
    "import_run",
    metadata,
    key_column(),
    authority_column(),
    Column("rows", Integer, nullable=False),
    Column("imported", Integer, nullable=False),
    Column("present", Integer, nullable=False),
    Column("left_out", Integer, nullable=False),
    Column("problems", Integer, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("created_by", Key, ForeignKey("membership.key"), nullable=False),
)
Index("ix_import_run_authority_key", import_run.c.authority, import_run.c.key)

#: One for each row that became a case: the same row is known again, in whatever file it comes.
imported_row = Table(
    "imported_row",
    metadata,
    Column("authority", String(3), primary_key=True),
    #: A hash of whose row it is and of which request or plan; it says nothing by itself.
    Column("identity", String(64), primary_key=True),
    case_column(),
    Column("imported_at", Instant, nullable=False),
    sqlite_with_rowid=False,
)
Index("ix_imported_row_case_key", imported_row.c.case_key)
