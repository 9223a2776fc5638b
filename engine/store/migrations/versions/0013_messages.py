"""Messages that reach people"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from engine.store.types import Instant

revision = '0013'
down_revision = '0012'
branch_labels = None
depends_on = None

_KEY = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')
_KINDS = "kind IN ('alert', 'digest', 'notice', 'task')"
_CHANNELS = "channel IN ('inbox', 'email', 'text', 'letter', 'print', 'chat', 'webhook', 'portal', 'by_hand')"
_CHOSEN = "channel IN ('inbox', 'email', 'text', 'chat', 'webhook')"
_STATES = "state IN ('waiting', 'sent', 'delivered', 'failed', 'held', 'canceled')"
_STATES_BEFORE = "state IN ('waiting', 'sent', 'failed', 'held')"


def upgrade() -> None:
    """Apply."""
    op.drop_index('ix_outbox_waiting', table_name='outbox')
    with op.batch_alter_table('outbox', schema=None) as batch_op:
        batch_op.add_column(sa.Column('membership_key', _KEY, nullable=True))
        batch_op.add_column(sa.Column('delivery_key', _KEY, nullable=True))
        batch_op.add_column(sa.Column('channel', sa.String(length=10), nullable=True))
        batch_op.add_column(sa.Column('wording', sa.String(length=60), nullable=True))
        batch_op.add_column(sa.Column('rank', sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column('next_at', Instant(), nullable=True))
        batch_op.add_column(sa.Column('sent_at', Instant(), nullable=True))
        batch_op.add_column(sa.Column('ended_at', Instant(), nullable=True))
        batch_op.add_column(sa.Column('read_at', Instant(), nullable=True))
        batch_op.add_column(sa.Column('provider', sa.String(length=20), nullable=True))
        batch_op.add_column(sa.Column('provider_reference', sa.String(length=120), nullable=True))
        batch_op.add_column(sa.Column('outcome', sa.String(length=60), nullable=True))
        batch_op.add_column(sa.Column('version', sa.Integer(), server_default='1', nullable=False))
    op.execute(sa.text("UPDATE outbox SET channel = 'inbox', rank = 1, next_at = created_at"))
    with op.batch_alter_table('outbox', schema=None) as batch_op:
        batch_op.alter_column('case_key', existing_type=_KEY, nullable=True)
        batch_op.alter_column('channel', existing_type=sa.String(length=10), nullable=False)
        batch_op.alter_column('rank', existing_type=sa.Integer(), nullable=False)
        batch_op.alter_column('next_at', existing_type=Instant(), nullable=False)
        batch_op.create_foreign_key(op.f('fk_outbox_membership_key'), 'membership', ['membership_key'], ['key'])
        batch_op.create_foreign_key(op.f('fk_outbox_delivery_key'), 'delivery', ['delivery_key'], ['key'])
        batch_op.create_check_constraint(op.f('ck_outbox_channel'), _CHANNELS)
        batch_op.drop_constraint(op.f('ck_outbox_state'), type_='check')
        batch_op.create_check_constraint(op.f('ck_outbox_state'), _STATES)
    op.create_index('ix_outbox_waiting', 'outbox', ['rank', 'next_at', 'key'], unique=False, sqlite_where=sa.text("state = 'waiting'"), postgresql_where=sa.text("state = 'waiting'"))
    op.create_index('ix_outbox_membership_key', 'outbox', ['membership_key', 'key'], unique=False)
    op.create_index('ix_outbox_recipient', 'outbox', ['authority', 'recipient', 'key'], unique=False, sqlite_where=sa.text("membership_key IS NULL"), postgresql_where=sa.text("membership_key IS NULL"))
    op.create_index('ix_outbox_stuck', 'outbox', ['authority', 'key'], unique=False, sqlite_where=sa.text("state IN ('failed', 'held')"), postgresql_where=sa.text("state IN ('failed', 'held')"))
    op.create_index('ix_outbox_provider_reference', 'outbox', ['provider_reference'], unique=False, sqlite_where=sa.text("state = 'sent'"), postgresql_where=sa.text("state = 'sent'"))
    op.create_table('outbox_attempt',
    sa.Column('key', _KEY, autoincrement=True, nullable=False),
    sa.Column('authority', sa.String(length=3), nullable=False),
    sa.Column('outbox_key', _KEY, nullable=False),
    sa.Column('at', Instant(), nullable=False),
    sa.Column('provider', sa.String(length=20), nullable=False),
    sa.Column('provider_reference', sa.String(length=120), nullable=True),
    sa.Column('outcome', sa.String(length=60), nullable=False),
    sa.ForeignKeyConstraint(['outbox_key'], ['outbox.key'], name=op.f('fk_outbox_attempt_outbox_key')),
    sa.PrimaryKeyConstraint('key', name=op.f('pk_outbox_attempt'))
    )
    op.create_index('ix_outbox_attempt_outbox_key', 'outbox_attempt', ['outbox_key'], unique=False)
    op.create_table('channel_choice',
    sa.Column('key', _KEY, autoincrement=True, nullable=False),
    sa.Column('authority', sa.String(length=3), nullable=False),
    sa.Column('membership_key', _KEY, nullable=True),
    sa.Column('organisation_key', _KEY, nullable=True),
    sa.Column('kind', sa.String(length=10), nullable=False),
    sa.Column('channel', sa.String(length=10), nullable=False),
    sa.Column('address', sa.Text(), nullable=True),
    sa.Column('changed_at', Instant(), nullable=False),
    sa.Column('version', sa.Integer(), server_default='1', nullable=False),
    sa.CheckConstraint(_CHOSEN, name=op.f('ck_channel_choice_channel')),
    sa.CheckConstraint(_KINDS, name=op.f('ck_channel_choice_kind')),
    sa.ForeignKeyConstraint(['membership_key'], ['membership.key'], name=op.f('fk_channel_choice_membership_key')),
    sa.ForeignKeyConstraint(['organisation_key'], ['organisation.key'], name=op.f('fk_channel_choice_organisation_key')),
    sa.PrimaryKeyConstraint('key', name=op.f('pk_channel_choice'))
    )
    op.create_index('ix_channel_choice_membership_key', 'channel_choice', ['membership_key'], unique=False)
    op.create_index('ix_channel_choice_organisation_key', 'channel_choice', ['organisation_key'], unique=False)


def downgrade() -> None:
    """Take back; messages that tell of several cases go."""
    op.drop_table('channel_choice')
    op.drop_table('outbox_attempt')
    op.execute(sa.text("DELETE FROM outbox WHERE case_key IS NULL"))
    op.execute(sa.text("UPDATE outbox SET state = 'sent' WHERE state = 'delivered'"))
    op.execute(sa.text("UPDATE outbox SET state = 'failed' WHERE state = 'canceled'"))
    for name in ('ix_outbox_stuck', 'ix_outbox_recipient', 'ix_outbox_provider_reference', 'ix_outbox_membership_key', 'ix_outbox_waiting'):
        op.drop_index(name, table_name='outbox')
    with op.batch_alter_table('outbox', schema=None) as batch_op:
        batch_op.drop_constraint(op.f('ck_outbox_state'), type_='check')
        batch_op.create_check_constraint(op.f('ck_outbox_state'), _STATES_BEFORE)
        batch_op.drop_constraint(op.f('ck_outbox_channel'), type_='check')
        batch_op.drop_constraint(op.f('fk_outbox_membership_key'), type_='foreignkey')
        batch_op.drop_constraint(op.f('fk_outbox_delivery_key'), type_='foreignkey')
        batch_op.alter_column('case_key', existing_type=_KEY, nullable=False)
        for name in ('version', 'outcome', 'provider_reference', 'provider', 'read_at', 'ended_at', 'sent_at',
                     'next_at', 'rank', 'wording', 'channel', 'delivery_key', 'membership_key'):
            batch_op.drop_column(name)
    op.create_index('ix_outbox_waiting', 'outbox', ['key'], unique=False, sqlite_where=sa.text("state = 'waiting'"), postgresql_where=sa.text("state = 'waiting'"))
