"""Tables of process control: who deployed what and why, what waits for a suspended instance, who has an
incident in hand."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Index, Integer, String, Table, Text

from engine.store.columns import authority_column, case_column, key_column, metadata, one_of
from engine.store.types import Instant, JsonText, Key

#: Each time that a deployment was made the newest: the same content may be so more than once.
deployment_act = Table(
    "deployment_act",
    metadata,
    key_column(),
    authority_column(),
    Column("deployment_key", Key, ForeignKey("deployment.key"), nullable=False),
    Column("membership_key", Key, ForeignKey("membership.key")),
    Column("deployed_by", Text, nullable=False),
    Column("deployed_at", Instant, nullable=False),
    Column("reason", Text),
    #: The losses that whoever deployed has accepted, by their ids.
    Column("accepted_losses", JsonText, nullable=False),
)
Index("ix_deployment_act_deployment_key", deployment_act.c.deployment_key)

#: What came for an instance while it was suspended: it is given to it when it goes on, in this order.
held_event = Table(
    "held_event",
    metadata,
    key_column(),
    authority_column(),
    case_column(),
    Column("instance_key", Key, ForeignKey("instance.key"), nullable=False),
    Column("kind", String(10), nullable=False),
    Column("name", String(200), nullable=False),
    Column("correlation_key", String(200)),
    Column("variables", JsonText, nullable=False),
    Column("received_at", Instant, nullable=False),
    one_of("kind", "message", "signal"),
)
Index("ix_held_event_instance_key", held_event.c.instance_key)

#: Who looks after an incident, and what is known of it.
incident_care = Table(
    "incident_care",
    metadata,
    authority_column(),
    Column("incident_key", Key, ForeignKey("incident.key"), primary_key=True, autoincrement=False),
    Column("assignee_key", Key, ForeignKey("membership.key")),
    Column("annotation", Text),
    Column("version", Integer, nullable=False),
    Column("changed_at", Instant, nullable=False),
    sqlite_with_rowid=False,
)
