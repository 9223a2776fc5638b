"""`/messages`: tell a running process something, and see what still waits to be told."""

from __future__ import annotations

from typing import Any

from flask import Response

from api.answers import answer
from api.blueprint import API_ROOT, Blueprint, permission, problems
from api.context import current_engine, current_principal
from api.messages.schemas import (
    KEPT_PAGE,
    NEW_MESSAGE,
    RESULT,
    KeptMessagePage,
    MessageQuery,
    MessageResult,
    NewMessage,
)
from api.repeats import repeatable
from engine.services.processes import process_messages as service

messages = Blueprint("messages", f"{API_ROOT}/messages", "Messages to running processes.")


@messages.get("")
@permission("process:read")
@messages.filters(MessageQuery)
@messages.answers(200, KeptMessagePage, KEPT_PAGE)
def list_messages(query: dict[str, Any]) -> Response:
    """List the messages that wait, the newest first."""
    return answer(service.list_messages(current_engine(), current_principal(), **query))


@messages.post("")
@permission("process:change")
@repeatable
@problems("nobody-waits", "conflict", "incident")
@messages.takes(NewMessage, NEW_MESSAGE)
@messages.answers(200, MessageResult, RESULT)
def send_message(body: dict[str, Any]) -> Response:
    """Give a message to the one instance that waits for it, or to all.

    What is already due fires first. With `keep` a message that nobody waits for is kept by its case.
    """
    return answer(service.correlate(current_engine(), current_principal(), **body))
