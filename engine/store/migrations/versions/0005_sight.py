"""Consents, restricted cases, agreements between authorities, and who opened what"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from engine.store.row_security import open_up, protect
from engine.store.types import Instant

revision = '0005'
down_revision = '0004'
branch_labels = None
depends_on = None

_KEY = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')


def upgrade() -> None:
    """Apply."""
    op.create_table('access_record',
    sa.Column('key', _KEY, autoincrement=True, nullable=False),
    sa.Column('authority', sa.String(length=3), nullable=False),
    sa.Column('case_key', _KEY, nullable=False),
    sa.Column('membership_key', _KEY, nullable=False),
    sa.Column('organisation', sa.String(length=80), nullable=False),
    sa.Column('role', sa.String(length=40), nullable=False),
    sa.Column('what', sa.String(length=20), nullable=False),
    sa.Column('subject_key', _KEY, nullable=True),
    sa.Column('opened_at', Instant(), nullable=False),
    sa.ForeignKeyConstraint(['case_key'], ['ehc_case.key'], name=op.f('fk_access_record_case_key')),
    sa.ForeignKeyConstraint(['membership_key'], ['membership.key'], name=op.f('fk_access_record_membership_key')),
    sa.PrimaryKeyConstraint('key', name=op.f('pk_access_record'))
    )
    op.create_index('ix_access_record_case_key_key', 'access_record', ['case_key', 'key'], unique=False)
    op.create_table('agreement',
    sa.Column('key', _KEY, autoincrement=True, nullable=False),
    sa.Column('authority', sa.String(length=3), nullable=False),
    sa.Column('organisation_key', _KEY, nullable=False),
    sa.Column('kept_by', sa.String(length=3), nullable=False),
    sa.Column('urn', sa.String(length=6), nullable=False),
    sa.Column('starts_on', sa.Date(), nullable=False),
    sa.Column('ends_on', sa.Date(), nullable=True),
    sa.Column('recorded_at', Instant(), nullable=False),
    sa.Column('recorded_by', _KEY, nullable=False),
    sa.ForeignKeyConstraint(['organisation_key'], ['organisation.key'], name=op.f('fk_agreement_organisation_key')),
    sa.ForeignKeyConstraint(['recorded_by'], ['membership.key'], name=op.f('fk_agreement_recorded_by')),
    sa.PrimaryKeyConstraint('key', name=op.f('pk_agreement')),
    sa.UniqueConstraint('authority', 'organisation_key', 'starts_on', name=op.f('uq_agreement_authority_organisation_key_starts_on'))
    )
    op.create_index('ix_agreement_organisation_key', 'agreement', ['organisation_key'], unique=False)
    op.create_table('consent',
    sa.Column('key', _KEY, autoincrement=True, nullable=False),
    sa.Column('authority', sa.String(length=3), nullable=False),
    sa.Column('case_key', _KEY, nullable=False),
    sa.Column('organisation', sa.String(length=80), nullable=False),
    sa.Column('decision', sa.String(length=10), nullable=False),
    sa.Column('covers_plan', sa.Boolean(), nullable=False),
    sa.Column('covers_documents', sa.Boolean(), nullable=False),
    sa.Column('given_by', _KEY, nullable=False),
    sa.Column('starts_on', sa.Date(), nullable=False),
    sa.Column('ends_on', sa.Date(), nullable=True),
    sa.Column('recorded_at', Instant(), nullable=False),
    sa.Column('recorded_by', _KEY, nullable=False),
    sa.Column('withdrawn_on', sa.Date(), nullable=True),
    sa.Column('withdrawn_by', _KEY, nullable=True),
    sa.CheckConstraint("decision IN ('given', 'refused')", name=op.f('ck_consent_decision')),
    sa.ForeignKeyConstraint(['case_key'], ['ehc_case.key'], name=op.f('fk_consent_case_key')),
    sa.ForeignKeyConstraint(['given_by'], ['family_member.key'], name=op.f('fk_consent_given_by')),
    sa.ForeignKeyConstraint(['recorded_by'], ['membership.key'], name=op.f('fk_consent_recorded_by')),
    sa.ForeignKeyConstraint(['withdrawn_by'], ['family_member.key'], name=op.f('fk_consent_withdrawn_by')),
    sa.PrimaryKeyConstraint('key', name=op.f('pk_consent'))
    )
    op.create_index('ix_consent_case_key_organisation', 'consent', ['case_key', 'organisation'], unique=False)
    op.create_table('restriction',
    sa.Column('key', _KEY, autoincrement=True, nullable=False),
    sa.Column('authority', sa.String(length=3), nullable=False),
    sa.Column('case_key', _KEY, nullable=False),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('restricted_at', Instant(), nullable=False),
    sa.Column('restricted_by', _KEY, nullable=False),
    sa.Column('lifted_at', Instant(), nullable=True),
    sa.Column('lifted_by', _KEY, nullable=True),
    sa.ForeignKeyConstraint(['case_key'], ['ehc_case.key'], name=op.f('fk_restriction_case_key')),
    sa.ForeignKeyConstraint(['lifted_by'], ['membership.key'], name=op.f('fk_restriction_lifted_by')),
    sa.ForeignKeyConstraint(['restricted_by'], ['membership.key'], name=op.f('fk_restriction_restricted_by')),
    sa.PrimaryKeyConstraint('key', name=op.f('pk_restriction'))
    )
    op.create_index('ix_restriction_in_force', 'restriction', ['case_key'], unique=True, sqlite_where=sa.text('lifted_at IS NULL'), postgresql_where=sa.text('lifted_at IS NULL'))
    op.create_table('restriction_member',
    sa.Column('authority', sa.String(length=3), nullable=False),
    sa.Column('restriction_key', _KEY, autoincrement=False, nullable=False),
    sa.Column('membership_key', _KEY, autoincrement=False, nullable=False),
    sa.ForeignKeyConstraint(['membership_key'], ['membership.key'], name=op.f('fk_restriction_member_membership_key')),
    sa.ForeignKeyConstraint(['restriction_key'], ['restriction.key'], name=op.f('fk_restriction_member_restriction_key')),
    sa.PrimaryKeyConstraint('restriction_key', 'membership_key', name=op.f('pk_restriction_member')),
    sqlite_with_rowid=False
    )

    protect(op.get_bind())


def downgrade() -> None:
    """Take back."""
    open_up(op.get_bind())
    op.drop_table('restriction_member')
    op.drop_index('ix_restriction_in_force', table_name='restriction', sqlite_where=sa.text('lifted_at IS NULL'), postgresql_where=sa.text('lifted_at IS NULL'))
    op.drop_table('restriction')
    op.drop_index('ix_consent_case_key_organisation', table_name='consent')
    op.drop_table('consent')
    op.drop_index('ix_agreement_organisation_key', table_name='agreement')
    op.drop_table('agreement')
    op.drop_index('ix_access_record_case_key_key', table_name='access_record')
    op.drop_table('access_record')
