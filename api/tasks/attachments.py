"""`/tasks`: the documents that they refer to."""

from __future__ import annotations

from typing import Any

from flask import Response

from api.answers import answer, whole
from api.blueprint import permission, problems
from api.context import current_engine, current_principal
from api.documents.schemas import DOCUMENT_PAGE, DocumentPage
from api.fields import Key
from api.preconditions import conditional
from api.repeats import repeatable
from api.schema import RequestSchema
from api.tasks.routes import tasks
from engine.services.tasks import task_attachments as service


class Attachment(RequestSchema):
    """A document of the task's case."""

    document_key = Key(required=True)


ATTACHMENT: dict[str, Any] = {"documentKey": "2048"}


@tasks.get("/<key:task_key>/attachments")
@permission("task:read")
@problems("not-found")
@tasks.answers(200, DocumentPage, DOCUMENT_PAGE)
def list_attachments(task_key: str) -> Response:
    """List the documents that a task refers to.

    Those that the caller may see; always in one page.
    """
    return answer(whole(service.attachments(current_engine(), current_principal(), task_key)))


@tasks.post("/<key:task_key>/attachments")
@permission("task:work")
@repeatable
@conditional
@problems("not-found", "incident")
@tasks.takes(Attachment, ATTACHMENT)
@tasks.answers(200, DocumentPage, DOCUMENT_PAGE)
def attach_document(body: dict[str, Any], task_key: str, version: int | None) -> Response:
    """Have a task refer to a document of its case.

    Upload the document to the case first. Its audience stays as it is.
    """
    return answer(
        whole(service.attach(current_engine(), current_principal(), task_key, body["document_key"]))
    )


@tasks.delete("/<key:task_key>/attachments/<key:document_key>")
@permission("task:work")
@problems("not-found", "incident")
@tasks.answers(200, DocumentPage, DOCUMENT_PAGE)
def detach_document(task_key: str, document_key: str) -> Response:
    """Have a task refer to a document no more.

    The document itself stays; what the task still refers to is answered.
    """
    return answer(whole(service.detach(current_engine(), current_principal(), task_key, document_key)))
