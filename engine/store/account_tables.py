"""Tables of how a person or a machine proves who it is: accounts, second factors, sessions, clients.

What could open a door is kept as a digest or sealed with the installation's key
(`engine.services.sign_in.vault`).
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    Column,
    Connection,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
    event,
)

from engine.store.columns import authority_column, key_column, metadata, one_of
from engine.store.types import Instant, JsonText, Key

#: Characters of a SHA-256 written in hexadecimal.
_DIGEST = 64

account = Table(
    "account",
    metadata,
    key_column(),
    authority_column(),
    Column("person_key", Key, ForeignKey("person.key"), nullable=False, unique=True),
    #: What is typed at sign-in, in lower case.
    Column("login", String(254), nullable=False, unique=True),
    Column("password_hash", Text),
    Column("password_set_at", Instant),
    #: Sealed; None until a second factor is enrolled.
    Column("second_factor", Text),
    #: The time step of the last code that was accepted: no code is accepted twice.
    Column("last_step", Integer),
    Column("created_at", Instant, nullable=False),
    Column("closed_at", Instant),
    Column("version", Integer, nullable=False),
)

recovery_code = Table(
    "recovery_code",
    metadata,
    Column("account_key", Key, ForeignKey("account.key"), primary_key=True, autoincrement=False),
    Column("digest", String(_DIGEST), primary_key=True),
    Column("used_at", Instant),
)

#: An account at a provider outside that is known to be this person's.
identity = Table(
    "identity",
    metadata,
    key_column(),
    Column("account_key", Key, ForeignKey("account.key"), nullable=False),
    Column("provider", String(40), nullable=False),
    #: The provider's stable key of the person, never an email address.
    Column("subject", String(300), nullable=False),
    Column("linked_at", Instant, nullable=False),
    UniqueConstraint("provider", "subject"),
)
Index("ix_identity_account_key", identity.c.account_key)

#: A link, good for once, with which a person takes possession of an account.
invitation = Table(
    "invitation",
    metadata,
    key_column(),
    Column("account_key", Key, ForeignKey("account.key"), nullable=False),
    Column("digest", String(_DIGEST), nullable=False, unique=True),
    Column("created_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False),
    Column("used_at", Instant),
)
Index("ix_invitation_account_key", invitation.c.account_key)

#: A sign-in that has begun and isn't finished: what is still to be shown, and for how long it may take.
sign_in = Table(
    "sign_in",
    metadata,
    key_column(),
    Column("digest", String(_DIGEST), nullable=False, unique=True),
    Column("stage", String(10), nullable=False),
    Column("account_key", Key, ForeignKey("account.key")),
    Column("provider", String(40)),
    #: Sealed: a new second factor's secret, or what only we and the provider may know.
    Column("secret", Text),
    Column("membership_key", Key, ForeignKey("membership.key")),
    Column("attempts", Integer, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False),
    one_of("stage", "code", "enrolment", "provider"),
)
Index("ix_sign_in_expires_at", sign_in.c.expires_at)

session = Table(
    "session",
    metadata,
    key_column(),
    authority_column(),
    Column("digest", String(_DIGEST), nullable=False, unique=True),
    Column("account_key", Key, ForeignKey("account.key"), nullable=False),
    Column("membership_key", Key, ForeignKey("membership.key"), nullable=False),
    Column("kept_in", String(10), nullable=False),
    #: Where the person signed in; None with a password of our own.
    Column("provider", String(40)),
    Column("provider_subject", String(300)),
    Column("provider_session", String(300)),
    #: Sealed: the provider's word on who it is, which it wants to see when the person signs out.
    Column("identity_token", Text),
    Column("created_at", Instant, nullable=False),
    Column("seen_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False),
    Column("ended_at", Instant),
    one_of("kept_in", "answer", "cookie"),
)
Index("ix_session_account_key", session.c.account_key)
Index("ix_session_provider_session", session.c.provider, session.c.provider_session)

#: How often somebody failed to sign in, by a digest of what was typed: also for accounts that don't exist.
lock_out = Table(
    "lock_out",
    metadata,
    Column("subject", String(_DIGEST), primary_key=True),
    Column("failures", Integer, nullable=False),
    Column("failed_at", Instant, nullable=False),
    Column("locked_until", Instant),
)

#: A system that signs in by itself.
client = Table(
    "client",
    metadata,
    key_column(),
    authority_column(),
    Column("membership_key", Key, ForeignKey("membership.key"), nullable=False),
    Column("client_id", String(40), nullable=False, unique=True),
    Column("secret_digest", String(_DIGEST), nullable=False),
    Column("label", Text, nullable=False),
    Column("scope", JsonText, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("revoked_at", Instant),
)
Index("ix_client_authority_key", client.c.authority, client.c.key)

#: Messages of a provider that have been heard: none is heard twice.
heard_message = Table(
    "heard_message",
    metadata,
    Column("digest", String(_DIGEST), primary_key=True),
    Column("expires_at", Instant, nullable=False),
)

#: Requests of the present minute, where several processes count together. Losing it in a crash does no harm.
rate_limit = Table(
    "rate_limit",
    metadata,
    Column("subject", String(_DIGEST), primary_key=True),
    Column("starts", Integer, primary_key=True, autoincrement=False),
    Column("used", Integer, nullable=False),
)
UNLOGGED = "ALTER TABLE rate_limit SET UNLOGGED"


@event.listens_for(rate_limit, "after_create")
def _keep_no_log(_table: Table, connection: Connection, **_options: Any) -> None:
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(UNLOGGED)
