"""Letters as they are printed"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from engine.store.types import Instant, JsonText

revision = '0015'
down_revision = '0014'
branch_labels = None
depends_on = None

_KEY = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')
_UNMADE = 'pdf_digest IS NULL AND pdf_tries < 3'


def upgrade() -> None:
    """Apply."""
    op.create_table('print_batch',
    sa.Column('key', _KEY, autoincrement=True, nullable=False),
    sa.Column('authority', sa.String(length=3), nullable=False),
    sa.Column('state', sa.String(length=10), nullable=False),
    sa.Column('copies', sa.Integer(), nullable=False),
    sa.Column('pages', sa.Integer(), nullable=False),
    sa.Column('digest', sa.String(length=64), nullable=False),
    sa.Column('made_at', Instant(), nullable=False),
    sa.Column('made_by', _KEY, nullable=False),
    sa.Column('posted_on', sa.Date(), nullable=True),
    sa.Column('version', sa.Integer(), server_default='1', nullable=False),
    sa.CheckConstraint("state IN ('made', 'posted', 'returned')", name=op.f('ck_print_batch_state')),
    sa.ForeignKeyConstraint(['made_by'], ['membership.key'], name=op.f('fk_print_batch_made_by')),
    sa.PrimaryKeyConstraint('key', name=op.f('pk_print_batch'))
    )
    op.create_index('ix_print_batch_digest', 'print_batch', ['digest'], unique=False)
    op.add_column('notice', sa.Column('stamps', JsonText(), server_default='[]', nullable=False))
    op.add_column('notice', sa.Column('pdf_digest', sa.String(length=64), nullable=True))
    op.add_column('notice', sa.Column('pdf_made_at', Instant(), nullable=True))
    op.add_column('notice', sa.Column('pdf_maker', sa.String(length=60), nullable=True))
    op.add_column('notice', sa.Column('pdf_tries', sa.Integer(), server_default='0', nullable=False))
    op.create_index('ix_notice_unmade', 'notice', ['key'], unique=False, sqlite_where=sa.text(_UNMADE), postgresql_where=sa.text(_UNMADE))
    op.create_index('ix_notice_pdf_digest', 'notice', ['pdf_digest'], unique=False)
    with op.batch_alter_table('delivery', schema=None) as batch_op:
        batch_op.add_column(sa.Column('counts', sa.Boolean(), server_default=sa.true(), nullable=False))
        batch_op.add_column(sa.Column('print_batch_key', _KEY, nullable=True))
        batch_op.create_foreign_key(op.f('fk_delivery_print_batch_key'), 'print_batch', ['print_batch_key'], ['key'])
    op.create_index('ix_delivery_print_batch_key', 'delivery', ['print_batch_key'], unique=False)


def downgrade() -> None:
    """Take back; the PDFs' files are left to be swept up."""
    op.drop_index('ix_delivery_print_batch_key', table_name='delivery')
    with op.batch_alter_table('delivery', schema=None) as batch_op:
        batch_op.drop_constraint(op.f('fk_delivery_print_batch_key'), type_='foreignkey')
        batch_op.drop_column('print_batch_key')
        batch_op.drop_column('counts')
    op.drop_index('ix_notice_pdf_digest', table_name='notice')
    op.drop_index('ix_notice_unmade', table_name='notice')
    for name in ('pdf_tries', 'pdf_maker', 'pdf_made_at', 'pdf_digest', 'stamps'):
        op.drop_column('notice', name)
    op.drop_table('print_batch')
