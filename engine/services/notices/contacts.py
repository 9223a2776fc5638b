"""What an authority tells of itself in letters: the contacts that the appeal pack must name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
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
    """What every letter of an authority shows: its name, its contacts by code, whose deployment words it."""

    name: str
    contacts: Mapping[str, str]
    deployment_key: int | None


class Letterheads:
    """The letterheads of the authorities, asked for with each letter: what is changed stands at once."""

    def __init__(self) -> None:
        self._within: dict[str, tuple[object, Letterhead]] = {}

    def of(self, connection: Connection, authority: str, within: object | None = None) -> Letterhead:
        """The letterhead of an authority.

        Args:
            within: the transaction that many steps share, if they do: within it it's asked for once.
        """
        known = self._within.get(authority)
        if within is not None and known is not None and known[0] is within:
            return known[1]
        found = _read(connection, authority)
        if within is not None:
            self._within[authority] = within, found
        return found

    def forget(self, authority: str) -> None:
        """To be called by whoever changes a contact or a template within a shared transaction."""
        self._within.pop(authority, None)


def _read(connection: Connection, authority: str) -> Letterhead:
    rows = connection.execute(_OF_AUTHORITY, {"of": authority}).all()
    contacts = {row.code: row.value for row in rows if row.code is not None}
    return Letterhead(rows[0].name, contacts, rows[0].deployment_key)


_contact, _definition = tables.authority_contact, tables.process_definition
#: Asked at once: every letter needs both.
_OF_AUTHORITY = (
    select(
        tables.authority.c.name,
        _contact.c.code,
        _contact.c.value,
        select(_definition.c.deployment_key)
        .where(_definition.c.authority == bindparam("of"))
        .order_by(_definition.c.key.desc())
        .limit(1)
        .scalar_subquery()
        .label("deployment_key"),
    )
    .outerjoin(_contact, _contact.c.authority == tables.authority.c.code)
    .where(tables.authority.c.code == bindparam("of"))
)
_FORGET = delete(_contact).where(
    _contact.c.authority == bindparam("of"), _contact.c.code == bindparam("which")
)
_WRITE = insert(_contact)
