"""What people note on their work"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from engine.store.types import Instant, JsonText

revision = '0006'
down_revision = '0005'
branch_labels = None
depends_on = None

_KEY = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')


def upgrade() -> None:
    """Apply."""
    op.add_column('task', sa.Column('owner_key', _KEY, nullable=True))
    op.add_column('task', sa.Column('delegation', sa.String(length=10), nullable=True))
    op.add_column('task', sa.Column('follow_up_on', sa.Date(), nullable=True))
    op.add_column('task', sa.Column('draft_at', Instant(), nullable=True))
    op.add_column('task', sa.Column('outstanding', sa.Integer(), nullable=True))
    op.add_column('escalation', sa.Column('handed_up_to', sa.String(length=20), nullable=True))
    op.add_column('escalation', sa.Column('answer_code', sa.String(length=40), nullable=True))
    op.add_column('escalation', sa.Column('version', sa.Integer(), server_default='1', nullable=False))
    op.create_table('task_filter',
    sa.Column('key', _KEY, autoincrement=True, nullable=False),
    sa.Column('authority', sa.String(length=3), nullable=False),
    sa.Column('membership_key', _KEY, nullable=False),
    sa.Column('organisation', sa.String(length=80), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('conditions', JsonText(), nullable=False),
    sa.Column('sharing', sa.String(length=12), nullable=False),
    sa.Column('roles', JsonText(), nullable=True),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('created_at', Instant(), nullable=False),
    sa.Column('changed_at', Instant(), nullable=False),
    sa.CheckConstraint("sharing IN ('own', 'organisation')", name=op.f('ck_task_filter_sharing')),
    sa.ForeignKeyConstraint(['membership_key'], ['membership.key'], name=op.f('fk_task_filter_membership_key')),
    sa.PrimaryKeyConstraint('key', name=op.f('pk_task_filter'))
    )
    op.create_index('ix_task_filter_authority_organisation', 'task_filter', ['authority', 'organisation'], unique=False)
    op.create_table('task_comment',
    sa.Column('key', _KEY, autoincrement=True, nullable=False),
    sa.Column('authority', sa.String(length=3), nullable=False),
    sa.Column('case_key', _KEY, nullable=False),
    sa.Column('task_key', _KEY, nullable=False),
    sa.Column('membership_key', _KEY, nullable=False),
    sa.Column('organisation', sa.String(length=80), nullable=False),
    sa.Column('audience', sa.String(length=12), nullable=False),
    sa.Column('words', sa.Text(), nullable=True),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('created_at', Instant(), nullable=False),
    sa.Column('changed_at', Instant(), nullable=True),
    sa.Column('deleted_at', Instant(), nullable=True),
    sa.CheckConstraint("audience IN ('organisation', 'case')", name=op.f('ck_task_comment_audience')),
    sa.ForeignKeyConstraint(['case_key'], ['ehc_case.key'], name=op.f('fk_task_comment_case_key')),
    sa.ForeignKeyConstraint(['membership_key'], ['membership.key'], name=op.f('fk_task_comment_membership_key')),
    sa.ForeignKeyConstraint(['task_key'], ['task.key'], name=op.f('fk_task_comment_task_key')),
    sa.PrimaryKeyConstraint('key', name=op.f('pk_task_comment'))
    )
    op.create_index('ix_task_comment_case_key', 'task_comment', ['case_key', 'key'], unique=False)
    op.create_index('ix_task_comment_task_key', 'task_comment', ['task_key', 'key'], unique=False)
    op.create_table('task_draft',
    sa.Column('task_key', _KEY, autoincrement=False, nullable=False),
    sa.Column('authority', sa.String(length=3), nullable=False),
    sa.Column('case_key', _KEY, nullable=False),
    sa.Column('organisation', sa.String(length=80), nullable=False),
    sa.Column('membership_key', _KEY, nullable=False),
    sa.Column('answers', sa.Text(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('saved_at', Instant(), nullable=False),
    sa.ForeignKeyConstraint(['case_key'], ['ehc_case.key'], name=op.f('fk_task_draft_case_key')),
    sa.ForeignKeyConstraint(['membership_key'], ['membership.key'], name=op.f('fk_task_draft_membership_key')),
    sa.ForeignKeyConstraint(['task_key'], ['task.key'], name=op.f('fk_task_draft_task_key')),
    sa.PrimaryKeyConstraint('task_key', name=op.f('pk_task_draft')),
    sqlite_with_rowid=False
    )
    op.create_index('ix_task_draft_case_key', 'task_draft', ['case_key'], unique=False)
    op.create_table('contribution',
    sa.Column('key', _KEY, autoincrement=True, nullable=False),
    sa.Column('authority', sa.String(length=3), nullable=False),
    sa.Column('case_key', _KEY, nullable=False),
    sa.Column('task_key', _KEY, nullable=False),
    sa.Column('membership_key', _KEY, nullable=True),
    sa.Column('organisation', sa.String(length=80), nullable=False),
    sa.Column('question', sa.Text(), nullable=False),
    sa.Column('fields', JsonText(), nullable=False),
    sa.Column('due_on', sa.Date(), nullable=False),
    sa.Column('chase_at', Instant(), nullable=True),
    sa.Column('chased_on', sa.Date(), nullable=True),
    sa.Column('state', sa.String(length=10), nullable=False),
    sa.Column('answers', sa.Text(), nullable=True),
    sa.Column('words', sa.Text(), nullable=True),
    sa.Column('asked_at', Instant(), nullable=False),
    sa.Column('asked_by', _KEY, nullable=False),
    sa.Column('ended_at', Instant(), nullable=True),
    sa.Column('ended_by', _KEY, nullable=True),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.CheckConstraint("state IN ('asked', 'given', 'declined', 'withdrawn')", name=op.f('ck_contribution_state')),
    sa.ForeignKeyConstraint(['asked_by'], ['membership.key'], name=op.f('fk_contribution_asked_by')),
    sa.ForeignKeyConstraint(['case_key'], ['ehc_case.key'], name=op.f('fk_contribution_case_key')),
    sa.ForeignKeyConstraint(['ended_by'], ['membership.key'], name=op.f('fk_contribution_ended_by')),
    sa.ForeignKeyConstraint(['membership_key'], ['membership.key'], name=op.f('fk_contribution_membership_key')),
    sa.ForeignKeyConstraint(['task_key'], ['task.key'], name=op.f('fk_contribution_task_key')),
    sa.PrimaryKeyConstraint('key', name=op.f('pk_contribution'))
    )
    op.create_index('ix_contribution_case_key', 'contribution', ['case_key'], unique=False)
    op.create_index('ix_contribution_chase_at', 'contribution', ['chase_at'], unique=False, sqlite_where=sa.text('chase_at IS NOT NULL'), postgresql_where=sa.text('chase_at IS NOT NULL'))
    op.create_index('ix_contribution_organisation', 'contribution', ['authority', 'organisation', 'key'], unique=False)
    op.create_index('ix_contribution_task_key', 'contribution', ['task_key'], unique=False)
    op.create_table('escalation_entry',
    sa.Column('key', _KEY, autoincrement=True, nullable=False),
    sa.Column('authority', sa.String(length=3), nullable=False),
    sa.Column('case_key', _KEY, nullable=False),
    sa.Column('escalation_key', _KEY, nullable=False),
    sa.Column('membership_key', _KEY, nullable=False),
    sa.Column('kind', sa.String(length=15), nullable=False),
    sa.Column('level', sa.String(length=20), nullable=False),
    sa.Column('code', sa.String(length=40), nullable=True),
    sa.Column('words', sa.Text(), nullable=True),
    sa.Column('at', Instant(), nullable=False),
    sa.CheckConstraint("kind IN ('acknowledged', 'note', 'answered', 'handed_up')", name=op.f('ck_escalation_entry_kind')),
    sa.ForeignKeyConstraint(['case_key'], ['ehc_case.key'], name=op.f('fk_escalation_entry_case_key')),
    sa.ForeignKeyConstraint(['escalation_key'], ['escalation.key'], name=op.f('fk_escalation_entry_escalation_key')),
    sa.ForeignKeyConstraint(['membership_key'], ['membership.key'], name=op.f('fk_escalation_entry_membership_key')),
    sa.PrimaryKeyConstraint('key', name=op.f('pk_escalation_entry'))
    )
    op.create_index('ix_escalation_entry_case_key', 'escalation_entry', ['case_key'], unique=False)
    op.create_index('ix_escalation_entry_escalation_key', 'escalation_entry', ['escalation_key', 'key'], unique=False)
    op.create_table('lateness_reason',
    sa.Column('key', _KEY, autoincrement=True, nullable=False),
    sa.Column('authority', sa.String(length=3), nullable=False),
    sa.Column('code', sa.String(length=40), nullable=False),
    sa.Column('title', sa.Text(), nullable=False),
    sa.Column('ended_on', sa.Date(), nullable=True),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('changed_at', Instant(), nullable=False),
    sa.Column('changed_by', _KEY, nullable=False),
    sa.ForeignKeyConstraint(['changed_by'], ['membership.key'], name=op.f('fk_lateness_reason_changed_by')),
    sa.PrimaryKeyConstraint('key', name=op.f('pk_lateness_reason')),
    sa.UniqueConstraint('authority', 'code', name=op.f('uq_lateness_reason_authority_code'))
    )

    op.create_table('task_attachment',
    sa.Column('task_key', _KEY, autoincrement=False, nullable=False),
    sa.Column('document_key', _KEY, autoincrement=False, nullable=False),
    sa.Column('authority', sa.String(length=3), nullable=False),
    sa.Column('case_key', _KEY, nullable=False),
    sa.Column('membership_key', _KEY, nullable=False),
    sa.Column('attached_at', Instant(), nullable=False),
    sa.ForeignKeyConstraint(['case_key'], ['ehc_case.key'], name=op.f('fk_task_attachment_case_key')),
    sa.ForeignKeyConstraint(['document_key'], ['document.key'], name=op.f('fk_task_attachment_document_key')),
    sa.ForeignKeyConstraint(['membership_key'], ['membership.key'], name=op.f('fk_task_attachment_membership_key')),
    sa.ForeignKeyConstraint(['task_key'], ['task.key'], name=op.f('fk_task_attachment_task_key')),
    sa.PrimaryKeyConstraint('task_key', 'document_key', name=op.f('pk_task_attachment')),
    sqlite_with_rowid=False
    )
    op.create_index('ix_task_attachment_case_key', 'task_attachment', ['case_key'], unique=False)
    op.create_index('ix_task_attachment_document_key', 'task_attachment', ['document_key'], unique=False)


def downgrade() -> None:
    """Take back."""
    op.drop_index('ix_task_attachment_document_key', table_name='task_attachment')
    op.drop_index('ix_task_attachment_case_key', table_name='task_attachment')
    op.drop_table('task_attachment')
    op.drop_table('lateness_reason')
    op.drop_index('ix_escalation_entry_case_key', table_name='escalation_entry')
    op.drop_index('ix_escalation_entry_escalation_key', table_name='escalation_entry')
    op.drop_table('escalation_entry')
    op.drop_index('ix_contribution_case_key', table_name='contribution')
    op.drop_index('ix_contribution_chase_at', table_name='contribution', sqlite_where=sa.text('chase_at IS NOT NULL'), postgresql_where=sa.text('chase_at IS NOT NULL'))
    op.drop_index('ix_contribution_organisation', table_name='contribution')
    op.drop_index('ix_contribution_task_key', table_name='contribution')
    op.drop_table('contribution')
    op.drop_index('ix_task_draft_case_key', table_name='task_draft')
    op.drop_table('task_draft')
    op.drop_index('ix_task_comment_case_key', table_name='task_comment')
    op.drop_index('ix_task_comment_task_key', table_name='task_comment')
    op.drop_table('task_comment')
    op.drop_index('ix_task_filter_authority_organisation', table_name='task_filter')
    op.drop_table('task_filter')
    op.drop_column('escalation', 'version')
    op.drop_column('escalation', 'answer_code')
    op.drop_column('escalation', 'handed_up_to')
    op.drop_column('task', 'outstanding')
    op.drop_column('task', 'draft_at')
    op.drop_column('task', 'follow_up_on')
    op.drop_column('task', 'delegation')
    op.drop_column('task', 'owner_key')
