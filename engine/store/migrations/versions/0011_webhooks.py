"""Webhooks and their deliveries"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from engine.store.types import Instant, JsonText


revision = '0011'
down_revision = '0010'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table('webhook',
    sa.Column('key', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=True, nullable=False),
    sa.Column('authority', sa.String(length=3), nullable=False),
    sa.Column('label', sa.Text(), nullable=False),
    sa.Column('url', sa.Text(), nullable=False),
    sa.Column('events', JsonText(), nullable=False),
    sa.Column('secret', sa.Text(), nullable=False),
    sa.Column('secret_before', sa.Text(), nullable=True),
    sa.Column('secret_before_until', Instant(), nullable=True),
    sa.Column('state', sa.String(length=10), nullable=False),
    sa.Column('created_at', Instant(), nullable=False),
    sa.Column('created_by', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('taken_at', Instant(), nullable=True),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.CheckConstraint("state IN ('active', 'disabled')", name=op.f('ck_webhook_state')),
    sa.ForeignKeyConstraint(['created_by'], ['membership.key'], name=op.f('fk_webhook_created_by')),
    sa.PrimaryKeyConstraint('key', name=op.f('pk_webhook'))
    )
    op.create_index('ix_webhook_authority', 'webhook', ['authority', 'key'], unique=False)
    op.create_table('webhook_delivery',
    sa.Column('key', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=True, nullable=False),
    sa.Column('authority', sa.String(length=3), nullable=False),
    sa.Column('webhook_key', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('message_id', sa.String(length=40), nullable=False),
    sa.Column('event', sa.String(length=60), nullable=False),
    sa.Column('body', sa.Text(), nullable=False),
    sa.Column('state', sa.String(length=10), nullable=False),
    sa.Column('attempts', sa.Integer(), nullable=False),
    sa.Column('next_at', Instant(), nullable=False),
    sa.Column('created_at', Instant(), nullable=False),
    sa.Column('ended_at', Instant(), nullable=True),
    sa.Column('outcome', sa.String(length=40), nullable=True),
    sa.CheckConstraint("state IN ('waiting', 'delivered', 'dead')", name=op.f('ck_webhook_delivery_state')),
    sa.ForeignKeyConstraint(['webhook_key'], ['webhook.key'], name=op.f('fk_webhook_delivery_webhook_key')),
    sa.PrimaryKeyConstraint('key', name=op.f('pk_webhook_delivery'))
    )
    op.create_index('ix_webhook_delivery_waiting', 'webhook_delivery', ['next_at'], unique=False,
                    sqlite_where=sa.text("state = 'waiting'"), postgresql_where=sa.text("state = 'waiting'"))
    op.create_index('ix_webhook_delivery_webhook_key', 'webhook_delivery', ['webhook_key', 'key'], unique=False)


def downgrade() -> None:
    """Take back."""
    op.drop_index('ix_webhook_delivery_webhook_key', table_name='webhook_delivery')
    op.drop_index('ix_webhook_delivery_waiting', table_name='webhook_delivery')
    op.drop_table('webhook_delivery')
    op.drop_index('ix_webhook_authority', table_name='webhook')
    op.drop_table('webhook')
