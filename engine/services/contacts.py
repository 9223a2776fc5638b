"""What an authority tells of itself in letters: the contacts that the appeal pack must name."""

from __future__ import annotations

from collections.abc import Mapping
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
    from engine.services.step import CaseStep


def list_contacts(engine: Engine, principal: Principal) -> list[ContactView]:
    """Every contact that letters name, with its value where the authority has said it."""
    principal.require("contact:read")
    with engine.database.read() as connection:
        known = contacts_of(connection, principal.authority)
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
    return list_contacts(engine, principal)


def write_contacts(connection: Connection, authority: str, values: Mapping[str, str], now: datetime) -> None:
    """Write contacts in place of those of the same codes."""
    for code, value in values.items():
        row = {"authority": authority, "code": code, "value": value, "recorded_at": now}
        connection.execute(_FORGET, {"of": authority, "which": code})
        connection.execute(_WRITE, row)


def contacts_of(connection: Connection, authority: str) -> dict[str, str]:
    """The contacts of an authority by code."""
    rows = connection.execute(_OF_AUTHORITY, {"of": authority})
    return {row.code: row.value for row in rows}


def contacts_in(step: CaseStep) -> dict[str, str]:
    """The contacts of the step's authority, read once a step."""
    if "contacts" not in step.remembered:
        step.remembered["contacts"] = contacts_of(step.connection, step.authority)
    found: dict[str, str] = step.remembered["contacts"]
    return found


_contact = tables.authority_contact
_OF_AUTHORITY = select(_contact.c.code, _contact.c.value).where(_contact.c.authority == bindparam("of"))
_FORGET = delete(_contact).where(
    _contact.c.authority == bindparam("of"), _contact.c.code == bindparam("which")
)
_WRITE = insert(_contact)
