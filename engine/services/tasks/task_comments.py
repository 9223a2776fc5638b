"""What people say on a task: to their own organisation, or to everybody on the case.

The words are in no audit trail, letter or log. A deleted comment keeps its place and loses its words.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, Select, bindparam, insert, or_, select, update

from engine.errors import BadInput, Conflict, NotFound, NotPermitted, VersionMismatch
from engine.services import paging
from engine.services.audit.audit import Actor, Event
from engine.services.cases.cases import find_case
from engine.services.incidents import guarded
from engine.services.principals import Principal
from engine.services.sight import sight
from engine.services.step import CaseStep
from engine.services.tasks import task_rows
from engine.services.tasks.views_of_work import CommentView
from engine.services.views import Page, PageEnd
from engine.store import tables
from engine.store.types import AnyRow
from engine.store.work_tables import task_comment

if TYPE_CHECKING:
    from engine.application import Engine

AUDIENCES = ("organisation", "case")
#: How long a comment's words may still be changed: later others have read and acted on them.
EDITABLE_FOR = timedelta(hours=24)


def add_comment(
    engine: Engine, principal: Principal, key: str, words: str, audience: str = "organisation"
) -> CommentView:
    """Say something on a task.

    Raises:
        BadInput: there are no words, or the audience is none.
        NotFound: there is no such task for this principal.
    """
    principal.require("task:work")
    if audience not in AUDIENCES:
        raise BadInput.field("audience", f"audience is one of {', '.join(AUDIENCES)}.")
    said = _words(words)

    def work(step: CaseStep) -> CommentView:
        task = task_rows.seen(step.connection, principal, key)
        row = {
            "authority": step.authority,
            "case_key": step.case_key,
            "task_key": task.key,
            "membership_key": principal.membership_key,
            "organisation": principal.organisation,
            "audience": audience,
            "words": said,
            "version": 1,
            "created_at": step.now,
        }
        made = step.connection.execute(_NEW, row).scalar_one()
        step.audit.append(
            Event.TASK_COMMENTED, element=task.element_id, task=task.key, comment=made, audience=audience
        )
        return _view(_own(step.connection, principal, key, str(made)))

    return _in_step(engine, principal, key, "comment on", work)


def change_comment(
    engine: Engine, principal: Principal, key: str, comment: str, words: str, version: int | None = None
) -> CommentView:
    """Say it in other words: one's own, within a day.

    Raises:
        BadInput: there are no words.
        Conflict: it is deleted, or older than a day.
        NotFound, NotPermitted, VersionMismatch: as their names say.
    """
    said = _words(words)

    def work(step: CaseStep, row: AnyRow) -> None:
        if step.now - row.created_at > EDITABLE_FOR:
            raise Conflict("A comment can be changed within a day. Add another one.")
        values = {"row_key": row.key, "said": said, "changed": step.now, "gone": None}
        step.connection.execute(_CHANGE, values)
        step.audit.append(Event.COMMENT_CHANGED, task=row.task_key, comment=row.key)

    return _on_own(engine, principal, key, comment, version, work)


def delete_comment(
    engine: Engine, principal: Principal, key: str, comment: str, version: int | None = None
) -> CommentView:
    """Take back what one has said. That something was said, when and by whom stays.

    Raises:
        Conflict: it is deleted already.
        NotFound, NotPermitted, VersionMismatch: as their names say.
    """

    def work(step: CaseStep, row: AnyRow) -> None:
        values = {"row_key": row.key, "said": None, "changed": row.changed_at, "gone": step.now}
        step.connection.execute(_CHANGE, values)
        step.audit.append(Event.COMMENT_DELETED, task=row.task_key, comment=row.key)

    return _on_own(engine, principal, key, comment, version, work)


def comments_of_task(
    engine: Engine, principal: Principal, key: str, *, limit: int = 50, cursor: str | None = None
) -> Page[CommentView]:
    """What was said on a task, as far as the principal is of the audience, the oldest first.

    Raises:
        NotFound: there is no such task for this principal.
    """
    principal.require("task:read")
    with engine.database.read() as connection:
        task = task_rows.seen(connection, principal, key)
        return _page(connection, principal, _LIST.where(task_comment.c.task_key == task.key), limit, cursor)


def comments_of_case(
    engine: Engine, principal: Principal, case_key: str, *, limit: int = 50, cursor: str | None = None
) -> Page[CommentView]:
    """What was said on the tasks of a case, as far as the principal is of the audience, the oldest first.

    Raises:
        NotFound: there is no such case for this principal.
    """
    principal.require("case:read")
    with engine.database.read() as connection:
        case = find_case(engine, connection, principal, case_key)
        return _page(connection, principal, _LIST.where(task_comment.c.case_key == case.key), limit, cursor)


def _page(
    connection: Connection, principal: Principal, query: Select[Any], limit: int, cursor: str | None
) -> Page[CommentView]:
    query = query.where(_is_for(principal)).limit(paging.clamp(limit) + 1)
    if cursor is not None:
        query = query.where(task_comment.c.key > paging.decode(cursor, int)[0])
    rows = connection.execute(query).all()
    end = paging.encode([rows[limit - 1].key]) if len(rows) > limit else None
    return Page(items=[_view(row) for row in rows[:limit]], page=PageEnd(end_cursor=end))


def _is_for(principal: Principal) -> Any:
    return or_(task_comment.c.audience == "case", task_comment.c.organisation == principal.organisation)


def _on_own(
    engine: Engine, principal: Principal, key: str, comment: str, version: int | None, work: Any
) -> CommentView:
    principal.require("task:work")

    def act(step: CaseStep) -> CommentView:
        row = _own(step.connection, principal, key, comment)
        if row.membership_key != principal.membership_key:
            raise NotPermitted("Only whoever wrote a comment changes or deletes it.")
        if row.deleted_at is not None:
            raise Conflict("This comment was deleted.")
        if version is not None and version != row.version:
            raise VersionMismatch(
                f"The comment stands at version {row.version}, not {version}. Read it again."
            )
        work(step, row)
        return _view(_own(step.connection, principal, key, comment))

    return _in_step(engine, principal, key, "change a comment on", act)


def _in_step(engine: Engine, principal: Principal, key: str, verb: str, work: Any) -> CommentView:
    def case_of(connection: Connection) -> int:
        case_key: int = task_rows.seen(connection, principal, key).case_key
        return case_key

    actor = Actor(principal.membership_key, principal.organisation)
    said: CommentView = guarded(engine, case_of, f"{verb} task {sight.key(key)}", actor, work)
    return said


def _own(connection: Connection, principal: Principal, key: str, comment: str) -> AnyRow:
    """The row of a comment on a task, if the principal is of its audience."""
    query = _LIST.where(
        task_comment.c.key == sight.key(comment),
        task_comment.c.task_key == sight.key(key),
        _is_for(principal),
    )
    row = connection.execute(query).one_or_none()
    if row is None:
        raise NotFound(f"There is no comment {comment} for you.")
    return row


def _words(words: str) -> str:
    if not words.strip():
        raise BadInput.field("text", "Write what is to be said.")
    return words.strip()


def _view(row: AnyRow) -> CommentView:
    return CommentView(
        key=str(row.key),
        task_key=str(row.task_key),
        author=row.name,
        organisation=row.organisation,
        audience=row.audience,
        text=row.words,
        created_at=row.created_at,
        changed_at=row.changed_at,
        deleted_at=row.deleted_at,
        version=row.version,
    )


_NEW = insert(task_comment).returning(task_comment.c.key)
_CHANGE = (
    update(task_comment)
    .where(task_comment.c.key == bindparam("row_key"))
    .values(
        words=bindparam("said"),
        changed_at=bindparam("changed"),
        deleted_at=bindparam("gone"),
        version=task_comment.c.version + 1,
    )
)
_LIST = (
    select(task_comment, tables.person.c.name)
    .join(tables.membership, tables.membership.c.key == task_comment.c.membership_key)
    .join(tables.person, tables.person.c.key == tables.membership.c.person_key)
    .order_by(task_comment.c.key)
)
