"""Organisations and their members"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from engine.store.types import JsonText

revision = '0004'
down_revision = '0003'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table('authority_event',
    sa.Column('authority', sa.String(length=3), nullable=False),
    sa.Column('sequence', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('body', sa.Text(), nullable=False),
    sa.Column('hash', sa.String(length=64), nullable=False),
    sa.PrimaryKeyConstraint('authority', 'sequence', name=op.f('pk_authority_event'))
    )
    op.create_table('authority_chain',
    sa.Column('authority', sa.String(length=3), nullable=False),
    sa.Column('sequence', sa.Integer(), nullable=False),
    sa.Column('hash', sa.String(length=64), nullable=False),
    sa.PrimaryKeyConstraint('authority', name=op.f('pk_authority_chain'))
    )
    op.create_table('setting',
    sa.Column('authority', sa.String(length=3), nullable=False),
    sa.Column('urn', sa.String(length=6), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('search_name', sa.Text(), nullable=False),
    sa.Column('area', sa.String(length=3), nullable=False),
    sa.Column('establishment_number', sa.String(length=4), nullable=True),
    sa.Column('ukprn', sa.String(length=8), nullable=True),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('phase', sa.Text(), nullable=True),
    sa.Column('status', sa.String(length=40), nullable=False),
    sa.Column('opened_on', sa.Date(), nullable=True),
    sa.Column('closed_on', sa.Date(), nullable=True),
    sa.Column('postcode', sa.String(length=10), nullable=True),
    sa.Column('special_needs', JsonText(), nullable=False),
    sa.Column('successors', JsonText(), nullable=False),
    sa.PrimaryKeyConstraint('authority', 'urn', name=op.f('pk_setting'))
    )
    with op.batch_alter_table('organisation', schema=None) as batch_op:
        batch_op.add_column(sa.Column('parent_key', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True))
        batch_op.add_column(sa.Column('valid_from', sa.Date(), nullable=True))
        batch_op.add_column(sa.Column('valid_to', sa.Date(), nullable=True))
        batch_op.add_column(sa.Column('version', sa.Integer(), server_default='1', nullable=False))
        batch_op.create_foreign_key(batch_op.f('fk_organisation_parent_key'), 'organisation', ['parent_key'], ['key'])
    with op.batch_alter_table('person', schema=None) as batch_op:
        batch_op.add_column(sa.Column('version', sa.Integer(), server_default='1', nullable=False))
    with op.batch_alter_table('membership', schema=None) as batch_op:
        batch_op.add_column(sa.Column('version', sa.Integer(), server_default='1', nullable=False))
        batch_op.create_index('ix_membership_person_key', ['person_key'], unique=False)


def downgrade() -> None:
    """Take back."""
    with op.batch_alter_table('membership', schema=None) as batch_op:
        batch_op.drop_index('ix_membership_person_key')
        batch_op.drop_column('version')
    with op.batch_alter_table('person', schema=None) as batch_op:
        batch_op.drop_column('version')
    with op.batch_alter_table('organisation', schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f('fk_organisation_parent_key'), type_='foreignkey')
        batch_op.drop_column('version')
        batch_op.drop_column('valid_to')
        batch_op.drop_column('valid_from')
        batch_op.drop_column('parent_key')
    op.drop_table('setting')
    op.drop_table('authority_chain')
    op.drop_table('authority_event')
