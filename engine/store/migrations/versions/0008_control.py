"""Process control"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from engine.store.types import Instant, JsonText

revision = '0008'
down_revision = '0007'
branch_labels = None
depends_on = None

_KEY = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')
_HELD = sa.text('incident_key IS NULL')
_HELD_OR_SUSPENDED = sa.text('incident_key IS NULL AND suspended_at IS NULL')


def upgrade() -> None:
    """Apply."""
    op.add_column('instance', sa.Column('parent_key', _KEY, nullable=True))
    op.add_column('instance', sa.Column('suspended_at', Instant(), nullable=True))
    op.create_index('ix_instance_definition_key_key', 'instance', ['definition_key', 'key'], unique=False)
    op.add_column('task', sa.Column('suspended_at', Instant(), nullable=True))
    op.add_column('timer', sa.Column('suspended_at', Instant(), nullable=True))
    _index_timers(_HELD_OR_SUSPENDED)
    op.create_table('deployment_act',
    sa.Column('key', _KEY, autoincrement=True, nullable=False),
    sa.Column('authority', sa.String(length=3), nullable=False),
    sa.Column('deployment_key', _KEY, nullable=False),
    sa.Column('membership_key', _KEY, nullable=True),
    sa.Column('deployed_by', sa.Text(), nullable=False),
    sa.Column('deployed_at', Instant(), nullable=False),
    sa.Column('reason', sa.Text(), nullable=True),
    sa.Column('accepted_losses', JsonText(), nullable=False),
    sa.ForeignKeyConstraint(['deployment_key'], ['deployment.key'], name=op.f('fk_deployment_act_deployment_key')),
    sa.ForeignKeyConstraint(['membership_key'], ['membership.key'], name=op.f('fk_deployment_act_membership_key')),
    sa.PrimaryKeyConstraint('key', name=op.f('pk_deployment_act'))
    )
    op.create_index('ix_deployment_act_deployment_key', 'deployment_act', ['deployment_key'], unique=False)
    op.create_table('held_event',
    sa.Column('key', _KEY, autoincrement=True, nullable=False),
    sa.Column('authority', sa.String(length=3), nullable=False),
    sa.Column('case_key', _KEY, nullable=False),
    sa.Column('instance_key', _KEY, nullable=False),
    sa.Column('kind', sa.String(length=10), nullable=False),
    sa.Column('name', sa.String(length=200), nullable=False),
    sa.Column('correlation_key', sa.String(length=200), nullable=True),
    sa.Column('variables', JsonText(), nullable=False),
    sa.Column('received_at', Instant(), nullable=False),
    sa.CheckConstraint("kind IN ('message', 'signal')", name=op.f('ck_held_event_kind')),
    sa.ForeignKeyConstraint(['case_key'], ['ehc_case.key'], name=op.f('fk_held_event_case_key')),
    sa.ForeignKeyConstraint(['instance_key'], ['instance.key'], name=op.f('fk_held_event_instance_key')),
    sa.PrimaryKeyConstraint('key', name=op.f('pk_held_event'))
    )
    op.create_index('ix_held_event_instance_key', 'held_event', ['instance_key'], unique=False)
    op.create_table('incident_care',
    sa.Column('authority', sa.String(length=3), nullable=False),
    sa.Column('incident_key', _KEY, autoincrement=False, nullable=False),
    sa.Column('assignee_key', _KEY, nullable=True),
    sa.Column('annotation', sa.Text(), nullable=True),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('changed_at', Instant(), nullable=False),
    sa.ForeignKeyConstraint(['incident_key'], ['incident.key'], name=op.f('fk_incident_care_incident_key')),
    sa.ForeignKeyConstraint(['assignee_key'], ['membership.key'], name=op.f('fk_incident_care_assignee_key')),
    sa.PrimaryKeyConstraint('incident_key', name=op.f('pk_incident_care')),
    sqlite_with_rowid=False
    )


def downgrade() -> None:
    """Take back."""
    op.drop_table('incident_care')
    op.drop_index('ix_held_event_instance_key', table_name='held_event')
    op.drop_table('held_event')
    op.drop_index('ix_deployment_act_deployment_key', table_name='deployment_act')
    op.drop_table('deployment_act')
    op.drop_index('ix_timer_due_at', table_name='timer')
    op.drop_column('timer', 'suspended_at')
    _create_index_of_timers(_HELD)
    op.drop_column('task', 'suspended_at')
    op.drop_index('ix_instance_definition_key_key', table_name='instance')
    op.drop_column('instance', 'suspended_at')
    op.drop_column('instance', 'parent_key')


def _index_timers(condition: sa.TextClause) -> None:
    op.drop_index('ix_timer_due_at', table_name='timer')
    _create_index_of_timers(condition)


def _create_index_of_timers(condition: sa.TextClause) -> None:
    op.create_index(
        'ix_timer_due_at', 'timer', ['due_at'], unique=False, sqlite_where=condition, postgresql_where=condition
    )
