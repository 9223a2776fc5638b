"""By which way a message goes to a member: as they chose, else their organisation, else as is usual."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Select, bindparam, or_, select

from engine.store import tables
from engine.store.message_tables import channel_choice


def channel_for(
    connection: Connection, membership_key: int, kind: str, wanted: str
) -> tuple[str, str | None]:
    """By which channel a member is told, and the sealed address if one was chosen.

    Args:
        kind: `alert`, `digest` or `task`.
        wanted: the channel where neither the member nor their organisation has chosen one.
    """
    row = connection.execute(FOR_MEMBER, {"member": membership_key, "what": kind}).first()
    return (wanted, None) if row is None else (row.channel, row.address)


def follow_choices(connection: Connection, messages: Sequence[dict[str, Any]]) -> None:
    """Let messages that are about to be written go the way that their readers chose.

    One statement for each reader and kind; none where no message is for a member.
    """
    known: dict[tuple[int, str], str | None] = {}
    for message in messages:
        member = message["membership_key"]
        if member is None:
            continue
        asked = (member, message["kind"])
        if asked not in known:
            row = connection.execute(FOR_MEMBER, {"member": member, "what": message["kind"]}).first()
            known[asked] = None if row is None else row.channel
        message["channel"] = known[asked] or message["channel"]


_choice, _membership, _organisation = channel_choice.c, tables.membership, tables.organisation


def _places_of(member: Any) -> tuple[Select[tuple[int]], Select[Any]]:
    """The organisation or team of a member, and the organisation that a team is part of."""
    own = select(_membership.c.organisation_key).where(_membership.c.key == member)
    above = select(_organisation.c.parent_key).where(_organisation.c.key.in_(own))
    return own, above


_OWN, _ABOVE = _places_of(bindparam("member"))
#: The nearest choice first: the member's, their team's, their organisation's.
FOR_MEMBER = (
    select(channel_choice)
    .where(
        _choice.kind == bindparam("what"),
        or_(
            _choice.membership_key == bindparam("member"),
            _choice.organisation_key.in_(_OWN),
            _choice.organisation_key.in_(_ABOVE),
        ),
    )
    .order_by(_choice.membership_key.is_(None), _choice.organisation_key.not_in(_OWN), _choice.key)
    .limit(1)
)
