"""`/tasks`: what is noted on them: comments, drafts, and who had them when."""

from __future__ import annotations

from typing import Any

from flask import Response

from api.answers import answer, whole
from api.blueprint import permission, problems
from api.context import current_engine, current_principal
from api.lists import ListQuery
from api.preconditions import conditional
from api.repeats import repeatable
from api.tasks.note_schemas import (
    COMMENT,
    COMMENT_PAGE,
    COMMENT_TEXT,
    DELETED_COMMENT,
    DRAFT,
    DRAFT_ANSWERS,
    NEW_COMMENT,
    TASK_HISTORY,
    Comment,
    CommentPage,
    CommentText,
    Draft,
    NewComment,
    NewDraft,
    TaskHistory,
)
from api.tasks.routes import tasks
from engine.services.tasks import task_comments, task_drafts, task_history


@tasks.get("/<key:task_key>/comments")
@permission("task:read")
@problems("not-found")
@tasks.filters(ListQuery)
@tasks.answers(200, CommentPage, COMMENT_PAGE)
def list_task_comments(query: dict[str, Any], task_key: str) -> Response:
    """List the comments on a task.

    Those that are meant for the caller's organisation or for everybody on the case, the oldest first.
    """
    return answer(task_comments.comments_of_task(current_engine(), current_principal(), task_key, **query))


@tasks.post("/<key:task_key>/comments")
@permission("task:work")
@repeatable
@conditional
@problems("not-found", "incident")
@tasks.takes(NewComment, NEW_COMMENT)
@tasks.answers(201, Comment, COMMENT, "ETag")
def add_task_comment(body: dict[str, Any], task_key: str, version: int | None) -> Response:
    """Comment on a task.

    To the caller's own organisation, or to everybody who works on the case.
    """
    said = task_comments.add_comment(
        current_engine(), current_principal(), task_key, body["text"], body["audience"]
    )
    return answer(said, 201, version=said.version)


@tasks.patch("/<key:task_key>/comments/<key:comment_key>")
@permission("task:work")
@conditional
@problems("not-found", "conflict", "incident")
@tasks.takes(CommentText, COMMENT_TEXT)
@tasks.answers(200, Comment, COMMENT, "ETag")
def change_task_comment(
    body: dict[str, Any], task_key: str, comment_key: str, version: int | None
) -> Response:
    """Say one's own comment in other words, within a day."""
    said = task_comments.change_comment(
        current_engine(), current_principal(), task_key, comment_key, body["text"], version
    )
    return answer(said, version=said.version)


@tasks.delete("/<key:task_key>/comments/<key:comment_key>")
@permission("task:work")
@conditional
@problems("not-found", "conflict", "incident")
@tasks.answers(200, Comment, DELETED_COMMENT, "ETag")
def delete_task_comment(task_key: str, comment_key: str, version: int | None) -> Response:
    """Delete one's own comment.

    Its words are gone; that something was said, when and by whom stays.
    """
    said = task_comments.delete_comment(current_engine(), current_principal(), task_key, comment_key, version)
    return answer(said, version=said.version)


@tasks.get("/<key:task_key>/history")
@permission("task:read")
@problems("not-found")
@tasks.answers(200, TaskHistory, TASK_HISTORY)
def get_task_history(task_key: str) -> Response:
    """Read what happened to a task, and who held it when."""
    return answer(whole(task_history.history(current_engine(), current_principal(), task_key)))


@tasks.get("/<key:task_key>/draft")
@permission("task:work")
@problems("not-found")
@tasks.answers(200, Draft, DRAFT, "ETag")
def get_draft(task_key: str) -> Response:
    """Read the draft of a task's form.

    For those of the organisation that saved it who could complete the task; empty where there is none.
    """
    draft = task_drafts.read_draft(current_engine(), current_principal(), task_key)
    return answer(draft, version=draft.version)


@tasks.put("/<key:task_key>/draft")
@permission("task:work")
@conditional
@problems("not-found", "task-held", "task-closed")
@tasks.takes(NewDraft, DRAFT_ANSWERS)
@tasks.answers(200, Draft, DRAFT, "ETag")
def save_draft(body: dict[str, Any], task_key: str, version: int | None) -> Response:
    """Save a draft of a task's form.

    Only the names of fields are checked. It stays when the task is given back or assigned, and ends with it.
    `If-Match` names the draft's own version, "0" where there was none.
    """
    draft = task_drafts.save_draft(current_engine(), current_principal(), task_key, body["answers"], version)
    return answer(draft, version=draft.version)


@tasks.delete("/<key:task_key>/draft")
@permission("task:work")
@conditional
@problems("not-found", "task-held", "task-closed")
@tasks.answers(200, Draft, DRAFT, "ETag")
def discard_draft(task_key: str, version: int | None) -> Response:
    """Throw the draft of a task's form away; it is answered as it was."""
    draft = task_drafts.discard_draft(current_engine(), current_principal(), task_key, version)
    return answer(draft, version=draft.version)
