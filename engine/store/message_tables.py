"""Tables of messages: what waits for people, the log of attempts, and the ways that they choose."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Index, Integer, String, Table, Text, and_, literal_column

from engine.store.columns import authority_column, case_column, key_column, metadata, one_of
from engine.store.types import Instant, Key

#: What leaves the engine, written in the step that needs it.
outbox = Table(
    "outbox",
    metadata,
    key_column(),
    authority_column(),
    #: None for what tells of several cases: a digest.
    case_column(nullable=True),
    Column("kind", String(10), nullable=False),
    #: Names the message for ever: posting it again is refused, and a channel that knows it sends it once.
    Column("reference", String(120), nullable=False, unique=True),
    #: A role of an organisation (`service_manager@camhs`), an organisation's code, or `family`.
    Column("recipient", String(120), nullable=False),
    #: The membership whose message it is, where it goes to a person of an organisation.
    Column("membership_key", Key, ForeignKey("membership.key")),
    #: The copy of a notice that it carries.
    Column("delivery_key", Key, ForeignKey("delivery.key")),
    Column("channel", String(10), nullable=False),
    #: The template of its words; None: subject and body are all there is.
    Column("wording", String(60)),
    #: 0 goes before 1 before 2: statutory notices, what is urgent, the rest.
    Column("rank", Integer, nullable=False),
    Column("subject", Text, nullable=False),
    Column("body", Text, nullable=False),
    Column("state", String(10), nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("created_at", Instant, nullable=False),
    #: The instant from which it may be tried: in working hours, after a wait, when a sender's lease ends.
    Column("next_at", Instant, nullable=False),
    Column("sent_at", Instant),
    #: When nothing more is expected: delivered, failed for good, or canceled.
    Column("ended_at", Instant),
    #: When its person opened it in the application.
    Column("read_at", Instant),
    #: Who carried it, and the name they gave it.
    Column("provider", String(20)),
    Column("provider_reference", String(120)),
    #: What came of the last attempt, in a word without personal data.
    Column("outcome", String(60)),
    Column("version", Integer, nullable=False, server_default="1"),
    one_of("kind", "alert", "digest", "notice", "task"),
    one_of("channel", "inbox", "email", "text", "letter", "print", "chat", "webhook", "portal", "by_hand"),
    one_of("state", "waiting", "sent", "delivered", "failed", "held", "canceled"),
)
_UNSENT = outbox.c.state == literal_column("'waiting'")
Index(
    "ix_outbox_waiting",
    outbox.c.rank,
    outbox.c.next_at,
    outbox.c.key,
    sqlite_where=_UNSENT,
    postgresql_where=_UNSENT,
)
Index("ix_outbox_case_key", outbox.c.case_key)
#: What is for nobody by name: the inbox of a role or an organisation.
_SHARED = outbox.c.membership_key.is_(None)
Index(
    "ix_outbox_recipient",
    outbox.c.authority,
    outbox.c.recipient,
    outbox.c.key,
    sqlite_where=_SHARED,
    postgresql_where=_SHARED,
)
#: What goes no further unless somebody sees to it.
STUCK = outbox.c.state.in_([literal_column("'failed'"), literal_column("'held'")])
Index("ix_outbox_stuck", outbox.c.authority, outbox.c.key, sqlite_where=STUCK, postgresql_where=STUCK)
Index("ix_outbox_membership_key", outbox.c.membership_key, outbox.c.key)
_IN_TRANSIT = outbox.c.state == literal_column("'sent'")
Index(
    "ix_outbox_provider_reference",
    outbox.c.provider_reference,
    sqlite_where=_IN_TRANSIT,
    postgresql_where=_IN_TRANSIT,
)
#: What is asked after: its provider tells what became of it. `next_at` is then when it's asked again.
AWAITED = and_(
    outbox.c.state == literal_column("'sent'"),
    outbox.c.ended_at.is_(None),
    outbox.c.provider.in_([literal_column("'notify'"), literal_column("'webhook'")]),
)
Index("ix_outbox_awaited", outbox.c.next_at, sqlite_where=AWAITED, postgresql_where=AWAITED)

#: Every attempt to send a message, and what came of it.
outbox_attempt = Table(
    "outbox_attempt",
    metadata,
    key_column(),
    authority_column(),
    Column("outbox_key", Key, ForeignKey("outbox.key"), nullable=False),
    Column("at", Instant, nullable=False),
    Column("provider", String(20), nullable=False),
    Column("provider_reference", String(120)),
    #: In a word without personal data.
    Column("outcome", String(60), nullable=False),
)
Index("ix_outbox_attempt_outbox_key", outbox_attempt.c.outbox_key)

#: By which way a person, or an organisation for all its members, wants messages of a kind.
channel_choice = Table(
    "channel_choice",
    metadata,
    key_column(),
    authority_column(),
    Column("membership_key", Key, ForeignKey("membership.key")),
    Column("organisation_key", Key, ForeignKey("organisation.key")),
    Column("kind", String(10), nullable=False),
    Column("channel", String(10), nullable=False),
    #: Where it goes, sealed, if that isn't the person's own email address.
    Column("address", Text),
    Column("changed_at", Instant, nullable=False),
    Column("version", Integer, nullable=False, server_default="1"),
    one_of("kind", "alert", "digest", "notice", "task"),
    one_of("channel", "inbox", "email", "text", "chat", "webhook"),
)
Index("ix_channel_choice_membership_key", channel_choice.c.membership_key)
Index("ix_channel_choice_organisation_key", channel_choice.c.organisation_key)
