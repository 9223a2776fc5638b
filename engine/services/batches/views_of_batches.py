"""What the interface says of work on many instances at once."""

from __future__ import annotations

from datetime import datetime

from engine.services.views import View


class BatchView(View):
    """Work on many instances: how far it has come."""

    key: str
    kind: str
    state: str
    reason: str
    total: int
    waiting: int
    done: int
    failed: int
    cancelled: int
    version: int
    created_at: datetime
    ended_at: datetime | None


class BatchItemView(View):
    """One instance or task of a batch; `problem` says why it failed."""

    key: str
    process_instance_key: str
    task_key: str | None
    state: str
    problem: str | None
    done_at: datetime | None
