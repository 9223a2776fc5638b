"""Tables of what an authority keeps of the organisations around it beyond their names."""

from __future__ import annotations

from sqlalchemy import Column, Integer, String, Table, Text

from engine.store.columns import metadata

#: What happened in an authority and belongs to no case; chained like the events of a case.
authority_event = Table(
    "authority_event",
    metadata,
    Column("authority", String(3), primary_key=True),
    Column("sequence", Integer, primary_key=True, autoincrement=False),
    Column("body", Text, nullable=False),
    Column("hash", String(64), nullable=False),
)

#: Where an authority's chain ends: whoever adds to it locks this row.
authority_chain = Table(
    "authority_chain",
    metadata,
    Column("authority", String(3), primary_key=True),
    Column("sequence", Integer, nullable=False),
    Column("hash", String(64), nullable=False),
)
