"""The ladder of escalations"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from engine.store.types import Instant

revision = '0014'
down_revision = '0013'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.add_column('escalation', sa.Column('quiet_until', Instant(), nullable=True))
    op.add_column('escalation', sa.Column('told', sa.Integer(), server_default='0', nullable=False))
    op.add_column('escalation', sa.Column('joined', sa.Integer(), server_default='0', nullable=False))
    op.add_column('escalation', sa.Column('told_at', Instant(), nullable=True))
    op.add_column('escalation', sa.Column('ladder_row', sa.String(length=200), nullable=True))


def downgrade() -> None:
    """Take back."""
    for name in ('ladder_row', 'told_at', 'joined', 'told', 'quiet_until'):
        op.drop_column('escalation', name)
