"""From the audit trail to webhooks: what of a step is told, written with the step or not at all.

A message holds the event's type and keys, no more: whoever gets it asks for the rest, within their own sight.
What happens to a restricted case isn't told.
"""

from __future__ import annotations

import secrets
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, bindparam, insert, select

from engine.services.audit.audit import Event, parse
from engine.store.sight_tables import IN_FORCE, restriction
from engine.store.types import to_text
from engine.store.webhook_tables import webhook, webhook_delivery

if TYPE_CHECKING:
    from engine.services.step import CaseStep

#: Event of the trail -> its type in messages.
TYPES: Mapping[str, str] = {
    event.value: event.value.replace(":", ".")
    for event in (
        Event.CASE_OPENED,
        Event.CASE_STATUS,
        Event.CASE_WITHDRAWN,
        Event.TASK_CREATED,
        Event.TASK_ASSIGNED,
        Event.TASK_CLAIMED,
        Event.TASK_UNCLAIMED,
        Event.TASK_COMPLETED,
        Event.TASK_CANCELED,
        Event.DEADLINE_OPENED,
        Event.DEADLINE_MOVED,
        Event.DEADLINE_CLOSED,
        Event.ESCALATION_RAISED,
        Event.ESCALATION_MOVED,
        Event.ESCALATION_RESOLVED,
        Event.NOTICE_SENT,
        Event.PLAN_ISSUED,
        Event.PROCESS_STARTED,
        Event.PROCESS_ENDED,
    )
}
#: A limit's lateness, beside the escalation that says so.
MISSED = "deadline.missed"
PING = "ping"
#: Every type that can be subscribed to.
SUBSCRIBABLE = (*TYPES.values(), MISSED)
#: What of an event's details goes into its message: keys, under the names they have elsewhere.
_KEYS = {
    "task": "taskKey",
    "instance": "processInstanceKey",
    "escalation": "escalationKey",
    "plan": "planKey",
    "notice": "noticeKey",
}
_CODES = ("rule",)
#: How long the subscriptions that were read are taken for what they are.
_FRESH = timedelta(seconds=2)


@dataclass(frozen=True)
class Subscription:
    """Which types an address wants."""

    webhook_key: int
    events: frozenset[str]


class Subscriptions:
    """The active webhooks of each authority, so that a step of one without any asks the database nothing."""

    def __init__(self) -> None:
        self._known: dict[str, tuple[datetime, tuple[Subscription, ...]]] = {}
        self._guard = threading.Lock()

    def of(self, connection: Connection, authority: str, now: datetime) -> tuple[Subscription, ...]:
        """The subscriptions of an authority, as they were a moment ago: other processes change them, too."""
        with self._guard:
            read_at, known = self._known.get(authority, (now, None))
        if known is not None and abs(now - read_at) < _FRESH:  # a clock may be put back
            return known
        rows = connection.execute(_ACTIVE, {"of": authority}).all()
        found = tuple(Subscription(row.key, frozenset(row.events)) for row in rows)
        with self._guard:
            self._known[authority] = (now, found)
        return found

    def forget(self) -> None:
        """To be called after a change is committed."""
        with self._guard:
            self._known.clear()


def tell(step: CaseStep, rows: Sequence[Mapping[str, Any]]) -> None:
    """Put what a step has written into its trail among the deliveries of those who want it."""
    subscriptions = step.engine.subscriptions.of(step.connection, step.authority, step.now)
    if not rows or not subscriptions or _is_restricted(step):
        return
    deliveries = [
        delivery(step.authority, one.webhook_key, kind, message, step.now)
        for row in rows
        for kind, message in _messages(parse(row["body"]))
        for one in subscriptions
        if kind in one.events
    ]
    if deliveries:
        step.connection.execute(_INSERT, deliveries)


def delivery(authority: str, webhook_key: int, kind: str, message: str, now: Any) -> dict[str, Any]:
    """A row that waits to be sent."""
    return {
        "authority": authority,
        "webhook_key": webhook_key,
        "message_id": f"msg_{secrets.token_urlsafe(18)}",
        "event": kind,
        "body": message,
        "state": "waiting",
        "attempts": 0,
        "next_at": now,
        "created_at": now,
    }


def message_of(kind: str, at: str, data: Mapping[str, Any]) -> str:
    """The body of a message."""
    return to_text({"type": kind, "timestamp": at, "data": data})


def _messages(event: Mapping[str, Any]) -> list[tuple[str, str]]:
    kind = TYPES.get(event["event"])
    if kind is None:
        return []
    details = event["details"]
    data: dict[str, Any] = {"caseKey": str(event["case"]), "sequence": event["sequence"]}
    data |= {name: str(details[key]) for key, name in _KEYS.items() if details.get(key) is not None}
    data |= {name: details[name] for name in _CODES if name in details}
    if event["element"] is not None:
        data["elementId"] = event["element"]
    kinds = [kind]
    if kind.startswith("escalation.") and details.get("reason") == "missed":
        kinds.append(MISSED)
    return [(each, message_of(each, event["at"], data)) for each in kinds]


def _is_restricted(step: CaseStep) -> bool:
    return step.connection.execute(_RESTRICTED, {"case": step.case_key}).first() is not None


_ACTIVE = select(webhook.c.key, webhook.c.events).where(
    webhook.c.authority == bindparam("of"), webhook.c.state == "active"
)
_RESTRICTED = select(restriction.c.key).where(restriction.c.case_key == bindparam("case"), IN_FORCE).limit(1)
_INSERT = insert(webhook_delivery)
