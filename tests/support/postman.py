"""A way to people within a test: takes messages, fails as it is told, and can be asked what it has."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import insert, select

from engine.services.principals import Principal
from engine.store import tables
from engine.store.message_tables import outbox
from engine.store.types import to_text
from notifications.channels import Accepted, Outgoing
from tests.support.desk import Desk


class Postman:
    """A channel whose provider keeps everything that it was handed."""

    def __init__(self, name: str = "email", *, can_be_asked: bool = True, at_a_time: int = 1) -> None:
        self.name = name
        self.at_a_time = at_a_time
        self.handed: list[Outgoing] = []
        self.asked: list[str] = []
        #: Called with each message before it's taken; may raise.
        self.before: Callable[[Outgoing], object] = lambda message: None
        #: The same, once the provider has it.
        self.after: Callable[[Outgoing], object] = lambda message: None
        self._can_be_asked = can_be_asked
        self._guard = threading.Lock()

    def send(self, message: Outgoing) -> Accepted:
        """Take it."""
        self.before(message)
        with self._guard:
            self.handed.append(message)
        self.after(message)
        return Accepted("postman", f"name of {message.reference}")

    def find(self, reference: str) -> Accepted | None:
        """What it has."""
        self.asked.append(reference)
        known = self._can_be_asked and any(each.reference == reference for each in self.handed)
        return Accepted("postman", f"name of {reference}") if known else None

    def close(self) -> None:
        """Nothing is open."""

    @property
    def references(self) -> list[str]:
        """What it was handed, in that order."""
        return [each.reference for each in self.handed]


def post(desk: Desk, reference: str, **changes: Any) -> int:
    """Put a message in the outbox: an urgent alert to the SEND team's manager by email, but for `changes`."""
    (key,) = post_many(desk, [reference], **changes)
    return key


def post_many(desk: Desk, references: list[str], **changes: Any) -> list[int]:
    """The same for several, in one transaction."""
    reader: Principal = desk.member("service_manager")
    now = desk.clock.now()
    values: Mapping[str, Any] = {
        "authority": desk.authority,
        "case_key": None,
        "kind": "alert",
        "recipient": f"service_manager@{reader.organisation}",
        "membership_key": reader.membership_key,
        "channel": "email",
        "rank": 1,
        "subject": "A limit is near",
        "body": to_text({"dueOn": "2026-12-14", "link": "/escalations/7"}),
        "state": "waiting",
        "attempts": 0,
        "created_at": now,
        "next_at": now,
        **changes,
    }
    with desk.engine.database.write() as connection:
        connection.execute(insert(outbox), [{**values, "reference": reference} for reference in references])
        posted = select(outbox.c.key, outbox.c.reference).order_by(outbox.c.key.desc())
        newest = {row.reference: row.key for row in connection.execute(posted.limit(len(references)))}
        return [newest[reference] for reference in references]


def message(desk: Desk, key: int) -> Any:
    """A message as it stands in the outbox."""
    with desk.engine.database.read() as connection:
        return connection.execute(select(outbox).where(outbox.c.key == key)).one()


def give_mailbox(desk: Desk, who: Principal, mailbox: str | None = "reader@send.example") -> None:
    """Note a person's email address."""
    person = tables.person
    with desk.engine.database.write() as connection:
        connection.execute(person.update().where(person.c.key == who.person_key).values(email=mailbox))
