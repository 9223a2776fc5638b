"""What every table is made of: one collection of tables, and the columns that most of them share."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Column, ForeignKey, MetaData, String

from engine.store.types import Key

metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
    }
)


def one_of(column: str, *values: str) -> CheckConstraint:
    """A column that holds one of these texts and no other."""
    listed = ", ".join(f"'{value}'" for value in values)
    return CheckConstraint(f"{column} IN ({listed})", name=column)


def key_column() -> Column[int]:
    """The row's own key, which the database gives."""
    return Column("key", Key, primary_key=True, autoincrement=True)


def authority_column() -> Column[str]:
    """The three-digit LA code of the authority that the row belongs to."""
    return Column("authority", String(3), nullable=False)


def case_column(*, nullable: bool = False) -> Column[int]:
    """The case that the row belongs to."""
    return Column("case_key", Key, ForeignKey("ehc_case.key"), nullable=nullable)
