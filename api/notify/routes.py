"""`/notify`: where GOV.UK Notify tells what became of a message."""

from __future__ import annotations

import functools
import hmac
from collections.abc import Callable
from typing import Any, TypeVar

from flask import Response, request

from api.blueprint import API_ROOT, Blueprint, permission, problems
from api.context import PUBLIC, current_engine
from api.notify.schemas import NOTIFY_RECEIPT, NotifyReceipt
from api.problems import Refusal
from engine.services.messages import receipts as service
from notifications.receipts import from_notify

notify = Blueprint("notify", f"{API_ROOT}/notify", "Where GOV.UK Notify tells what became of messages.")

View = TypeVar("View", bound=Callable[..., Any])


def _with_token_of_notify(view: View) -> View:
    """Let only Notify in, before anything that it sends is looked at."""

    @functools.wraps(view)
    def guarded(*arguments: Any, **named: Any) -> Any:
        _check_token(current_engine().settings.sending.callback_token)
        return view(*arguments, **named)

    return guarded  # type: ignore[return-value]  # it has the view's own signature, by `wraps`


@notify.post("/receipts")
@permission(PUBLIC)
@problems("unauthenticated", "not-found", "conflict", "incident")
@_with_token_of_notify
@notify.takes(NotifyReceipt, NOTIFY_RECEIPT)
@notify.answers_nothing()
def take_receipt(body: dict[str, Any]) -> Response:
    """Take a receipt of GOV.UK Notify.

    For Notify alone: it sends the bearer token that the installation names in EHC_NOTIFY_CALLBACK_TOKEN. A
    receipt that comes again, or later than one that was the last word, changes nothing.
    """
    service.take(current_engine(), from_notify(body))
    return Response(status=204)


def _check_token(wanted: str | None) -> None:
    """Compare in a time that tells nothing. Where no token is set, nobody has the right one."""
    sent = request.authorization
    token = sent.token if sent is not None and sent.type == "bearer" else None
    if not hmac.compare_digest((token or "").encode(), (wanted or "").encode()) or not wanted:
        raise Refusal(
            "unauthenticated",
            "Receipts need the bearer token that the installation names in EHC_NOTIFY_CALLBACK_TOKEN.",
            headers={"WWW-Authenticate": 'Bearer realm="ehc-receipts"'},
        )
