"""The table of hearings: who is to hear of a limit that nears or was missed, when, and by which way."""

from __future__ import annotations

from sqlalchemy import (
    Column,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    UniqueConstraint,
    and_,
    literal_column,
)

from engine.store.columns import authority_column, case_column, key_column, metadata, one_of
from engine.store.types import Instant, Key

#: One person, or one body without members here, is to hear of one thread as it stood at one telling.
hearing = Table(
    "hearing",
    metadata,
    key_column(),
    authority_column(),
    case_column(),
    Column("escalation_key", Key, ForeignKey("escalation.key"), nullable=False),
    #: Which telling of its thread it belongs to, counted from 1: `escalation.told` at that time.
    Column("stage", Integer, nullable=False),
    #: Who hears; None: everybody who holds `recipient`, which nobody does by name.
    Column("membership_key", Key, ForeignKey("membership.key")),
    #: As what they hear it: a role of an organisation (`service_manager@camhs`).
    Column("recipient", String(120), nullable=False),
    #: Whom the ladder names, where that is somebody else: nobody holds it, and it went one level further up.
    Column("instead_of", String(120)),
    #: The membership that is away, where who hears covers for it.
    Column("covers_key", Key, ForeignKey("membership.key")),
    Column("level", String(20), nullable=False),
    Column("reason", String(10), nullable=False),
    #: The row of the ladder that says so; None: somebody handed it up, or a warning came before the ladder.
    Column("ladder_row", String(200)),
    #: "digest", or the way by which it goes at once.
    Column("channel", String(10), nullable=False),
    Column("wording", String(60)),
    Column("created_at", Instant, nullable=False),
    #: When it was put into a message or a digest; None: it waits for the next digest, or was withdrawn.
    Column("told_at", Instant),
    #: The message or digest that carries it.
    Column("outbox_key", Key, ForeignKey("outbox.key")),
    #: When it became pointless: the cause had ended before it was told or sent.
    Column("withdrawn_at", Instant),
    UniqueConstraint("escalation_key", "stage", "membership_key"),
    one_of("channel", "digest", "inbox", "email", "text", "chat", "webhook"),
    one_of("reason", "nearing", "missed"),
)
#: It waits for a digest.
UNTOLD = and_(hearing.c.told_at.is_(None), hearing.c.withdrawn_at.is_(None))
NAMELESS = hearing.c.membership_key.is_(None)
Index(
    "ix_hearing_escalation_key_recipient",
    hearing.c.escalation_key,
    hearing.c.stage,
    hearing.c.recipient,
    unique=True,
    sqlite_where=NAMELESS,
    postgresql_where=NAMELESS,
)
Index(
    "ix_hearing_untold",
    hearing.c.membership_key,
    hearing.c.key,
    sqlite_where=UNTOLD,
    postgresql_where=UNTOLD,
)
#: Of what waits for a digest, the oldest of an authority first.
WAITS = and_(UNTOLD, hearing.c.channel == literal_column("'digest'"))
Index(
    "ix_hearing_waits",
    hearing.c.authority,
    hearing.c.created_at,
    sqlite_where=WAITS,
    postgresql_where=WAITS,
)
Index("ix_hearing_case_key", hearing.c.case_key)
Index("ix_hearing_outbox_key", hearing.c.outbox_key)
