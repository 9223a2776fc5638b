"""Where each message goes, found as it's sent: what was corrected or withdrawn until then counts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, and_, bindparam, or_, select

from engine.services.messages.choices import PURPOSE
from engine.services.messages.queue import Taken
from engine.store import tables
from engine.store.message_tables import channel_choice
from engine.store.types import AnyRow

if TYPE_CHECKING:
    from engine.application import Engine


@dataclass(frozen=True)
class Destination:
    """Where a message goes; without an address, why it can't.

    Attributes:
        has_left: whether its reader reads nothing here any more, so that somebody else must hear.
    """

    address: str | None
    why_not: str = ""
    has_left: bool = False


#: Ways that may do without an address of the person: the authority has one for all.
_WITHOUT_ADDRESS = ("chat",)


def find(engine: Engine, messages: Sequence[Taken]) -> dict[int, Destination]:
    """The destination of each message, by its key."""
    found: dict[int, Destination] = {}
    with engine.database.read() as connection:
        found.update(_of_members(engine, connection, messages))
        found.update(_of_copies(engine, connection, messages))
    nowhere = Destination(None, "no address")
    return {message.key: found.get(message.key, nowhere) for message in messages}


def _of_members(
    engine: Engine, connection: Connection, messages: Sequence[Taken]
) -> Iterator[tuple[int, Destination]]:
    mine = [each for each in messages if each.membership_key is not None]
    if not mine:
        return
    members = sorted({each.membership_key for each in mine if each.membership_key is not None})
    people = connection.execute(_MAILBOXES, {"members": members}).all()
    mailboxes = {row.key: row.email for row in people}
    today = engine.clock.today()
    left = {row.key for row in people if row.valid_to is not None and row.valid_to < today}
    chosen: dict[tuple[Any, ...], AnyRow] = {}
    for row in connection.execute(_CHOSEN, {"members": members}):  # the nearest first
        chosen.setdefault((row.member, row.kind), row)
    for each in mine:
        if each.membership_key in left:  # what waited overnight isn't theirs any more
            yield each.key, Destination(None, "no longer a member", has_left=True)
            continue
        choice = chosen.get((each.membership_key, each.kind))
        address = None
        if choice is not None and choice.channel == each.channel and choice.address is not None:
            address = engine.vault.unseal(PURPOSE, choice.address)
        elif each.channel == "email":
            address = mailboxes.get(each.membership_key)
        elif each.channel in _WITHOUT_ADDRESS:
            address = ""
        yield each.key, Destination(address, "" if address is not None else "no address")


def _of_copies(
    engine: Engine, connection: Connection, messages: Sequence[Taken]
) -> Iterator[tuple[int, Destination]]:
    copies = {each.delivery_key: each for each in messages if each.delivery_key is not None}
    if not copies:
        return
    keys = {"keys": sorted(key for key in copies if key is not None)}
    for row in connection.execute(_TO_FAMILY, keys):
        message = copies[row.delivery]
        yield message.key, _to_family(message, row)
    for place in connection.execute(_TO_ORGANISATIONS, keys):
        message = copies[place.delivery]
        if place.channel == message.channel and place.address is not None:
            yield message.key, Destination(engine.vault.unseal(PURPOSE, place.address))


def _to_family(message: Taken, member: AnyRow) -> Destination:
    """A copy of a notice goes where law lets it go today: nowhere near somebody who is blocked since."""
    if member.blocked or member.ended_on is not None:
        return Destination(None, "blocked" if member.blocked else "no longer of the family")
    if message.channel == "letter":
        return Destination(member.address, "" if member.address else "no postal address")
    if member.electronic_agreed_on is None:
        return Destination(None, "not agreed in writing")
    return Destination(member.email, "" if member.email else "no address")


_choice, _membership, _organisation = channel_choice.c, tables.membership.c, tables.organisation.c
_family, _delivery = tables.family_member.c, tables.delivery.c
_MAILBOXES = (
    select(_membership.key, _membership.valid_to, tables.person.c.email)
    .join(tables.person, tables.person.c.key == _membership.person_key)
    .where(_membership.key.in_(bindparam("members", expanding=True)))
)
_CHOSEN = (
    select(
        _membership.key.label("member"),
        _choice.kind,
        _choice.channel,
        _choice.address,
    )
    .select_from(tables.membership)
    .join(tables.organisation, _organisation.key == _membership.organisation_key)
    .join(
        channel_choice,
        or_(
            _choice.membership_key == _membership.key,
            _choice.organisation_key == _organisation.key,
            _choice.organisation_key == _organisation.parent_key,
        ),
    )
    .where(_membership.key.in_(bindparam("members", expanding=True)))
    .order_by(_choice.membership_key.is_(None), _choice.organisation_key != _organisation.key, _choice.key)
)
_TO_FAMILY = (
    select(
        _delivery.key.label("delivery"),
        _family.email,
        _family.address,
        _family.blocked,
        _family.ended_on,
        _family.electronic_agreed_on,
    )
    .join(tables.family_member, _family.key == _delivery.family_member_key)
    .where(_delivery.key.in_(bindparam("keys", expanding=True)))
)
_TO_ORGANISATIONS = (
    select(_delivery.key.label("delivery"), _choice.channel, _choice.address)
    .join(
        tables.organisation,
        and_(_organisation.code == _delivery.organisation, _organisation.authority == _delivery.authority),
    )
    .join(channel_choice, and_(_choice.organisation_key == _organisation.key, _choice.kind == "notice"))
    .where(
        _delivery.key.in_(bindparam("keys", expanding=True)),
        _delivery.organisation.is_not(None),
        _delivery.family_member_key.is_(None),
    )
)
