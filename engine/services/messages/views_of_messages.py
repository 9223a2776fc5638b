"""What services answer about messages."""

from __future__ import annotations

from datetime import datetime

from engine.services.views import PageEnd, View


class ChannelChoiceView(View):
    """How somebody is told of a kind of message, and who chose it: `member`, `organisation`, `nobody`."""

    kind: str
    channel: str
    address: str | None
    chosen_by: str


class InboxItemView(View):
    """A message as its reader finds it in the application."""

    key: str
    kind: str
    case_key: str | None
    subject: str
    body: str
    link: str | None
    #: Also sent by this way; `inbox` where it is here alone.
    channel: str
    created_at: datetime
    read_at: datetime | None
    #: Whether it's for everybody of a role or an organisation: the first who reads it has read it for all.
    shared: bool
    version: int


class InboxView(View):
    """A page of an inbox, and how many messages in all wait to be read."""

    items: list[InboxItemView]
    page: PageEnd
    unread: int


class MessageView(View):
    """A message of the outbox; `body` is what is read."""

    key: str
    kind: str
    channel: str
    recipient: str
    subject: str
    body: str
    state: str
    attempts: int
    case_key: str | None
    created_at: datetime
    next_at: datetime | None
    sent_at: datetime | None
    ended_at: datetime | None
    read_at: datetime | None
    outcome: str | None
    reference: str
    version: int


class AttemptView(View):
    """A try to send a message."""

    at: datetime
    provider: str
    provider_reference: str | None
    outcome: str


class SentMessageView(View):
    """A message with every attempt, the first first."""

    message: MessageView
    attempts: list[AttemptView]
