"""Tables of work on many instances at once, how far it has come, and what a migration goes back to."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, ForeignKey, Index, Integer, String, Table, Text, literal_column

from engine.store.columns import authority_column, case_column, key_column, metadata, one_of
from engine.store.types import Instant, JsonText, Key, PackedText

batch = Table(
    "batch",
    metadata,
    key_column(),
    authority_column(),
    Column("kind", String(20), nullable=False),
    Column("state", String(10), nullable=False),
    Column("reason", Text, nullable=False),
    #: What every item is done with: the plan of a migration, who gets a task.
    Column("parameters", JsonText, nullable=False),
    Column("total", Integer, nullable=False),
    Column("version", Integer, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("created_by", Key, ForeignKey("membership.key"), nullable=False),
    Column("ended_at", Instant),
    one_of("kind", "migrate", "undo_migration", "suspend", "resume", "cancel", "retry", "reassign"),
    one_of("state", "running", "paused", "cancelled", "completed"),
)
#: Something is left to do, and nobody has stopped it.
RUNNING_BATCH = batch.c.state == literal_column("'running'")
Index("ix_batch_running", batch.c.created_at, sqlite_where=RUNNING_BATCH, postgresql_where=RUNNING_BATCH)
Index("ix_batch_authority_key", batch.c.authority, batch.c.key)

batch_item = Table(
    "batch_item",
    metadata,
    key_column(),
    authority_column(),
    Column("batch_key", Key, ForeignKey("batch.key"), nullable=False),
    case_column(),
    Column("instance_key", Key, ForeignKey("instance.key"), nullable=False),
    #: The task, where it's tasks that are worked on.
    Column("task_key", Key, ForeignKey("task.key")),
    Column("state", String(10), nullable=False),
    Column("problem", Text),
    Column("done_at", Instant),
    one_of("state", "waiting", "done", "failed", "cancelled"),
)
Index("ix_batch_item_batch_key_state", batch_item.c.batch_key, batch_item.c.state, batch_item.c.key)

instance_migration = Table(
    "instance_migration",
    metadata,
    key_column(),
    authority_column(),
    case_column(),
    Column("instance_key", Key, ForeignKey("instance.key"), nullable=False),
    Column("batch_key", Key, ForeignKey("batch.key")),
    Column("source_key", Key, ForeignKey("process_definition.key"), nullable=False),
    Column("target_key", Key, ForeignKey("process_definition.key"), nullable=False),
    #: None once it can't be gone back to any more.
    Column("former_state", PackedText),
    #: The instance's version right after it: while it has this, it hasn't moved.
    Column("after_version", Integer, nullable=False),
    #: Whether the migration itself did more than wait elsewhere, which nobody can undo.
    Column("moved", Boolean, nullable=False),
    Column("migrated_at", Instant, nullable=False),
    Column("migrated_by", Key, ForeignKey("membership.key"), nullable=False),
    Column("undone_at", Instant),
)
Index("ix_instance_migration_instance_key", instance_migration.c.instance_key, instance_migration.c.key)
KEPT_STATE = instance_migration.c.former_state.is_not(None)
Index(
    "ix_instance_migration_kept",
    instance_migration.c.migrated_at,
    sqlite_where=KEPT_STATE,
    postgresql_where=KEPT_STATE,
)
