"""What is noted on tasks: comments, drafts, and what happened to them."""

from __future__ import annotations

from typing import Any

from marshmallow import fields

from api.fields import Instant, Key, Prose, choice
from api.lists import LAST, ListPage
from api.schema import AnswerSchema, RequestSchema
from engine.services.tasks.task_comments import AUDIENCES


class NewComment(RequestSchema):
    """What is to be said, and to whom."""

    text = Prose(required=True)
    audience = choice(
        *AUDIENCES,
        load_default="organisation",
        metadata={"description": "The caller's own organisation, or everybody who works on the case."},
    )


class CommentText(RequestSchema):
    """The same in other words."""

    text = Prose(required=True)


class Comment(AnswerSchema):
    """What somebody said on a task."""

    key = Key(required=True)
    task_key = Key(required=True)
    author = fields.String(required=True)
    organisation = fields.String(required=True)
    audience = choice(*AUDIENCES, required=True)
    text = fields.String(required=True, allow_none=True, metadata={"description": "null once deleted."})
    created_at = Instant(required=True)
    changed_at = Instant(required=True, allow_none=True)
    deleted_at = Instant(required=True, allow_none=True)
    version = fields.Integer(required=True, metadata={"description": "As in `ETag`."})


class CommentPage(ListPage):
    """A page of comments, the oldest first."""

    items = fields.List(fields.Nested(Comment), required=True)


class NewDraft(RequestSchema):
    """What has been filled in so far."""

    answers = fields.Dict(
        keys=fields.String(),
        required=True,
        metadata={"description": "Fields of the task's form; they are checked when it is completed."},
    )


class Draft(AnswerSchema):
    """A form that somebody has begun to fill in."""

    task_key = Key(required=True)
    answers = fields.Dict(
        keys=fields.String(), required=True, metadata={"description": "As they were saved last."}
    )
    saved_at = Instant(required=True, allow_none=True, metadata={"description": "null: never."})
    saved_by = fields.String(required=True, allow_none=True)
    version = fields.Integer(required=True, metadata={"description": "As in `ETag`."})


class TaskEvent(AnswerSchema):
    """Something that happened to a task."""

    at = Instant(required=True)
    event = fields.String(required=True)
    actor = fields.String(required=True, allow_none=True, metadata={"description": "null: time did it."})
    organisation = fields.String(required=True, allow_none=True)
    holder = fields.String(
        required=True, allow_none=True, metadata={"description": "Who held the task from then on."}
    )


class TaskHistory(ListPage):
    """What happened to a task, the first first."""

    items = fields.List(fields.Nested(TaskEvent), required=True)


NEW_COMMENT: dict[str, Any] = {"text": "The school's report is promised for Friday.", "audience": "case"}
COMMENT_TEXT: dict[str, Any] = {"text": "The school's report is promised for Monday."}
COMMENT: dict[str, Any] = {
    "key": "31",
    "taskKey": "4096",
    "author": "Amina Farouk",
    "organisation": "send_team",
    "audience": "case",
    "text": "The school's report is promised for Friday.",
    "createdAt": "2026-03-02T10:15:00Z",
    "changedAt": None,
    "deletedAt": None,
    "version": 1,
}
DELETED_COMMENT = {**COMMENT, "text": None, "deletedAt": "2026-03-02T10:20:00Z", "version": 2}
COMMENT_PAGE: dict[str, Any] = {"items": [COMMENT], "page": LAST}
DRAFT_ANSWERS: dict[str, Any] = {"answers": {}}
DRAFT: dict[str, Any] = {
    "taskKey": "4096",
    "answers": {"reasons": "Support so far"},
    "savedAt": "2026-03-02T10:15:00Z",
    "savedBy": "Amina Farouk",
    "version": 2,
}
TASK_HISTORY: dict[str, Any] = {
    "items": [
        {
            "at": "2026-02-12T09:30:00Z",
            "event": "task:claimed",
            "actor": "Amina Farouk",
            "organisation": "send_team",
            "holder": "Amina Farouk",
        }
    ],
    "page": LAST,
}
