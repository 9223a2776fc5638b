"""Early warning"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from engine.store.types import Instant, JsonText

revision = '0016'
down_revision = '0015'
branch_labels = None
depends_on = None

_KEY = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')
_STATES = "state IN ('untouched', 'unclaimed', 'claimed', 'waiting', 'said_late', 'handed_in')"
_BASES = "basis IN ('organisation_state', 'organisation', 'rule', 'all')"
_FORECAST = sa.text('likelihood IS NOT NULL')


def upgrade() -> None:
    """Apply."""
    op.create_table('forecast',
    sa.Column('deadline_key', _KEY, autoincrement=False, nullable=False),
    sa.Column('authority', sa.String(length=3), nullable=False),
    sa.Column('case_key', _KEY, nullable=False),
    sa.Column('made_on', sa.Date(), nullable=False),
    sa.Column('likelihood', sa.Float(), nullable=True),
    sa.Column('comparable', sa.Integer(), nullable=False),
    sa.Column('missed', sa.Integer(), nullable=False),
    sa.Column('basis', sa.String(length=20), nullable=False),
    sa.Column('state', sa.String(length=12), nullable=False),
    sa.Column('trail', JsonText(), nullable=False),
    sa.Column('helps', JsonText(), nullable=False),
    sa.Column('warned_at', Instant(), nullable=True),
    sa.CheckConstraint(_BASES, name=op.f('ck_forecast_basis')),
    sa.CheckConstraint(_STATES, name=op.f('ck_forecast_state')),
    sa.ForeignKeyConstraint(['case_key'], ['ehc_case.key'], name=op.f('fk_forecast_case_key')),
    sa.ForeignKeyConstraint(['deadline_key'], ['deadline.key'], name=op.f('fk_forecast_deadline_key')),
    sa.PrimaryKeyConstraint('deadline_key', name=op.f('pk_forecast')),
    sqlite_with_rowid=False
    )
    op.create_index('ix_forecast_case_key', 'forecast', ['case_key'], unique=False)
    op.create_index('ix_forecast_authority_likelihood', 'forecast', ['authority', 'likelihood'], unique=False, sqlite_where=_FORECAST, postgresql_where=_FORECAST)


def downgrade() -> None:
    """Take back."""
    op.drop_table('forecast')
