"""Imports"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from engine.store.types import Instant

revision = '0010'
down_revision = '0009'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table('import_run',
    sa.Column('key', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=True, nullable=False),
    sa.Column('authority', sa.String(length=3), nullable=False),
    sa.Column('rows', sa.Integer(), nullable=False),
    sa.Column('imported', sa.Integer(), nullable=False),
    sa.Column('present', sa.Integer(), nullable=False),
    sa.Column('left_out', sa.Integer(), nullable=False),
    sa.Column('problems', sa.Integer(), nullable=False),
    sa.Column('created_at', Instant(), nullable=False),
    sa.Column('created_by', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.ForeignKeyConstraint(['created_by'], ['membership.key'], name=op.f('fk_import_run_created_by')),
    sa.PrimaryKeyConstraint('key', name=op.f('pk_import_run'))
    )
    with op.batch_alter_table('import_run', schema=None) as batch_op:
        batch_op.create_index('ix_import_run_authority_key', ['authority', 'key'], unique=False)
    op.create_table('imported_row',
    sa.Column('authority', sa.String(length=3), nullable=False),
    sa.Column('identity', sa.String(length=64), nullable=False),
    sa.Column('case_key', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('imported_at', Instant(), nullable=False),
    sa.ForeignKeyConstraint(['case_key'], ['ehc_case.key'], name=op.f('fk_imported_row_case_key')),
    sa.PrimaryKeyConstraint('authority', 'identity', name=op.f('pk_imported_row')),
    sqlite_with_rowid=False
    )
    with op.batch_alter_table('imported_row', schema=None) as batch_op:
        batch_op.create_index('ix_imported_row_case_key', ['case_key'], unique=False)


def downgrade() -> None:
    """Take back."""
    with op.batch_alter_table('imported_row', schema=None) as batch_op:
        batch_op.drop_index('ix_imported_row_case_key')
    op.drop_table('imported_row')
    with op.batch_alter_table('import_run', schema=None) as batch_op:
        batch_op.drop_index('ix_import_run_authority_key')
    op.drop_table('import_run')
