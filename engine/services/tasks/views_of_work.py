"""What services answer about people's work: counts, saved filters, comments, drafts, contributions."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from engine.services.views import View


class GroupCount(View):
    """How many tasks are in a group; `group` is None for those that have no value."""

    group: str | None
    count: int


class TaskCount(View):
    """How many tasks there are, altogether and by group."""

    count: int
    groups: list[GroupCount]


class CommentView(View):
    """What somebody said on a task; `text` is None once it was deleted."""

    key: str
    task_key: str
    author: str
    organisation: str
    audience: str
    text: str | None
    created_at: datetime
    changed_at: datetime | None
    deleted_at: datetime | None
    version: int


class DraftView(View):
    """A form that somebody has begun to fill in; at version 0 nobody has."""

    task_key: str
    answers: dict[str, Any]
    saved_at: datetime | None
    saved_by: str | None
    version: int


class TaskEvent(View):
    """Something that happened to a task, and who held it from then on."""

    at: datetime
    event: str
    actor: str | None
    organisation: str | None
    holder: str | None


class ContributionView(View):
    """A part of a task's answer that is asked of somebody; what it says only for whom it is meant."""

    key: str
    task_key: str
    task_name: str
    case_key: str
    member: str | None
    organisation: str
    question: str | None
    fields: list[str]
    due_date: date
    chased_on: date | None
    state: str
    answers: dict[str, Any] | None
    text: str | None
    asked_at: datetime
    ended_at: datetime | None
    version: int


class SavedFilterView(View):
    """Conditions on tasks that somebody keeps under a name."""

    key: str
    name: str
    conditions: dict[str, Any]
    sharing: str
    roles: list[str] | None
    own: bool
    version: int
