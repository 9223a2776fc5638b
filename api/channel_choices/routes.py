"""`/channel-choices`: by which way one is told; `/organisations/.../channel-choices`: for all its members."""

from __future__ import annotations

from typing import Any

from flask import Response

from api.answers import answer, whole
from api.blueprint import API_ROOT, Blueprint, permission, problems
from api.channel_choices.schemas import (
    CHOICE,
    CHOICE_PAGE,
    WANTED,
    ChannelChoice,
    ChannelChoicePage,
    WantedChannel,
)
from api.context import current_engine, current_principal
from api.organisations.routes import organisations
from engine.services.messages import choices

channel_choices = Blueprint(
    "channel choices", f"{API_ROOT}/channel-choices", "By which way one wants to be told."
)


@channel_choices.get("")
@permission("inbox:use")
@channel_choices.answers(200, ChannelChoicePage, CHOICE_PAGE)
def list_channel_choices() -> Response:
    """List how one is told of each kind of message."""
    return answer(whole(choices.list_own(current_engine(), current_principal())))


@channel_choices.put("")
@permission("inbox:use")
@channel_choices.takes(WantedChannel, WANTED)
@channel_choices.answers(200, ChannelChoice, CHOICE)
def choose_channel(body: dict[str, Any]) -> Response:
    """Choose how to be told of a kind of message.

    It stands before the organisation's choice, and before what the ladder of escalations says. `usual`
    takes a choice back.
    """
    return answer(choices.choose(current_engine(), current_principal(), **body))


@organisations.get("/<key:organisation_key>/channel-choices")
@permission("member:read")
@problems("not-found")
@organisations.answers(200, ChannelChoicePage, CHOICE_PAGE)
def list_organisation_channel_choices(organisation_key: str) -> Response:
    """List how an organisation wants its members to be told."""
    return answer(
        whole(choices.list_of_organisation(current_engine(), current_principal(), organisation_key))
    )


@organisations.put("/<key:organisation_key>/channel-choices")
@permission("member:manage")
@problems("not-found")
@organisations.takes(WantedChannel, WANTED)
@organisations.answers(200, ChannelChoice, CHOICE)
def choose_organisation_channel(body: dict[str, Any], organisation_key: str) -> Response:
    """Choose for an organisation's members, and where its copies of notices go.

    Members' own choices stand before it. `usual` takes a choice back.
    """
    return answer(
        choices.choose_for_organisation(current_engine(), current_principal(), organisation_key, **body)
    )
