"""Digests"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from engine.store.types import Instant

revision = '0020'
down_revision = '0019'
branch_labels = None
depends_on = None

_WAITS = "told_at IS NULL AND withdrawn_at IS NULL AND channel = 'digest'"
_STANDS = "state != 'resolved' AND reason = 'missed' AND quiet_until IS NULL"


def upgrade() -> None:
    """Apply."""
    op.add_column('authority', sa.Column('digested_at', Instant(), nullable=True))
    op.create_index('ix_hearing_waits', 'hearing', ['authority', 'created_at'], unique=False, sqlite_where=sa.text(_WAITS), postgresql_where=sa.text(_WAITS))
    op.create_index('ix_escalation_stands', 'escalation', ['authority', 'changed_at'], unique=False, sqlite_where=sa.text(_STANDS), postgresql_where=sa.text(_STANDS))


def downgrade() -> None:
    """Take back."""
    op.drop_index('ix_escalation_stands', table_name='escalation')
    op.drop_index('ix_hearing_waits', table_name='hearing')
    with op.batch_alter_table('authority') as batch:
        batch.drop_column('digested_at')
