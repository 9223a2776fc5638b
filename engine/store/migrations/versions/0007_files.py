"""Uploaded files"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from engine.store.types import Instant, JsonText

revision = '0007'
down_revision = '0006'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table('stored_file',
    sa.Column('authority', sa.String(length=3), nullable=False),
    sa.Column('digest', sa.String(length=64), nullable=False),
    sa.Column('size', sa.BigInteger(), nullable=False),
    sa.Column('state', sa.String(length=12), nullable=False),
    sa.Column('finding', sa.Text(), nullable=True),
    sa.Column('scan_at', Instant(), nullable=True),
    sa.Column('attempts', sa.Integer(), nullable=False),
    sa.Column('kept_at', Instant(), nullable=False),
    sa.CheckConstraint("state IN ('quarantined', 'clean', 'infected', 'unscanned')", name=op.f('ck_stored_file_state')),
    sa.PrimaryKeyConstraint('authority', 'digest', name=op.f('pk_stored_file')),
    sqlite_with_rowid=False
    )
    with op.batch_alter_table('stored_file', schema=None) as batch_op:
        batch_op.create_index('ix_stored_file_scan_at', ['scan_at'], unique=False, sqlite_where=sa.text('scan_at IS NOT NULL'), postgresql_where=sa.text('scan_at IS NOT NULL'))

    op.create_table('document_file',
    sa.Column('document_key', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=False, nullable=False),
    sa.Column('authority', sa.String(length=3), nullable=False),
    sa.Column('case_key', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('digest', sa.String(length=64), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('media_type', sa.String(length=100), nullable=False),
    sa.Column('size', sa.BigInteger(), nullable=False),
    sa.Column('state', sa.String(length=12), nullable=False),
    sa.Column('superseded_by', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('changed_at', Instant(), nullable=True),
    sa.CheckConstraint("state IN ('current', 'superseded', 'withdrawn')", name=op.f('ck_document_file_state')),
    sa.ForeignKeyConstraint(['authority', 'digest'], ['stored_file.authority', 'stored_file.digest'], name='fk_document_file_authority_digest'),
    sa.ForeignKeyConstraint(['case_key'], ['ehc_case.key'], name=op.f('fk_document_file_case_key')),
    sa.ForeignKeyConstraint(['document_key'], ['document.key'], name=op.f('fk_document_file_document_key')),
    sa.ForeignKeyConstraint(['superseded_by'], ['document.key'], name=op.f('fk_document_file_superseded_by')),
    sa.PrimaryKeyConstraint('document_key', name=op.f('pk_document_file'))
    )
    with op.batch_alter_table('document_file', schema=None) as batch_op:
        batch_op.create_index('ix_document_file_authority_digest', ['authority', 'digest'], unique=False)
        batch_op.create_index('ix_document_file_case_key', ['case_key'], unique=False)
        batch_op.create_index('ix_document_file_superseded_by', ['superseded_by'], unique=False)

    op.create_table('upload',
    sa.Column('key', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=True, nullable=False),
    sa.Column('authority', sa.String(length=3), nullable=False),
    sa.Column('case_key', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('membership_key', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('length', sa.BigInteger(), nullable=False),
    sa.Column('received', sa.BigInteger(), nullable=False),
    sa.Column('part', sa.String(length=40), nullable=False),
    sa.Column('digest', sa.String(length=64), nullable=True),
    sa.Column('details', JsonText(), nullable=False),
    sa.Column('document_key', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('created_at', Instant(), nullable=False),
    sa.Column('expires_at', Instant(), nullable=False),
    sa.ForeignKeyConstraint(['case_key'], ['ehc_case.key'], name=op.f('fk_upload_case_key')),
    sa.ForeignKeyConstraint(['document_key'], ['document.key'], name=op.f('fk_upload_document_key')),
    sa.ForeignKeyConstraint(['membership_key'], ['membership.key'], name=op.f('fk_upload_membership_key')),
    sa.PrimaryKeyConstraint('key', name=op.f('pk_upload'))
    )
    with op.batch_alter_table('upload', schema=None) as batch_op:
        batch_op.create_index('ix_upload_case_key', ['case_key'], unique=False)
        batch_op.create_index('ix_upload_expires_at', ['expires_at'], unique=False)
        batch_op.create_index('ix_upload_membership_key_under_way', ['membership_key'], unique=False, sqlite_where=sa.text('document_key IS NULL'), postgresql_where=sa.text('document_key IS NULL'))

    with op.batch_alter_table('document', schema=None) as batch_op:
        batch_op.add_column(sa.Column('hidden_from', JsonText(), server_default='[]', nullable=False))
        batch_op.add_column(sa.Column('version', sa.Integer(), server_default='1', nullable=False))


def downgrade() -> None:
    """Take back."""
    with op.batch_alter_table('document', schema=None) as batch_op:
        batch_op.drop_column('version')
        batch_op.drop_column('hidden_from')

    with op.batch_alter_table('upload', schema=None) as batch_op:
        batch_op.drop_index('ix_upload_membership_key_under_way', sqlite_where=sa.text('document_key IS NULL'), postgresql_where=sa.text('document_key IS NULL'))
        batch_op.drop_index('ix_upload_expires_at')
        batch_op.drop_index('ix_upload_case_key')

    op.drop_table('upload')
    with op.batch_alter_table('document_file', schema=None) as batch_op:
        batch_op.drop_index('ix_document_file_superseded_by')
        batch_op.drop_index('ix_document_file_case_key')
        batch_op.drop_index('ix_document_file_authority_digest')

    op.drop_table('document_file')
    with op.batch_alter_table('stored_file', schema=None) as batch_op:
        batch_op.drop_index('ix_stored_file_scan_at', sqlite_where=sa.text('scan_at IS NOT NULL'), postgresql_where=sa.text('scan_at IS NOT NULL'))

    op.drop_table('stored_file')
