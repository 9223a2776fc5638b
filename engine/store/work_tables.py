"""Tables of what people note on their work: filters, comments, drafts, contributions, answers to lateness."""

from __future__ import annotations

from sqlalchemy import Column, Date, ForeignKey, Index, Integer, String, Table, Text, UniqueConstraint

from engine.store.columns import authority_column, case_column, key_column, metadata, one_of
from engine.store.types import Instant, JsonText, Key

#: Conditions on tasks that somebody keeps under a name.
task_filter = Table(
    "task_filter",
    metadata,
    key_column(),
    authority_column(),
    Column("membership_key", Key, ForeignKey("membership.key"), nullable=False),
    #: Whose members see it, where it is shared.
    Column("organisation", String(80), nullable=False),
    Column("name", Text, nullable=False),
    Column("conditions", JsonText, nullable=False),
    Column("sharing", String(12), nullable=False),
    #: The roles that it is shared with; null: all of the organisation.
    Column("roles", JsonText),
    Column("version", Integer, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("changed_at", Instant, nullable=False),
    one_of("sharing", "own", "organisation"),
)
Index("ix_task_filter_authority_organisation", task_filter.c.authority, task_filter.c.organisation)

#: What somebody said on a task. A deleted one keeps its place and loses its words.
task_comment = Table(
    "task_comment",
    metadata,
    key_column(),
    authority_column(),
    case_column(),
    Column("task_key", Key, ForeignKey("task.key"), nullable=False),
    Column("membership_key", Key, ForeignKey("membership.key"), nullable=False),
    Column("organisation", String(80), nullable=False),
    Column("audience", String(12), nullable=False),
    Column("words", Text),
    Column("version", Integer, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("changed_at", Instant),
    Column("deleted_at", Instant),
    one_of("audience", "organisation", "case"),
)
Index("ix_task_comment_task_key", task_comment.c.task_key, task_comment.c.key)
Index("ix_task_comment_case_key", task_comment.c.case_key, task_comment.c.key)

#: A form that somebody has begun to fill in.
task_draft = Table(
    "task_draft",
    metadata,
    Column("task_key", Key, ForeignKey("task.key"), primary_key=True, autoincrement=False),
    authority_column(),
    case_column(),
    Column("organisation", String(80), nullable=False),
    Column("membership_key", Key, ForeignKey("membership.key"), nullable=False),
    Column("answers", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("saved_at", Instant, nullable=False),
    sqlite_with_rowid=False,
)
Index("ix_task_draft_case_key", task_draft.c.case_key)

#: A part of a task's answer that its holder asks of somebody else.
contribution = Table(
    "contribution",
    metadata,
    key_column(),
    authority_column(),
    case_column(),
    Column("task_key", Key, ForeignKey("task.key"), nullable=False),
    #: Who is asked; null: anybody of the organisation.
    Column("membership_key", Key, ForeignKey("membership.key")),
    Column("organisation", String(80), nullable=False),
    Column("question", Text, nullable=False),
    #: Fields of the task's form that are asked for; empty: words alone.
    Column("fields", JsonText, nullable=False),
    Column("due_on", Date, nullable=False),
    #: When it is to be asked for again; null when it needn't be.
    Column("chase_at", Instant),
    Column("chased_on", Date),
    Column("state", String(10), nullable=False),
    Column("answers", Text),
    Column("words", Text),
    Column("asked_at", Instant, nullable=False),
    Column("asked_by", Key, ForeignKey("membership.key"), nullable=False),
    Column("ended_at", Instant),
    Column("ended_by", Key, ForeignKey("membership.key")),
    Column("version", Integer, nullable=False),
    one_of("state", "asked", "given", "declined", "withdrawn"),
)
#: Somebody waits for it.
CHASES_OF_CONTRIBUTIONS = contribution.c.chase_at.is_not(None)
Index("ix_contribution_task_key", contribution.c.task_key)
Index("ix_contribution_case_key", contribution.c.case_key)
Index(
    "ix_contribution_organisation", contribution.c.authority, contribution.c.organisation, contribution.c.key
)
Index(
    "ix_contribution_chase_at",
    contribution.c.chase_at,
    sqlite_where=CHASES_OF_CONTRIBUTIONS,
    postgresql_where=CHASES_OF_CONTRIBUTIONS,
)

#: What people did about lateness, entry by entry.
escalation_entry = Table(
    "escalation_entry",
    metadata,
    key_column(),
    authority_column(),
    case_column(),
    Column("escalation_key", Key, ForeignKey("escalation.key"), nullable=False),
    Column("membership_key", Key, ForeignKey("membership.key"), nullable=False),
    Column("kind", String(15), nullable=False),
    #: The level at which it stood when this was done.
    Column("level", String(20), nullable=False),
    #: The coded reason of an answer.
    Column("code", String(40)),
    Column("words", Text),
    Column("at", Instant, nullable=False),
    one_of("kind", "acknowledged", "note", "answered", "handed_up"),
)
Index("ix_escalation_entry_escalation_key", escalation_entry.c.escalation_key, escalation_entry.c.key)
Index("ix_escalation_entry_case_key", escalation_entry.c.case_key)

#: Reasons for lateness that an authority adds to those that every authority has, or gives up.
lateness_reason = Table(
    "lateness_reason",
    metadata,
    key_column(),
    authority_column(),
    Column("code", String(40), nullable=False),
    Column("title", Text, nullable=False),
    #: From this day on nobody is offered it any more; what was answered with it stays.
    Column("ended_on", Date),
    Column("version", Integer, nullable=False),
    Column("changed_at", Instant, nullable=False),
    Column("changed_by", Key, ForeignKey("membership.key"), nullable=False),
    UniqueConstraint("authority", "code"),
)

#: Documents of the case that a task refers to.
task_attachment = Table(
    "task_attachment",
    metadata,
    Column("task_key", Key, ForeignKey("task.key"), primary_key=True, autoincrement=False),
    Column("document_key", Key, ForeignKey("document.key"), primary_key=True, autoincrement=False),
    authority_column(),
    case_column(),
    Column("membership_key", Key, ForeignKey("membership.key"), nullable=False),
    Column("attached_at", Instant, nullable=False),
    sqlite_with_rowid=False,
)
Index("ix_task_attachment_case_key", task_attachment.c.case_key)
Index("ix_task_attachment_document_key", task_attachment.c.document_key)
