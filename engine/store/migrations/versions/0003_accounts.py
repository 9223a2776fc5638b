"""Accounts, sign-in and sessions"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from engine.store.account_tables import UNLOGGED
from engine.store.types import Instant, JsonText


revision = '0003'
down_revision = '0002'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table('heard_message',
    sa.Column('digest', sa.String(length=64), nullable=False),
    sa.Column('expires_at', Instant(), nullable=False),
    sa.PrimaryKeyConstraint('digest', name=op.f('pk_heard_message'))
    )
    op.create_table('lock_out',
    sa.Column('subject', sa.String(length=64), nullable=False),
    sa.Column('failures', sa.Integer(), nullable=False),
    sa.Column('failed_at', Instant(), nullable=False),
    sa.Column('locked_until', Instant(), nullable=True),
    sa.PrimaryKeyConstraint('subject', name=op.f('pk_lock_out'))
    )
    op.create_table('rate_limit',
    sa.Column('subject', sa.String(length=64), nullable=False),
    sa.Column('starts', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('used', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('subject', 'starts', name=op.f('pk_rate_limit'))
    )
    op.create_table('account',
    sa.Column('key', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=True, nullable=False),
    sa.Column('authority', sa.String(length=3), nullable=False),
    sa.Column('person_key', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('login', sa.String(length=254), nullable=False),
    sa.Column('password_hash', sa.Text(), nullable=True),
    sa.Column('password_set_at', Instant(), nullable=True),
    sa.Column('second_factor', sa.Text(), nullable=True),
    sa.Column('last_step', sa.Integer(), nullable=True),
    sa.Column('created_at', Instant(), nullable=False),
    sa.Column('closed_at', Instant(), nullable=True),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['person_key'], ['person.key'], name=op.f('fk_account_person_key')),
    sa.PrimaryKeyConstraint('key', name=op.f('pk_account')),
    sa.UniqueConstraint('login', name=op.f('uq_account_login')),
    sa.UniqueConstraint('person_key', name=op.f('uq_account_person_key'))
    )
    op.create_table('client',
    sa.Column('key', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=True, nullable=False),
    sa.Column('authority', sa.String(length=3), nullable=False),
    sa.Column('membership_key', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('client_id', sa.String(length=40), nullable=False),
    sa.Column('secret_digest', sa.String(length=64), nullable=False),
    sa.Column('label', sa.Text(), nullable=False),
    sa.Column('scope', JsonText(), nullable=False),
    sa.Column('created_at', Instant(), nullable=False),
    sa.Column('revoked_at', Instant(), nullable=True),
    sa.ForeignKeyConstraint(['membership_key'], ['membership.key'], name=op.f('fk_client_membership_key')),
    sa.PrimaryKeyConstraint('key', name=op.f('pk_client')),
    sa.UniqueConstraint('client_id', name=op.f('uq_client_client_id'))
    )
    with op.batch_alter_table('client', schema=None) as batch_op:
        batch_op.create_index('ix_client_authority_key', ['authority', 'key'], unique=False)

    op.create_table('identity',
    sa.Column('key', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=True, nullable=False),
    sa.Column('account_key', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('provider', sa.String(length=40), nullable=False),
    sa.Column('subject', sa.String(length=300), nullable=False),
    sa.Column('linked_at', Instant(), nullable=False),
    sa.ForeignKeyConstraint(['account_key'], ['account.key'], name=op.f('fk_identity_account_key')),
    sa.PrimaryKeyConstraint('key', name=op.f('pk_identity')),
    sa.UniqueConstraint('provider', 'subject', name=op.f('uq_identity_provider_subject'))
    )
    with op.batch_alter_table('identity', schema=None) as batch_op:
        batch_op.create_index('ix_identity_account_key', ['account_key'], unique=False)

    op.create_table('invitation',
    sa.Column('key', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=True, nullable=False),
    sa.Column('account_key', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('digest', sa.String(length=64), nullable=False),
    sa.Column('created_at', Instant(), nullable=False),
    sa.Column('expires_at', Instant(), nullable=False),
    sa.Column('used_at', Instant(), nullable=True),
    sa.ForeignKeyConstraint(['account_key'], ['account.key'], name=op.f('fk_invitation_account_key')),
    sa.PrimaryKeyConstraint('key', name=op.f('pk_invitation')),
    sa.UniqueConstraint('digest', name=op.f('uq_invitation_digest'))
    )
    with op.batch_alter_table('invitation', schema=None) as batch_op:
        batch_op.create_index('ix_invitation_account_key', ['account_key'], unique=False)

    op.create_table('recovery_code',
    sa.Column('account_key', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=False, nullable=False),
    sa.Column('digest', sa.String(length=64), nullable=False),
    sa.Column('used_at', Instant(), nullable=True),
    sa.ForeignKeyConstraint(['account_key'], ['account.key'], name=op.f('fk_recovery_code_account_key')),
    sa.PrimaryKeyConstraint('account_key', 'digest', name=op.f('pk_recovery_code'))
    )
    op.create_table('session',
    sa.Column('key', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=True, nullable=False),
    sa.Column('authority', sa.String(length=3), nullable=False),
    sa.Column('digest', sa.String(length=64), nullable=False),
    sa.Column('account_key', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('membership_key', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('kept_in', sa.String(length=10), nullable=False),
    sa.Column('provider', sa.String(length=40), nullable=True),
    sa.Column('provider_subject', sa.String(length=300), nullable=True),
    sa.Column('provider_session', sa.String(length=300), nullable=True),
    sa.Column('identity_token', sa.Text(), nullable=True),
    sa.Column('created_at', Instant(), nullable=False),
    sa.Column('seen_at', Instant(), nullable=False),
    sa.Column('expires_at', Instant(), nullable=False),
    sa.Column('ended_at', Instant(), nullable=True),
    sa.CheckConstraint("kept_in IN ('answer', 'cookie')", name=op.f('ck_session_kept_in')),
    sa.ForeignKeyConstraint(['account_key'], ['account.key'], name=op.f('fk_session_account_key')),
    sa.ForeignKeyConstraint(['membership_key'], ['membership.key'], name=op.f('fk_session_membership_key')),
    sa.PrimaryKeyConstraint('key', name=op.f('pk_session')),
    sa.UniqueConstraint('digest', name=op.f('uq_session_digest'))
    )
    with op.batch_alter_table('session', schema=None) as batch_op:
        batch_op.create_index('ix_session_account_key', ['account_key'], unique=False)
        batch_op.create_index('ix_session_provider_session', ['provider', 'provider_session'], unique=False)

    op.create_table('sign_in',
    sa.Column('key', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=True, nullable=False),
    sa.Column('digest', sa.String(length=64), nullable=False),
    sa.Column('stage', sa.String(length=10), nullable=False),
    sa.Column('account_key', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('provider', sa.String(length=40), nullable=True),
    sa.Column('secret', sa.Text(), nullable=True),
    sa.Column('membership_key', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('attempts', sa.Integer(), nullable=False),
    sa.Column('created_at', Instant(), nullable=False),
    sa.Column('expires_at', Instant(), nullable=False),
    sa.CheckConstraint("stage IN ('code', 'enrolment', 'provider')", name=op.f('ck_sign_in_stage')),
    sa.ForeignKeyConstraint(['account_key'], ['account.key'], name=op.f('fk_sign_in_account_key')),
    sa.ForeignKeyConstraint(['membership_key'], ['membership.key'], name=op.f('fk_sign_in_membership_key')),
    sa.PrimaryKeyConstraint('key', name=op.f('pk_sign_in')),
    sa.UniqueConstraint('digest', name=op.f('uq_sign_in_digest'))
    )
    with op.batch_alter_table('sign_in', schema=None) as batch_op:
        batch_op.create_index('ix_sign_in_expires_at', ['expires_at'], unique=False)

    with op.batch_alter_table('token', schema=None) as batch_op:
        batch_op.add_column(sa.Column('scope', JsonText(), nullable=True))
        batch_op.add_column(sa.Column('client_key', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True))
        batch_op.create_index('ix_token_client_key', ['client_key'], unique=False)
        batch_op.create_index('ix_token_membership_key', ['membership_key'], unique=False)
        batch_op.create_foreign_key(batch_op.f('fk_token_client_key'), 'client', ['client_key'], ['key'])
    if op.get_bind().dialect.name == 'postgresql':
        op.execute(UNLOGGED)


def downgrade() -> None:
    """Take back."""
    with op.batch_alter_table('token', schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f('fk_token_client_key'), type_='foreignkey')
        batch_op.drop_index('ix_token_membership_key')
        batch_op.drop_index('ix_token_client_key')
        batch_op.drop_column('client_key')
        batch_op.drop_column('scope')

    with op.batch_alter_table('sign_in', schema=None) as batch_op:
        batch_op.drop_index('ix_sign_in_expires_at')

    op.drop_table('sign_in')
    with op.batch_alter_table('session', schema=None) as batch_op:
        batch_op.drop_index('ix_session_provider_session')
        batch_op.drop_index('ix_session_account_key')

    op.drop_table('session')
    op.drop_table('recovery_code')
    with op.batch_alter_table('invitation', schema=None) as batch_op:
        batch_op.drop_index('ix_invitation_account_key')

    op.drop_table('invitation')
    with op.batch_alter_table('identity', schema=None) as batch_op:
        batch_op.drop_index('ix_identity_account_key')

    op.drop_table('identity')
    with op.batch_alter_table('client', schema=None) as batch_op:
        batch_op.drop_index('ix_client_authority_key')

    op.drop_table('client')
    op.drop_table('account')
    op.drop_table('rate_limit')
    op.drop_table('lock_out')
    op.drop_table('heard_message')
