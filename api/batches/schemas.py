"""What batches look like."""

from __future__ import annotations

from typing import Any

from marshmallow import fields, validate

from api.fields import Flag, Instant, Key, Prose, choice
from api.lists import LAST, ListPage, ListQuery
from api.schema import AnswerSchema, RequestSchema
from engine.services.batches.batches import KINDS, MOST_NAMED

BATCH_STATES = ("running", "paused", "cancelled", "completed")
ITEM_STATES = ("waiting", "done", "failed", "cancelled")
_KEYS = validate.Length(min=1, max=MOST_NAMED, error=f"Name 1 to {MOST_NAMED} at a time.")


class BatchQuery(ListQuery):
    """Which batches to list."""

    state = choice(*BATCH_STATES)
    kind = choice(*KINDS)


class BatchItemQuery(ListQuery):
    """Which items of a batch to list."""

    state = choice(*ITEM_STATES)


class NewBatch(RequestSchema):
    """What to do, and with what. A migration is made at `/migrations/execute`."""

    kind = choice(*[kind for kind in KINDS if kind != "migrate"], required=True)
    process_instance_keys = fields.List(Key(), validate=_KEYS)
    process_definition_key = Key(metadata={"description": "All instances that run on this version."})
    task_keys = fields.List(Key(), validate=_KEYS, metadata={"description": "For `reassign`."})
    assignee_key = Key(metadata={"description": "For `reassign`: the membership that gets the tasks."})
    force = Flag(
        load_default=False,
        metadata={"description": "For `cancel`: even where limits of law are left with nobody at work."},
    )
    reason = Prose(required=True)


class Batch(AnswerSchema):
    """Work on many instances, and how far it has come."""

    key = Key(required=True)
    kind = choice(*KINDS, required=True)
    state = choice(*BATCH_STATES, required=True)
    reason = fields.String(required=True)
    total = fields.Integer(required=True)
    waiting = fields.Integer(required=True)
    done = fields.Integer(required=True)
    failed = fields.Integer(required=True)
    cancelled = fields.Integer(required=True)
    version = fields.Integer(required=True, metadata={"description": "As in `ETag`."})
    created_at = Instant(required=True)
    ended_at = Instant(required=True, allow_none=True)


class BatchPage(ListPage):
    """A page of batches, the newest first."""

    items = fields.List(fields.Nested(Batch), required=True)


class BatchItem(AnswerSchema):
    """One instance or task of a batch."""

    key = Key(required=True)
    process_instance_key = Key(required=True)
    task_key = Key(required=True, allow_none=True)
    state = choice(*ITEM_STATES, required=True)
    problem = fields.String(
        required=True, allow_none=True, metadata={"description": "Why it failed, and what to do about it."}
    )
    done_at = Instant(required=True, allow_none=True)


class BatchItemPage(ListPage):
    """A page of items, in the order in which they are done."""

    items = fields.List(fields.Nested(BatchItem), required=True)


NEW_BATCH: dict[str, Any] = {
    "kind": "suspend",
    "processInstanceKeys": ["12"],
    "reason": "The form is being mended.",
}
BATCH: dict[str, Any] = {
    "key": "3",
    "kind": "suspend",
    "state": "running",
    "reason": "The form is being mended.",
    "total": 240,
    "waiting": 100,
    "done": 138,
    "failed": 2,
    "cancelled": 0,
    "version": 1,
    "createdAt": "2026-11-02T09:00:00Z",
    "endedAt": None,
}
PAUSED = {**BATCH, "state": "paused", "version": 2}
CANCELLED = {
    **BATCH,
    "state": "cancelled",
    "waiting": 0,
    "cancelled": 100,
    "version": 2,
    "endedAt": "2026-11-02T09:01:00Z",
}
BATCH_PAGE = {"items": [BATCH], "page": LAST}
BATCH_ITEM: dict[str, Any] = {
    "key": "17",
    "processInstanceKey": "12",
    "taskKey": None,
    "state": "failed",
    "problem": "Process instance 12 has ended (completed).",
    "doneAt": "2026-11-02T09:00:01Z",
}
BATCH_ITEM_PAGE = {"items": [BATCH_ITEM], "page": LAST}
