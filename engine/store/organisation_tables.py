"""Tables of what an authority keeps of the organisations around it beyond their names."""

from __future__ import annotations

from sqlalchemy import Column, Date, Integer, String, Table, Text

from engine.store.columns import metadata
from engine.store.types import JsonText

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

#: Settings as the national register has them; an organisation of ours is one with the same URN.
setting = Table(
    "setting",
    metadata,
    Column("authority", String(3), primary_key=True),
    Column("urn", String(6), primary_key=True),
    Column("name", Text, nullable=False),
    Column("search_name", Text, nullable=False),
    #: The local authority in whose area it lies.
    Column("area", String(3), nullable=False),
    Column("establishment_number", String(4)),
    Column("ukprn", String(8)),
    Column("kind", Text, nullable=False),
    Column("phase", Text),
    Column("status", String(40), nullable=False),
    Column("opened_on", Date),
    Column("closed_on", Date),
    Column("postcode", String(10)),
    Column("special_needs", JsonText, nullable=False),
    Column("successors", JsonText, nullable=False),
)
