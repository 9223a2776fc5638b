"""What a way to people must do, whoever carries it: take a message, and say whether it has it already.

A channel is asked by several threads at once, and by several processes. It never logs an address or a text.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Protocol


@dataclass(frozen=True)
class Outgoing:
    """A message as it's handed to a channel: rendered, and with its address unsealed."""

    #: Of the outbox.
    key: int
    #: Names the message for ever, at every attempt alike.
    reference: str
    #: `alert`, `digest`, `notice` or `task`.
    kind: str
    #: `email`, `text`, `letter`, `chat` or `webhook`.
    channel: str
    #: Where it goes: a mailbox, a number, an address of the web, the lines of a postal address.
    address: str = field(repr=False)
    subject: str
    text: str = field(repr=False)
    html: str | None = field(repr=False)
    #: Leads to what it is about, behind sign-in; None where the installation doesn't know its own address.
    link: str | None
    #: The PDF of a letter.
    attachment: bytes | None = field(repr=False)
    #: 1 the first time.
    attempt: int
    authority: str


@dataclass(frozen=True)
class Accepted:
    """That a provider has a message."""

    #: At most 20 characters: `smtp`, `notify`.
    provider: str
    #: Under which name it tells of it later; at most 120 characters.
    provider_reference: str | None = None
    #: Whether it's known to have reached its person; else it is `sent`, and a receipt may say more.
    is_final: bool = False


class NotTaken(Exception):
    """A message that wasn't taken; `outcome` says why, in at most 60 characters without personal data."""

    def __init__(self, outcome: str) -> None:
        super().__init__(outcome)
        self.outcome = outcome


class TryAgain(NotTaken):
    """It may be taken later: nobody answers, the provider is busy or its limit is reached.

    Args:
        after: for how long the provider asks that this channel be left alone; None: it doesn't say.
    """

    def __init__(self, outcome: str, after: timedelta | None = None) -> None:
        super().__init__(outcome)
        self.after = after


class Refused(NotTaken):
    """It will never be taken as it is: there's no such mailbox, or the text isn't allowed."""


class Channel(Protocol):
    """One way to people. Opening it is cheap; connections are made at the first message."""

    #: Which channel of the outbox it carries.
    name: str
    #: How many messages it is handed at the same time, each by a thread of its own.
    at_a_time: int

    def send(self, message: Outgoing) -> Accepted:
        """Hand a message over; returns once the provider has it.

        Raises:
            TryAgain, Refused: as their names say.
        """

    def find(self, reference: str) -> Accepted | None:
        """What the provider has under a reference: asked before every attempt but the first.

        Only what has arrived or still may counts. None: it has nothing, gave it up, or can't be asked.

        Raises:
            TryAgain: it doesn't answer.
        """

    def close(self) -> None:
        """Give back the connections: nothing is to be sent for a while. It may be used again afterwards."""
