"""Retention and export"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from engine.store.types import Instant, JsonText

revision = '0012'
down_revision = '0011'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table('case_link',
    sa.Column('key', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=True, nullable=False),
    sa.Column('authority', sa.String(length=3), nullable=False),
    sa.Column('case_key', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('other_key', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('kind', sa.String(length=20), nullable=False),
    sa.Column('made_at', Instant(), nullable=False),
    sa.Column('made_by', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.CheckConstraint("kind IN ('same_child', 'siblings', 'other')", name=op.f('ck_case_link_kind')),
    sa.ForeignKeyConstraint(['case_key'], ['ehc_case.key'], name=op.f('fk_case_link_case_key')),
    sa.ForeignKeyConstraint(['made_by'], ['membership.key'], name=op.f('fk_case_link_made_by')),
    sa.ForeignKeyConstraint(['other_key'], ['ehc_case.key'], name=op.f('fk_case_link_other_key')),
    sa.PrimaryKeyConstraint('key', name=op.f('pk_case_link')),
    sa.UniqueConstraint('case_key', 'other_key', name=op.f('uq_case_link_case_key_other_key'))
    )
    op.create_index('ix_case_link_other_key', 'case_link', ['other_key'], unique=False)
    op.create_table('destruction',
    sa.Column('key', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=True, nullable=False),
    sa.Column('authority', sa.String(length=3), nullable=False),
    sa.Column('of_case', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('state', sa.String(length=10), nullable=False),
    sa.Column('record_class', sa.String(length=40), nullable=False),
    sa.Column('due_on', sa.Date(), nullable=False),
    sa.Column('proposed_at', Instant(), nullable=False),
    sa.Column('proposed_by', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('decided_at', Instant(), nullable=True),
    sa.Column('decided_by', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('certificate', JsonText(), nullable=True),
    sa.CheckConstraint("state IN ('proposed', 'destroyed', 'rejected')", name=op.f('ck_destruction_state')),
    sa.ForeignKeyConstraint(['decided_by'], ['membership.key'], name=op.f('fk_destruction_decided_by')),
    sa.ForeignKeyConstraint(['proposed_by'], ['membership.key'], name=op.f('fk_destruction_proposed_by')),
    sa.PrimaryKeyConstraint('key', name=op.f('pk_destruction'))
    )
    op.create_index('ix_destruction_authority_of_case', 'destruction', ['authority', 'of_case'], unique=False)
    op.create_table('export',
    sa.Column('key', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=True, nullable=False),
    sa.Column('authority', sa.String(length=3), nullable=False),
    sa.Column('case_key', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('membership_key', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('kind', sa.String(length=10), nullable=False),
    sa.Column('state', sa.String(length=10), nullable=False),
    sa.Column('options', JsonText(), nullable=False),
    sa.Column('done', sa.Integer(), nullable=False),
    sa.Column('total', sa.Integer(), nullable=False),
    sa.Column('size', sa.BigInteger(), nullable=True),
    sa.Column('digest', sa.String(length=64), nullable=True),
    sa.Column('part', sa.String(length=60), nullable=True),
    sa.Column('created_at', Instant(), nullable=False),
    sa.Column('started_at', Instant(), nullable=True),
    sa.Column('ready_at', Instant(), nullable=True),
    sa.Column('expires_at', Instant(), nullable=True),
    sa.CheckConstraint("kind IN ('subject', 'authority')", name=op.f('ck_export_kind')),
    sa.CheckConstraint("state IN ('waiting', 'running', 'ready', 'failed', 'expired')", name=op.f('ck_export_state')),
    sa.ForeignKeyConstraint(['case_key'], ['ehc_case.key'], name=op.f('fk_export_case_key')),
    sa.ForeignKeyConstraint(['membership_key'], ['membership.key'], name=op.f('fk_export_membership_key')),
    sa.PrimaryKeyConstraint('key', name=op.f('pk_export'))
    )
    op.create_index('ix_export_authority_key', 'export', ['authority', 'key'], unique=False)
    op.create_index('ix_export_case_key', 'export', ['case_key'], unique=False)
    op.create_index('ix_export_state', 'export', ['state'], unique=False)
    op.create_table('retention_hold',
    sa.Column('key', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=True, nullable=False),
    sa.Column('authority', sa.String(length=3), nullable=False),
    sa.Column('case_key', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('placed_at', Instant(), nullable=False),
    sa.Column('placed_by', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('lifted_at', Instant(), nullable=True),
    sa.Column('lifted_by', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.ForeignKeyConstraint(['case_key'], ['ehc_case.key'], name=op.f('fk_retention_hold_case_key')),
    sa.ForeignKeyConstraint(['lifted_by'], ['membership.key'], name=op.f('fk_retention_hold_lifted_by')),
    sa.ForeignKeyConstraint(['placed_by'], ['membership.key'], name=op.f('fk_retention_hold_placed_by')),
    sa.PrimaryKeyConstraint('key', name=op.f('pk_retention_hold'))
    )
    op.create_index('ix_retention_hold_authority_case_key', 'retention_hold', ['authority', 'case_key'], unique=False)
    op.add_column('child', sa.Column('reference', sa.String(length=40), nullable=True))
    op.add_column('child', sa.Column('version', sa.Integer(), server_default='1', nullable=False))
    op.create_index('ix_ehc_case_child_key', 'ehc_case', ['child_key'], unique=False)
    op.create_index('ix_child_authority_nhs_number', 'child', ['authority', 'nhs_number'], unique=False)
    op.create_index('ix_child_authority_reference', 'child', ['authority', 'reference'], unique=False)
    op.create_index('ix_child_authority_upn', 'child', ['authority', 'upn'], unique=False)


def downgrade() -> None:
    """Take back."""
    op.drop_index('ix_ehc_case_child_key', table_name='ehc_case')
    op.drop_index('ix_child_authority_upn', table_name='child')
    op.drop_index('ix_child_authority_reference', table_name='child')
    op.drop_index('ix_child_authority_nhs_number', table_name='child')
    op.drop_column('child', 'version')
    op.drop_column('child', 'reference')
    op.drop_index('ix_retention_hold_authority_case_key', table_name='retention_hold')
    op.drop_table('retention_hold')
    op.drop_index('ix_export_state', table_name='export')
    op.drop_index('ix_export_case_key', table_name='export')
    op.drop_index('ix_export_authority_key', table_name='export')
    op.drop_table('export')
    op.drop_index('ix_destruction_authority_of_case', table_name='destruction')
    op.drop_table('destruction')
    op.drop_index('ix_case_link_other_key', table_name='case_link')
    op.drop_table('case_link')
