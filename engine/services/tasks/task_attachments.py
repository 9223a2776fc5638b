"""Documents of a case that a task refers to: shown to whoever may see them, to nobody for being attached."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING

from sqlalchemy import Connection, bindparam, delete, insert, select

from engine.errors import BadInput, NotFound
from engine.services.audit.audit import Actor, Event
from engine.services.documents import documents
from engine.services.documents.views_of_documents import DocumentView
from engine.services.incidents import guarded
from engine.services.principals import Principal
from engine.services.sight import sight
from engine.services.step import CaseStep
from engine.services.tasks import task_rows
from engine.store.types import AnyRow
from engine.store.work_tables import task_attachment

if TYPE_CHECKING:
    from engine.application import Engine

#: How many documents a task refers to at most.
MOST = 100


def attachments(engine: Engine, principal: Principal, key: str) -> list[DocumentView]:
    """The documents that a task refers to, as far as the principal may see them, the first attached first.

    Raises:
        NotFound: there is no such task for this principal.
    """
    principal.require("task:read")
    with engine.database.read() as connection:
        task = task_rows.seen(connection, principal, key)
        return _visible(engine, connection, principal, task.key)


def attach(engine: Engine, principal: Principal, key: str, document: str) -> list[DocumentView]:
    """Have a task refer to a document of its case; gives all that it refers to. Again changes nothing.

    Raises:
        BadInput: there is no such document in the case for this principal, or there are too many.
        NotFound: there is no such task for this principal.
    """

    def work(step: CaseStep, task: AnyRow, attached: list[int]) -> None:
        try:
            found = documents.find_document(engine, step.connection, principal, document)
        except NotFound as missing:
            raise BadInput.field("documentKey", missing.message) from None
        if found.case_key != task.case_key:
            raise BadInput.field("documentKey", "This document belongs to another case.")
        if found.key in attached:
            return
        if len(attached) >= MOST:
            raise BadInput.field("documentKey", f"A task refers to at most {MOST} documents.")
        link = {"authority": step.authority, "case_key": step.case_key, "attached_at": step.now}
        who = {"membership_key": principal.membership_key}
        step.connection.execute(_NEW, {"task_key": task.key, "document_key": found.key, **link, **who})
        step.audit.append(Event.TASK_ATTACHED, element=task.element_id, task=task.key, document=found.key)

    return _in_step(engine, principal, key, "attach to", work)


def detach(engine: Engine, principal: Principal, key: str, document: str) -> list[DocumentView]:
    """Have a task refer to a document no more; the document stays. Gives all that it still refers to.

    Raises:
        NotFound: there is no such task, or no such document, for this principal.
    """

    def work(step: CaseStep, task: AnyRow, attached: list[int]) -> None:
        found = documents.find_document(engine, step.connection, principal, document)
        if found.key in attached:
            step.connection.execute(_DROP, {"task": task.key, "document": found.key})
            step.audit.append(Event.TASK_DETACHED, element=task.element_id, task=task.key, document=found.key)

    return _in_step(engine, principal, key, "detach from", work)


def _in_step(
    engine: Engine,
    principal: Principal,
    key: str,
    verb: str,
    work: Callable[[CaseStep, AnyRow, list[int]], None],
) -> list[DocumentView]:
    principal.require("task:work")

    def case_of(connection: Connection) -> int:
        case_key: int = task_rows.seen(connection, principal, key).case_key
        return case_key

    def act(step: CaseStep) -> list[DocumentView]:
        task = task_rows.seen(step.connection, principal, key)
        work(step, task, _attached(step.connection, task.key))
        return _visible(engine, step.connection, principal, task.key)

    actor = Actor(principal.membership_key, principal.organisation)
    return guarded(engine, case_of, f"{verb} task {sight.key(key)}", actor, act)


def _attached(connection: Connection, task_key: int) -> list[int]:
    return list(connection.execute(_OF_TASK, {"task": task_key}).scalars())


def _visible(
    engine: Engine, connection: Connection, principal: Principal, task_key: int
) -> list[DocumentView]:
    found = []
    for document in _attached(connection, task_key):
        with suppress(NotFound):
            found.append(
                documents.view(documents.find_document(engine, connection, principal, str(document)))
            )
    return found


_NEW = insert(task_attachment)
_OF_TASK = (
    select(task_attachment.c.document_key)
    .where(task_attachment.c.task_key == bindparam("task"))
    .order_by(task_attachment.c.attached_at, task_attachment.c.document_key)
)
_DROP = delete(task_attachment).where(
    task_attachment.c.task_key == bindparam("task"), task_attachment.c.document_key == bindparam("document")
)
