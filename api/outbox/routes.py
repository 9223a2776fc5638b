"""`/outbox`: what waits to be sent, what was sent, and what is done about what wasn't."""

from __future__ import annotations

from typing import Any

from flask import Response

from api.answers import answer
from api.blueprint import API_ROOT, Blueprint, permission, problems
from api.context import current_engine, current_principal
from api.outbox.schemas import (
    OUTBOX_PAGE,
    SENT_MESSAGE,
    OutboxPage,
    OutboxQuery,
    SentMessage,
)
from api.preconditions import conditional
from api.repeats import repeatable
from engine.services.messages import control, lists
from engine.services.messages.lists import Asked
from engine.services.messages.views_of_messages import SentMessageView

outbox = Blueprint("outbox", f"{API_ROOT}/outbox", "Messages that are sent.")

_REFUSALS = ("not-found", "conflict")


def _answered(found: SentMessageView) -> Response:
    return answer(found, version=found.message.version)


@outbox.get("")
@permission("outbox:read")
@outbox.filters(OutboxQuery)
@outbox.answers(200, OutboxPage, OUTBOX_PAGE)
def list_outbox(query: dict[str, Any]) -> Response:
    """List messages, the newest first."""
    page = {name: query.pop(name) for name in ("limit", "cursor") if name in query}
    return answer(lists.list_messages(current_engine(), current_principal(), Asked(**query), **page))


@outbox.get("/<key:outbox_message_key>")
@permission("outbox:read")
@problems("not-found")
@outbox.answers(200, SentMessage, SENT_MESSAGE, "ETag")
def get_outbox_message(outbox_message_key: str) -> Response:
    """Read a message with its attempts."""
    return _answered(lists.get_message(current_engine(), current_principal(), outbox_message_key))


@outbox.post("/<key:outbox_message_key>/retry")
@permission("outbox:control")
@repeatable
@conditional
@problems(*_REFUSALS)
@outbox.answers(200, SentMessage, SENT_MESSAGE, "ETag")
def retry_outbox_message(outbox_message_key: str, version: int | None) -> Response:
    """Send a message again that couldn't be sent.

    It keeps its reference: a channel that has it already sends it no second time.
    """
    return _answered(control.retry(current_engine(), current_principal(), outbox_message_key, version))


@outbox.post("/<key:outbox_message_key>/hold")
@permission("outbox:control")
@repeatable
@conditional
@problems(*_REFUSALS)
@outbox.answers(200, SentMessage, SENT_MESSAGE, "ETag")
def hold_outbox_message(outbox_message_key: str, version: int | None) -> Response:
    """Hold a message back until it is released.

    One that is being sent at this very moment may still go.
    """
    return _answered(control.hold(current_engine(), current_principal(), outbox_message_key, version))


@outbox.post("/<key:outbox_message_key>/release")
@permission("outbox:control")
@repeatable
@conditional
@problems(*_REFUSALS)
@outbox.answers(200, SentMessage, SENT_MESSAGE, "ETag")
def release_outbox_message(outbox_message_key: str, version: int | None) -> Response:
    """Let a message go that was held back."""
    return _answered(control.release(current_engine(), current_principal(), outbox_message_key, version))
