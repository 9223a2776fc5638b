"""Migration and batches"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from engine.store.types import Instant, JsonText, PackedText

revision = '0009'
down_revision = '0008'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table('batch',
    sa.Column('key', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=True, nullable=False),
    sa.Column('authority', sa.String(length=3), nullable=False),
    sa.Column('kind', sa.String(length=20), nullable=False),
    sa.Column('state', sa.String(length=10), nullable=False),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('parameters', JsonText(), nullable=False),
    sa.Column('total', sa.Integer(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('created_at', Instant(), nullable=False),
    sa.Column('created_by', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('ended_at', Instant(), nullable=True),
    sa.CheckConstraint("kind IN ('migrate', 'undo_migration', 'suspend', 'resume', 'cancel', 'retry', 'reassign')", name=op.f('ck_batch_kind')),
    sa.CheckConstraint("state IN ('running', 'paused', 'cancelled', 'completed')", name=op.f('ck_batch_state')),
    sa.ForeignKeyConstraint(['created_by'], ['membership.key'], name=op.f('fk_batch_created_by')),
    sa.PrimaryKeyConstraint('key', name=op.f('pk_batch'))
    )
    with op.batch_alter_table('batch', schema=None) as batch_op:
        batch_op.create_index('ix_batch_authority_key', ['authority', 'key'], unique=False)
        batch_op.create_index('ix_batch_running', ['created_at'], unique=False, sqlite_where=sa.text("state = 'running'"), postgresql_where=sa.text("state = 'running'"))
    op.create_table('instance_migration',
    sa.Column('key', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=True, nullable=False),
    sa.Column('authority', sa.String(length=3), nullable=False),
    sa.Column('case_key', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('instance_key', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('batch_key', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('source_key', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('target_key', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('former_state', PackedText(), nullable=True),
    sa.Column('after_version', sa.Integer(), nullable=False),
    sa.Column('moved', sa.Boolean(), nullable=False),
    sa.Column('migrated_at', Instant(), nullable=False),
    sa.Column('migrated_by', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('undone_at', Instant(), nullable=True),
    sa.ForeignKeyConstraint(['batch_key'], ['batch.key'], name=op.f('fk_instance_migration_batch_key')),
    sa.ForeignKeyConstraint(['case_key'], ['ehc_case.key'], name=op.f('fk_instance_migration_case_key')),
    sa.ForeignKeyConstraint(['instance_key'], ['instance.key'], name=op.f('fk_instance_migration_instance_key')),
    sa.ForeignKeyConstraint(['migrated_by'], ['membership.key'], name=op.f('fk_instance_migration_migrated_by')),
    sa.ForeignKeyConstraint(['source_key'], ['process_definition.key'], name=op.f('fk_instance_migration_source_key')),
    sa.ForeignKeyConstraint(['target_key'], ['process_definition.key'], name=op.f('fk_instance_migration_target_key')),
    sa.PrimaryKeyConstraint('key', name=op.f('pk_instance_migration'))
    )
    with op.batch_alter_table('instance_migration', schema=None) as batch_op:
        batch_op.create_index('ix_instance_migration_instance_key', ['instance_key', 'key'], unique=False)
        batch_op.create_index('ix_instance_migration_kept', ['migrated_at'], unique=False, sqlite_where=sa.text('former_state IS NOT NULL'), postgresql_where=sa.text('former_state IS NOT NULL'))
    op.create_table('batch_item',
    sa.Column('key', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=True, nullable=False),
    sa.Column('authority', sa.String(length=3), nullable=False),
    sa.Column('batch_key', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('case_key', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('instance_key', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('task_key', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('state', sa.String(length=10), nullable=False),
    sa.Column('problem', sa.Text(), nullable=True),
    sa.Column('done_at', Instant(), nullable=True),
    sa.CheckConstraint("state IN ('waiting', 'done', 'failed', 'cancelled')", name=op.f('ck_batch_item_state')),
    sa.ForeignKeyConstraint(['batch_key'], ['batch.key'], name=op.f('fk_batch_item_batch_key')),
    sa.ForeignKeyConstraint(['case_key'], ['ehc_case.key'], name=op.f('fk_batch_item_case_key')),
    sa.ForeignKeyConstraint(['instance_key'], ['instance.key'], name=op.f('fk_batch_item_instance_key')),
    sa.ForeignKeyConstraint(['task_key'], ['task.key'], name=op.f('fk_batch_item_task_key')),
    sa.PrimaryKeyConstraint('key', name=op.f('pk_batch_item'))
    )
    with op.batch_alter_table('batch_item', schema=None) as batch_op:
        batch_op.create_index('ix_batch_item_batch_key_state', ['batch_key', 'state', 'key'], unique=False)


def downgrade() -> None:
    """Take back."""
    with op.batch_alter_table('batch_item', schema=None) as batch_op:
        batch_op.drop_index('ix_batch_item_batch_key_state')
    op.drop_table('batch_item')
    with op.batch_alter_table('instance_migration', schema=None) as batch_op:
        batch_op.drop_index('ix_instance_migration_kept', sqlite_where=sa.text('former_state IS NOT NULL'), postgresql_where=sa.text('former_state IS NOT NULL'))
        batch_op.drop_index('ix_instance_migration_instance_key')
    op.drop_table('instance_migration')
    with op.batch_alter_table('batch', schema=None) as batch_op:
        batch_op.drop_index('ix_batch_running', sqlite_where=sa.text("state = 'running'"), postgresql_where=sa.text("state = 'running'"))
        batch_op.drop_index('ix_batch_authority_key')
    op.drop_table('batch')
