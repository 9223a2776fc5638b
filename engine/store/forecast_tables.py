"""The table of forecasts: how likely each running limit is to be missed, and how the work on it stood."""

from __future__ import annotations

from sqlalchemy import Column, Date, Float, ForeignKey, Index, Integer, String, Table

from engine.store.columns import authority_column, case_column, metadata, one_of
from engine.store.types import Instant, JsonText, Key

#: One row a limit, made anew each morning. It stays when the limit has ended: later forecasts learn from it.
forecast = Table(
    "forecast",
    metadata,
    Column("deadline_key", Key, ForeignKey("deadline.key"), primary_key=True, autoincrement=False),
    authority_column(),
    case_column(),
    #: The morning on which it was last looked at.
    Column("made_on", Date, nullable=False),
    #: From 0 to 1; null when nothing is forecast of it (any more).
    Column("likelihood", Float),
    #: How many limits it was compared with, and how many of them were missed.
    Column("comparable", Integer, nullable=False),
    Column("missed", Integer, nullable=False),
    #: What these had in common with it.
    Column("basis", String(20), nullable=False),
    #: How the work stood, and each morning since which it stood otherwise: `[["2026-03-02", "unclaimed"]]`.
    Column("state", String(12), nullable=False),
    Column("trail", JsonText, nullable=False),
    #: What would help, coded.
    Column("helps", JsonText, nullable=False),
    #: When somebody was warned, which happens once.
    Column("warned_at", Instant),
    one_of("state", "untouched", "unclaimed", "claimed", "waiting", "said_late", "handed_in"),
    one_of("basis", "organisation_state", "organisation", "rule", "all"),
    sqlite_with_rowid=False,
)
Index("ix_forecast_case_key", forecast.c.case_key)
#: Something is forecast of it.
FORECAST = forecast.c.likelihood.is_not(None)
Index(
    "ix_forecast_authority_likelihood",
    forecast.c.authority,
    forecast.c.likelihood,
    sqlite_where=FORECAST,
    postgresql_where=FORECAST,
)
