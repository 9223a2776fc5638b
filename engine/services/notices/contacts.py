"""What an authority tells of itself in letters: the contacts that the appeal pack must name."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import Connection, bindparam, delete, insert, select

from engine.errors import BadInput, FieldProblem
from engine.letters import CONTACTS
from engine.services.principals import Principal
from engine.services.views import ContactView
from engine.store import tables

if TYPE_CHECKING:
    from engine.application import Engine


def list_contacts(engine: Engine, principal: Principal) -> list[ContactView]:
    """Every contact that letters name, with its value where the authority has said it."""
    principal.require("contact:read")
    with engine.database.read() as connection:
        known = _read(connection, principal.authority).contacts
    return [ContactView(code=code, title=title, value=known.get(code)) for code, title in CONTACTS.items()]


def change_contacts(engine: Engine, principal: Principal, values: Mapping[str, str]) -> list[ContactView]:
    """Set the contacts that are given; the others stay as they are. Letters sent before stay as they were.

    Raises:
        BadInput: no letter names such a contact.
    """
    principal.require("contact:change")
    problems = [
        FieldProblem(f"contacts.{code}", f"No letter names this. Use: {', '.join(CONTACTS)}.")
        for code in values
        if code not in CONTACTS
    ]
    if problems:
        raise BadInput("These contacts can't be set.", problems)
    with engine.database.write() as connection:
        write_contacts(connection, principal.authority, values, engine.clock.now())
    engine.letterheads.forget(principal.authority)
    return list_contacts(engine, principal)


def write_contacts(connection: Connection, authority: str, values: Mapping[str, str], now: datetime) -> None:
    """Write contacts in place of those of the same codes."""
    for code, value in values.items():
        row = {"authority": authority, "code": code, "value": value, "recorded_at": now}
        connection.execute(_FORGET, {"of": authority, "which": code})
        connection.execute(_WRITE, row)


@dataclass(frozen=True)
class Letterhead:
    """What every letter of an authority shows: its name, and its contacts by code."""

    name: str
    contacts: Mapping[str, str]


class Letterheads:
    """The letterheads of the authorities, each read again after a minute: another process may change it."""

    def __init__(self) -> None:
        self._known: dict[str, tuple[datetime, Letterhead]] = {}
        self._guard = threading.Lock()

    def of(self, connection: Connection, authority: str, now: datetime) -> Letterhead:
        """The letterhead of an authority."""
        with self._guard:
            known = self._known.get(authority)
        if known is not None and timedelta(0) <= now - known[0] < _FRESH:
            return known[1]
        found = _read(connection, authority)
        with self._guard:
            self._known[authority] = now, found
        return found

    def forget(self, authority: str) -> None:
        """To be called after a change is committed."""
        with self._guard:
            self._known.pop(authority, None)


def _read(connection: Connection, authority: str) -> Letterhead:
    rows = connection.execute(_OF_AUTHORITY, {"of": authority}).all()
    return Letterhead(rows[0].name, {row.code: row.value for row in rows if row.code is not None})


_FRESH = timedelta(minutes=1)
_contact = tables.authority_contact
_OF_AUTHORITY = (
    select(tables.authority.c.name, _contact.c.code, _contact.c.value)
    .outerjoin(_contact, _contact.c.authority == tables.authority.c.code)
    .where(tables.authority.c.code == bindparam("of"))
)
_FORGET = delete(_contact).where(
    _contact.c.authority == bindparam("of"), _contact.c.code == bindparam("which")
)
_WRITE = insert(_contact)
