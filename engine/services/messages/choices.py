"""By which way people want to be told: their own choice, else their organisation's, else what is usual.

A copy of a notice to a family follows no choice of staff: its way is law's.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, bindparam, delete, insert, select, update

from engine.errors import BadInput
from engine.services.audit import audit_of_authority
from engine.services.audit.audit import Event
from engine.services.messages.chosen_addresses import checked_address
from engine.services.messages.views_of_messages import ChannelChoiceView
from engine.services.messages.ways import FOR_MEMBER
from engine.services.people import organisations
from engine.services.principals import Principal
from engine.store import tables
from engine.store.message_tables import channel_choice
from engine.store.types import AnyRow

if TYPE_CHECKING:
    from engine.application import Engine

#: What an address is sealed for.
PURPOSE = "channel"
#: Ways that can be chosen.
CHANNELS = ("inbox", "email", "text", "chat", "webhook")
#: What people choose for themselves; an organisation also chooses where its copies of notices go.
KINDS = ("alert", "digest", "task")
KINDS_OF_ORGANISATIONS = (*KINDS, "notice")
#: The way of what nobody has chosen: what the ladder, or whoever posts it, says.
USUAL = "usual"


def list_own(engine: Engine, principal: Principal) -> list[ChannelChoiceView]:
    """How the principal is told of each kind of message, and whether that is their own choice."""
    principal.require("inbox:use")
    with engine.database.read() as connection:
        return [_for_member(engine, connection, principal, kind) for kind in KINDS]


def choose(
    engine: Engine, principal: Principal, kind: str, channel: str, address: str | None
) -> ChannelChoiceView:
    """Choose how to be told of a kind of message from now on; `USUAL` takes the choice back.

    Raises:
        BadInput: there is no such kind, or nothing can be sent to the address.
    """
    principal.require("inbox:use")
    _check_kind(kind, KINDS)
    whose = {"membership_key": principal.membership_key, "organisation_key": None}
    with engine.database.write() as connection:
        if channel == "email" and address is None:
            _require_mailbox(connection, principal)
        _set(engine, connection, principal, whose, (kind, channel, address))
        return _for_member(engine, connection, principal, kind)


def list_of_organisation(
    engine: Engine, principal: Principal, organisation_key: str
) -> list[ChannelChoiceView]:
    """How an organisation wants its members to be told, who haven't chosen for themselves.

    Raises:
        NotFound: there is no such organisation for the principal.
    """
    principal.require("member:read")
    with engine.database.read() as connection:
        place = organisations.find(connection, principal, organisation_key)
        return [_of_place(engine, connection, place.key, kind) for kind in KINDS_OF_ORGANISATIONS]


def choose_for_organisation(
    engine: Engine,
    principal: Principal,
    organisation_key: str,
    kind: str,
    channel: str,
    address: str | None,
) -> ChannelChoiceView:
    """Choose for an organisation: for its members, and for the copies of notices that it gets.

    `USUAL` takes the choice back.

    Raises:
        BadInput: there is no such kind, or nothing can be sent to the address.
        NotFound: there is no such organisation for the principal.
    """
    principal.require("member:manage")
    _check_kind(kind, KINDS_OF_ORGANISATIONS)
    if kind == "notice" and channel == "email" and address is None:
        raise BadInput.field("address", "Name the mailbox of the organisation that takes its notices.")
    with engine.database.write() as connection:
        place = organisations.find(connection, principal, organisation_key)
        whose = {"membership_key": None, "organisation_key": place.key}
        _set(engine, connection, principal, whose, (kind, channel, address))
        return _of_place(engine, connection, place.key, kind)


def _check_kind(kind: str, known: tuple[str, ...]) -> None:
    if kind not in known:
        raise BadInput.field("kind", f"Choose a way for one of these: {', '.join(known)}.")


def _require_mailbox(connection: Connection, principal: Principal) -> None:
    if connection.execute(_MAILBOX, {"who": principal.person_key}).scalar() is None:
        raise BadInput.field("address", "No email address of yours is known. Give one with the choice.")


def _set(
    engine: Engine,
    connection: Connection,
    principal: Principal,
    whose: dict[str, int | None],
    wanted: tuple[str, str, str | None],
) -> None:
    kind, channel, address = wanted
    if channel == USUAL:
        _drop(engine, connection, principal, kind, whose)
        return
    known = checked_address(engine, connection, principal, channel, address)
    values = {
        "authority": principal.authority,
        **whose,
        "kind": kind,
        "channel": channel,
        "address": None if known is None else engine.vault.seal(PURPOSE, known),
        "changed_at": engine.clock.now(),
    }
    query = update(channel_choice).where(_is_of(**whose), channel_choice.c.kind == kind)
    if not connection.execute(query.values(**values, version=channel_choice.c.version + 1)).rowcount:
        connection.execute(insert(channel_choice), values)
    facts = {"member": whose["membership_key"], "place": whose["organisation_key"], "kind": kind}
    audit_of_authority.record(
        connection,
        engine,
        principal,
        Event.CHANNEL_CHOSEN,
        **facts,
        after=channel,
        addressed=known is not None,
    )


def _drop(
    engine: Engine,
    connection: Connection,
    principal: Principal,
    kind: str,
    whose: dict[str, int | None],
) -> None:
    gone = connection.execute(delete(channel_choice).where(_is_of(**whose), channel_choice.c.kind == kind))
    if gone.rowcount:
        facts = {"member": whose["membership_key"], "place": whose["organisation_key"], "kind": kind}
        audit_of_authority.record(
            connection, engine, principal, Event.CHANNEL_CHOSEN, **facts, after=None, addressed=False
        )


def _is_of(*, membership_key: int | None, organisation_key: int | None) -> Any:
    if membership_key is not None:
        return channel_choice.c.membership_key == membership_key
    return channel_choice.c.organisation_key == organisation_key


def _for_member(engine: Engine, connection: Connection, principal: Principal, kind: str) -> ChannelChoiceView:
    asked = {"member": principal.membership_key, "what": kind}
    return _view(engine, kind, connection.execute(FOR_MEMBER, asked).first())


def _of_place(engine: Engine, connection: Connection, place: int, kind: str) -> ChannelChoiceView:
    return _view(engine, kind, connection.execute(_OF_PLACE, {"place": place, "what": kind}).first())


def _view(engine: Engine, kind: str, row: AnyRow | None) -> ChannelChoiceView:
    if row is None:
        return ChannelChoiceView(kind=kind, channel=USUAL, address=None, chosen_by="nobody")
    return ChannelChoiceView(
        kind=kind,
        channel=row.channel,
        address=None if row.address is None else engine.vault.unseal(PURPOSE, row.address),
        chosen_by="member" if row.membership_key is not None else "organisation",
    )


_choice = channel_choice.c
_MAILBOX = select(tables.person.c.email).where(tables.person.c.key == bindparam("who"))
_OF_PLACE = select(channel_choice).where(
    _choice.organisation_key == bindparam("place"), _choice.kind == bindparam("what")
)
