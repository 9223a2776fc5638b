"""Coded reasons for lateness (S21): those that every authority has, and those that its process owners add.

A code that was answered with is never taken away: a reason that is no longer wanted ends, and isn't offered
any more.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, bindparam, insert, select, update

from engine.errors import BadInput
from engine.services.audit import audit_of_authority
from engine.services.audit.audit import Event
from engine.services.escalations.views_of_escalations import ReasonView
from engine.services.principals import Principal
from engine.store.work_tables import lateness_reason

if TYPE_CHECKING:
    from engine.application import Engine

#: What everybody has, in the order in which it is offered.
USUAL: Mapping[str, str] = {
    "missed_appointments": "The child or young person was not brought to an appointment",
    "cover_for_leave": "Nobody covered for leave, illness or a vacant post",
    "capacity": "More work than the service has people for",
    "awaiting_another_agency": "Another agency has not answered",
    "awaiting_information": "Something that is needed has not come, or came incomplete",
    "familys_request": "The family asked for more time or another day",
    "education_setting_closed": "The school or other setting was closed",
    "own_mistake": "A mistake of our own: overlooked, mislaid, sent to the wrong place",
    "other": "Another reason, which the note tells",
}
_CODE = re.compile(r"[a-z][a-z0-9_]{1,39}")


def list_reasons(engine: Engine, principal: Principal) -> list[ReasonView]:
    """Every coded reason of the principal's authority, those that have ended included."""
    principal.require("lateness_reason:read")
    with engine.database.read() as connection:
        return list(_reasons(connection, principal.authority).values())


def set_reason(
    engine: Engine, principal: Principal, code: str, title: str, ended_on: date | None
) -> list[ReasonView]:
    """Add a reason, say it in other words, or end it; gives all there are then.

    Raises:
        BadInput: the code or the title can't be one.
    """
    principal.require("lateness_reason:change")
    if not _CODE.fullmatch(code):
        raise BadInput.field(
            "code", "A code is 2 to 40 small letters, digits and _, and begins with a letter."
        )
    if not title.strip():
        raise BadInput.field("title", "Say in a few words what the reason is.")
    new = {"title": title.strip(), "ended_on": ended_on}
    with engine.database.write() as connection:
        before = _reasons(connection, principal.authority).get(code)
        _write(connection, principal, code, {**new, "changed_at": engine.clock.now()})
        audit_of_authority.record(
            connection,
            engine,
            principal,
            Event.REASON_CHANGED,
            code=code,
            before=before and {"title": before.title, "endedOn": _iso(before.ended_on)},
            after={"title": new["title"], "endedOn": _iso(ended_on)},
        )
        return list(_reasons(connection, principal.authority).values())


def require_offered(connection: Connection, authority: str, code: str, today: date) -> None:
    """See to it that a code is one that can be answered with today.

    Raises:
        BadInput: it isn't; the message names those that can.
    """
    offered = [
        reason.code
        for reason in _reasons(connection, authority).values()
        if reason.ended_on is None or reason.ended_on > today
    ]
    if code not in offered:
        raise BadInput.field("reason", f"reason is one of {', '.join(offered)}.")


def titles(connection: Connection, authority: str) -> dict[str, str]:
    """What each code means."""
    return {code: reason.title for code, reason in _reasons(connection, authority).items()}


def _reasons(connection: Connection, authority: str) -> dict[str, ReasonView]:
    found = {code: ReasonView(code=code, title=title, ended_on=None) for code, title in USUAL.items()}
    for row in connection.execute(_ALL, {"of": authority}):
        found[row.code] = ReasonView(code=row.code, title=row.title, ended_on=row.ended_on)
    return found


def _write(connection: Connection, principal: Principal, code: str, values: Mapping[str, Any]) -> None:
    mine = {"of": principal.authority, "which": code}
    changed = {f"new_{name}": value for name, value in values.items()}
    if connection.execute(_CHANGE, {**mine, **changed, "who": principal.membership_key}).rowcount:
        return
    row = {"authority": principal.authority, "code": code, "version": 1, **values}
    connection.execute(insert(lateness_reason), {**row, "changed_by": principal.membership_key})


def _iso(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


_ALL = (
    select(lateness_reason)
    .where(lateness_reason.c.authority == bindparam("of"))
    .order_by(lateness_reason.c.key)
)
_CHANGE = (
    update(lateness_reason)
    .where(lateness_reason.c.authority == bindparam("of"), lateness_reason.c.code == bindparam("which"))
    .values(
        title=bindparam("new_title"),
        ended_on=bindparam("new_ended_on"),
        changed_at=bindparam("new_changed_at"),
        changed_by=bindparam("who"),
        version=lateness_reason.c.version + 1,
    )
)
