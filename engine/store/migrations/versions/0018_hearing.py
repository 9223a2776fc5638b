"""Who hears of what"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from engine.store.types import Instant

revision = '0018'
down_revision = '0016'
branch_labels = None
depends_on = None

_KEY = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')
_CHANNELS = "channel IN ('digest', 'inbox', 'email', 'text', 'chat', 'webhook')"
_UNTOLD = 'told_at IS NULL AND withdrawn_at IS NULL'


def upgrade() -> None:
    """Apply."""
    op.create_table('hearing',
    sa.Column('key', _KEY, autoincrement=True, nullable=False),
    sa.Column('authority', sa.String(length=3), nullable=False),
    sa.Column('case_key', _KEY, nullable=False),
    sa.Column('escalation_key', _KEY, nullable=False),
    sa.Column('stage', sa.Integer(), nullable=False),
    sa.Column('membership_key', _KEY, nullable=True),
    sa.Column('recipient', sa.String(length=120), nullable=False),
    sa.Column('instead_of', sa.String(length=120), nullable=True),
    sa.Column('covers_key', _KEY, nullable=True),
    sa.Column('level', sa.String(length=20), nullable=False),
    sa.Column('reason', sa.String(length=10), nullable=False),
    sa.Column('ladder_row', sa.String(length=200), nullable=True),
    sa.Column('channel', sa.String(length=10), nullable=False),
    sa.Column('wording', sa.String(length=60), nullable=True),
    sa.Column('created_at', Instant(), nullable=False),
    sa.Column('told_at', Instant(), nullable=True),
    sa.Column('outbox_key', _KEY, nullable=True),
    sa.Column('withdrawn_at', Instant(), nullable=True),
    sa.CheckConstraint(_CHANNELS, name=op.f('ck_hearing_channel')),
    sa.CheckConstraint("reason IN ('nearing', 'missed')", name=op.f('ck_hearing_reason')),
    sa.ForeignKeyConstraint(['case_key'], ['ehc_case.key'], name=op.f('fk_hearing_case_key')),
    sa.ForeignKeyConstraint(['covers_key'], ['membership.key'], name=op.f('fk_hearing_covers_key')),
    sa.ForeignKeyConstraint(['escalation_key'], ['escalation.key'], name=op.f('fk_hearing_escalation_key')),
    sa.ForeignKeyConstraint(['membership_key'], ['membership.key'], name=op.f('fk_hearing_membership_key')),
    sa.ForeignKeyConstraint(['outbox_key'], ['outbox.key'], name=op.f('fk_hearing_outbox_key')),
    sa.PrimaryKeyConstraint('key', name=op.f('pk_hearing')),
    sa.UniqueConstraint('escalation_key', 'stage', 'membership_key', name=op.f('uq_hearing_escalation_key_stage_membership_key'))
    )
    op.create_index('ix_hearing_escalation_key_recipient', 'hearing', ['escalation_key', 'stage', 'recipient'], unique=True, sqlite_where=sa.text('membership_key IS NULL'), postgresql_where=sa.text('membership_key IS NULL'))
    op.create_index('ix_hearing_untold', 'hearing', ['membership_key', 'key'], unique=False, sqlite_where=sa.text(_UNTOLD), postgresql_where=sa.text(_UNTOLD))
    op.create_index('ix_hearing_case_key', 'hearing', ['case_key'], unique=False)
    op.create_index('ix_hearing_outbox_key', 'hearing', ['outbox_key'], unique=False)
    # Every running limit is looked at once, and placed on the ladder.
    op.execute(sa.text(
        "UPDATE deadline SET alert_at = opened_at"
        " WHERE status = 'running' AND nature = 'deadline' AND due_on IS NOT NULL AND exceptions = '[]'"
    ))


def downgrade() -> None:
    """Take back."""
    op.drop_table('hearing')
