"""What choices of a way look like."""

from __future__ import annotations

from typing import Any

from marshmallow import fields

from api.fields import Line, choice
from api.lists import LAST, ListPage
from api.schema import AnswerSchema, RequestSchema
from engine.services.messages.choices import CHANNELS, KINDS_OF_ORGANISATIONS, USUAL

_ADDRESS = (
    "A mailbox, a mobile number, the address of a chat, or that of a webhook of the authority."
    " Email without one goes to the member's own mailbox."
)


class WantedChannel(RequestSchema):
    """A way to be told of a kind of message."""

    kind = choice(*KINDS_OF_ORGANISATIONS, required=True)
    channel = choice(
        *CHANNELS, USUAL, required=True, metadata={"description": f"`{USUAL}` takes a choice back."}
    )
    address = Line(longest=1000, allow_none=True, load_default=None, metadata={"description": _ADDRESS})


class ChannelChoice(AnswerSchema):
    """How messages of a kind are sent."""

    kind = choice(*KINDS_OF_ORGANISATIONS, required=True)
    channel = choice(
        *CHANNELS,
        USUAL,
        required=True,
        metadata={"description": f"`{USUAL}`: as the ladder of escalations says."},
    )
    address = fields.String(required=True, allow_none=True)
    chosen_by = choice("member", "organisation", "nobody", required=True)


class ChannelChoicePage(ListPage):
    """The choices for each kind of message."""

    items = fields.List(fields.Nested(ChannelChoice), required=True)


WANTED: dict[str, Any] = {"kind": "alert", "channel": "email", "address": "duty@send.example.gov.uk"}
CHOICE: dict[str, Any] = {**WANTED, "chosenBy": "member"}
CHOICE_PAGE: dict[str, Any] = {"items": [CHOICE], "page": LAST}
