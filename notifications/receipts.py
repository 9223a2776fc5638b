"""What became of messages: told by GOV.UK Notify, and asked for where it wasn't told.

Notify tells of each email and text once, and five times more where nobody answers; of letters it tells
nothing. So what stays `sent` is asked after, less and less often.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from engine.errands import Errand
from engine.services.messages import awaited, receipts
from engine.services.messages.awaited import Awaited
from engine.services.messages.receipts import Fate, Receipt
from engine.services.webhooks import webhook_messages
from notifications.channels import NotTaken
from notifications.channels.notify_client import NotifyClient

if TYPE_CHECKING:
    from engine.application import Engine

#: How long the asker rests before it comes again.
EVERY = timedelta(minutes=1)
#: What Notify says of a message -> what that means; anything else is still under way.
_OF_NOTIFY = {
    "delivered": Fate.ARRIVED,
    "received": Fate.POSTED,
    "temporary-failure": Fate.NOT_NOW,
    "technical-failure": Fate.NOT_NOW,
    "permanent-failure": Fate.NEVER,
    "cancelled": Fate.NEVER,
    "virus-scan-failed": Fate.NEVER,
    "validation-failed": Fate.NEVER,
    "returned-letter": Fate.NEVER,
}
_OF_WEBHOOKS = {"delivered": Fate.ARRIVED, "dead": Fate.NEVER}
#: Gives what a provider says now of a message; None where it has forgotten it.
Ask = Callable[[Awaited], Receipt | None]


def from_notify(said: Mapping[str, Any]) -> Receipt:
    """What Notify says of a message, as a callback or in answer to a question."""
    status = str(said["status"])
    return Receipt(
        fate=_OF_NOTIFY.get(status, Fate.UNDER_WAY),
        outcome=f"notify-{status}"[:60],
        provider_reference=str(said["id"]),
        reference=said.get("reference"),
        at=_instant(said.get("completed_at")),
    )


def ask_after(engine: Engine) -> int:
    """Ask after what is due; returns how many messages that changed."""
    due = awaited.take_due(engine)
    if not due:
        return 0
    given = engine.settings.sending.notify
    client = NotifyClient(given, engine.clock) if given is not None else None
    asks: dict[str, Ask] = {"webhook": _asking_webhooks(engine)}
    if client is not None:
        asks["notify"] = _asking_notify(client)
    try:
        return sum(_ask(engine, each, asks.get(each.provider, _unasked)) for each in due)
    except NotTaken:
        return 0  # who doesn't answer is asked again the next time
    finally:
        if client is not None:
            client.close()


def _ask(engine: Engine, message: Awaited, ask: Ask) -> bool:
    receipt = ask(message)
    if receipt is not None and receipt.fate is not Fate.UNDER_WAY:
        return receipts.take(engine, receipt)
    if receipt is None or awaited.is_given_up(engine, message.key):
        awaited.let_go(engine, message.key)
        return True
    return False


def _unasked(message: Awaited) -> Receipt:
    """Of a message whose provider isn't set up any more."""
    return Receipt(Fate.UNDER_WAY, "unasked", message.provider_reference)


def _asking_notify(client: NotifyClient) -> Ask:
    def ask(message: Awaited) -> Receipt | None:
        said = client.by_id(message.provider_reference)
        return None if said is None else from_notify(said)

    return ask


def _asking_webhooks(engine: Engine) -> Ask:
    def ask(message: Awaited) -> Receipt | None:
        named = message.provider_reference
        found = webhook_messages.find(engine, named)
        if found is None:
            return None
        fate = _OF_WEBHOOKS.get(found.state, Fate.UNDER_WAY)
        return Receipt(fate, f"webhook-{found.outcome}"[:60], named, message.reference, found.ended_at)

    return ask


def _instant(said: str | None) -> datetime | None:
    """An instant as Notify writes it, in UTC with or without saying so; None where it can't be read."""
    try:
        read = datetime.fromisoformat(said) if said else None
    except ValueError:
        return None
    return None if read is None else read.replace(tzinfo=read.tzinfo or UTC).astimezone(UTC)


#: What a process that serves does when a message is to be asked after.
ASKING = Errand("Asking after messages", EVERY, ask_after, (awaited.NEXT_QUESTION,))
