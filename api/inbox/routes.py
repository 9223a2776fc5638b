"""`/inbox`: one's own messages, and those of one's role and organisation."""

from __future__ import annotations

from typing import Any

from flask import Response

from api.answers import answer
from api.blueprint import API_ROOT, Blueprint, permission, problems
from api.context import current_engine, current_principal
from api.inbox.schemas import INBOX, ITEM, Inbox, InboxItem, InboxQuery
from api.preconditions import conditional
from api.repeats import repeatable
from engine.services.messages import inbox as service

inbox = Blueprint("inbox", f"{API_ROOT}/inbox", "Messages as their reader finds them.")


@inbox.get("")
@permission("inbox:use")
@inbox.filters(InboxQuery)
@inbox.answers(200, Inbox, INBOX)
def list_inbox(query: dict[str, Any]) -> Response:
    """List the messages in the inbox, the newest first.

    Whatever way they were sent besides: the caller's own, and those for their role or organisation.
    """
    return answer(service.list_inbox(current_engine(), current_principal(), **query))


@inbox.post("/<key:inbox_message_key>/read")
@permission("inbox:use")
@repeatable
@conditional
@problems("not-found")
@inbox.answers(200, InboxItem, ITEM, "ETag")
def read_inbox_message(inbox_message_key: str, version: int | None) -> Response:
    """Say that a message was read; saying so again changes nothing."""
    read = service.read_message(current_engine(), current_principal(), inbox_message_key, version)
    return answer(read, version=read.version)
