"""Organisations and their members"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

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


def downgrade() -> None:
    """Take back."""
    op.drop_table('authority_chain')
    op.drop_table('authority_event')
