"""What services answer about people's work: counts, saved filters, comments, drafts, contributions."""

from __future__ import annotations

from engine.services.views import View


class GroupCount(View):
    """How many tasks are in a group; `group` is None for those that have no value."""

    group: str | None
    count: int


class TaskCount(View):
    """How many tasks there are, altogether and by group."""

    count: int
    groups: list[GroupCount]
