"""What became of messages that were sent"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = '0019'
down_revision = '0018'
branch_labels = None
depends_on = None

_AWAITED = "state = 'sent' AND ended_at IS NULL AND provider IN ('notify', 'webhook')"


def upgrade() -> None:
    """Apply."""
    op.create_index('ix_outbox_awaited', 'outbox', ['next_at'],
    sqlite_where=sa.text(_AWAITED), postgresql_where=sa.text(_AWAITED))
    op.create_index('ix_webhook_delivery_message_id', 'webhook_delivery', ['message_id'], unique=True)


def downgrade() -> None:
    """Take back."""
    op.drop_index('ix_webhook_delivery_message_id', table_name='webhook_delivery')
    op.drop_index('ix_outbox_awaited', table_name='outbox')
