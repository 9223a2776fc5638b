"""Who was told of a thread, when and by which way, and whether it reached them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import Connection, bindparam, select

from engine.services.escalations import escalation_threads
from engine.services.escalations.views_of_escalations import HearingView
from engine.services.principals import Principal
from engine.services.sight import sight
from engine.store import tables
from engine.store.hearing_tables import hearing
from engine.store.types import AnyRow

if TYPE_CHECKING:
    from engine.application import Engine


def list_hearings(engine: Engine, principal: Principal, key: str) -> list[HearingView]:
    """Everybody who was told of a thread, or is to be with the next digest, the first telling first.

    Raises:
        NotFound: there is no such thread that this principal sees.
    """
    principal.require("escalation:read")
    with engine.database.read() as connection:
        row = escalation_threads.find(connection, principal, key)
        return hearings_of(connection, row.key, named=principal.role not in sight.BOARDS)


def hearings_of(connection: Connection, escalation_key: int, *, named: bool) -> list[HearingView]:
    """The hearings of a thread.

    Args:
        named: whether people are named; boards see roles alone.
    """
    rows = connection.execute(_HEARINGS, {"of": escalation_key}).all()
    return [_view(row, named=named) for row in rows]


def _view(row: AnyRow, *, named: bool) -> HearingView:
    return HearingView(
        stage=row.stage,
        at=row.created_at,
        recipient=row.recipient,
        person=row.person if named else None,
        instead_of=row.instead_of,
        covers=row.covers if named else None,
        level=row.level,
        reason=row.reason,
        channel=row.message_channel or row.channel,
        ladder_row=row.ladder_row,
        state=_state(row),
        message_key=None if row.outbox_key is None else str(row.outbox_key),
        sent_at=row.sent_at,
        read_at=row.read_at,
    )


def _state(row: AnyRow) -> str:
    if row.withdrawn_at is not None:
        return "withdrawn"
    if row.message_member not in (None, row.membership_key):
        return "passed_on"
    state: str = row.message_state or "waits"
    return "read" if row.read_at is not None else state


_who, _absent = tables.membership.alias("who"), tables.membership.alias("absent")
_person, _away = tables.person.alias("told"), tables.person.alias("away")
_HEARINGS = (
    select(
        hearing,
        _person.c.name.label("person"),
        _away.c.name.label("covers"),
        tables.outbox.c.channel.label("message_channel"),
        tables.outbox.c.state.label("message_state"),
        tables.outbox.c.membership_key.label("message_member"),
        tables.outbox.c.sent_at,
        tables.outbox.c.read_at,
    )
    .outerjoin(_who, _who.c.key == hearing.c.membership_key)
    .outerjoin(_person, _person.c.key == _who.c.person_key)
    .outerjoin(_absent, _absent.c.key == hearing.c.covers_key)
    .outerjoin(_away, _away.c.key == _absent.c.person_key)
    .outerjoin(tables.outbox, tables.outbox.c.key == hearing.c.outbox_key)
    .where(hearing.c.escalation_key == bindparam("of"))
    .order_by(hearing.c.stage, hearing.c.key)
)
