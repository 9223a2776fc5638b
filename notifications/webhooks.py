"""Sends what waits for webhooks, signed as the Standard Webhooks convention says.

`webhook-signature` holds `v1,` and the base64 of HMAC-SHA256 over `<webhook-id>.<webhook-timestamp>.<body>`;
after a rotation of the secret there are two, parted by a blank. A message may come twice: its `webhook-id`
tells.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections import defaultdict
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import TYPE_CHECKING

from engine.errands import Errand
from engine.services.webhooks import webhook_queue
from engine.services.webhooks.webhook_queue import Message
from notifications.posting import NotSent, post

if TYPE_CHECKING:
    from engine.application import Engine

#: How long the sender rests before it comes again.
EVERY = timedelta(seconds=2)
_AT_A_TIME = 4
_GONE = 410


def send_due(engine: Engine) -> int:
    """Send every message that is due; returns how many were tried. One slow receiver holds up no other."""
    by_receiver: dict[int, list[Message]] = defaultdict(list)
    taken = webhook_queue.take_due(engine)
    for message in taken:
        by_receiver[message.webhook_key].append(message)
    if not taken:
        return 0
    with ThreadPoolExecutor(_AT_A_TIME) as pool:
        list(pool.map(lambda messages: _send_all(engine, messages), by_receiver.values()))
    return len(taken)


def signature(secret: str, message_id: str, timestamp: int, body: str) -> str:
    """The signature of a message under one secret (`whsec_` and base64)."""
    key = base64.b64decode(secret.removeprefix("whsec_"))
    signed = f"{message_id}.{timestamp}.{body}".encode()
    return "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()


def headers(message: Message, timestamp: int) -> dict[str, str]:
    """What goes out with a message."""
    signatures = (signature(each, message.message_id, timestamp, message.body) for each in message.secrets)
    return {
        "Content-Type": "application/json",
        "User-Agent": "ehc-webhooks",
        "webhook-id": message.message_id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": " ".join(signatures),
    }


def _send_all(engine: Engine, messages: Sequence[Message]) -> None:
    for message in messages:
        _send(engine, message)


def _send(engine: Engine, message: Message) -> None:
    timestamp = int(engine.clock.now().timestamp())
    allow = engine.settings.webhooks_allow_loopback
    try:
        status = post(message.url, message.body.encode(), headers(message, timestamp), allow_loopback=allow)
    except NotSent as reason:
        webhook_queue.failed(engine, message, str(reason))
        return
    if 200 <= status < 300:
        webhook_queue.delivered(engine, message, str(status))
    else:
        webhook_queue.failed(engine, message, str(status), gone=status == _GONE)


#: What a process that serves does when a message is due.
SENDING = Errand("Sending webhooks", EVERY, send_due, (webhook_queue.NEXT_DELIVERY,))
