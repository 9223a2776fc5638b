"""Fills an empty database with the demonstration authority: organisations, invented people, diagrams."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml
from sqlalchemy import Connection, func, insert, select

from engine.errors import Conflict, SetupError
from engine.plans.settings import SETTING_TYPES
from engine.services.notices.contacts import write_contacts
from engine.services.permissions import PERMISSIONS
from engine.services.principals import create_token, members
from engine.services.processes.definitions import deploy, read_folder
from engine.store import tables

if TYPE_CHECKING:
    from engine.application import Engine

#: Memberships begin before any case that is replayed.
_SINCE = date(2014, 9, 1)
_COLUMNS = ("code", "name", "kind", "urn", "setting_type")


@dataclass(frozen=True)
class Account:
    """A person of the demonstration with a working token."""

    person: str
    role: str
    organisation: str
    token: str


def fill(engine: Engine) -> str:
    """Create the authority that the settings describe and deploy the diagrams; gives its code.

    Raises:
        Conflict: the database holds an authority already.
        SetupError: the description is missing or wrong.
    """
    description = _read(engine.settings.demonstration)
    with engine.database.write() as connection:
        if connection.execute(select(func.count()).select_from(tables.authority)).scalar_one():
            raise Conflict("The database isn't empty: the demonstration needs one of its own.")
        code = _authority(connection, description)
        write_contacts(connection, code, description["contacts"], engine.clock.now())
    deploy(engine, code, read_folder(engine.settings.bpmn_folder), by="demonstration")
    return code


def accounts(engine: Engine, authority: str, label: str = "demonstration") -> list[Account]:
    """A fresh token for every member."""
    return [
        Account(
            member.person,
            member.role,
            member.organisation,
            create_token(engine, member.membership_key, label),
        )
        for member in members(engine, authority)
    ]


def _read(path: Path) -> dict[str, Any]:
    try:
        description = yaml.safe_load(path.read_text(encoding="utf-8"))
        return {name: description[name] for name in ("authority", "organisations", "contacts")}
    except (OSError, yaml.YAMLError, KeyError, TypeError) as problem:
        raise SetupError(f"{path} doesn't describe an authority: {problem}") from None


def _authority(connection: Connection, description: dict[str, Any]) -> str:
    code = str(description["authority"]["code"])
    connection.execute(insert(tables.authority), {"code": code, "name": description["authority"]["name"]})
    for organisation in description["organisations"]:
        _organisation(connection, code, organisation)
    return code


def _organisation(connection: Connection, authority: str, organisation: dict[str, Any]) -> None:
    kind = organisation.get("setting_type")
    if kind is not None and kind not in SETTING_TYPES:
        raise SetupError(
            f"{organisation['name']} is a {kind}, which is none of {', '.join(sorted(SETTING_TYPES))}."
        )
    values = {name: organisation.get(name) for name in _COLUMNS}
    query = insert(tables.organisation).returning(tables.organisation.c.key)
    key = connection.execute(query, {"authority": authority, **values}).scalar_one()
    for member in organisation["members"]:
        _member(connection, authority, key, member)


def _member(connection: Connection, authority: str, organisation_key: int, member: dict[str, str]) -> None:
    if member["role"] not in PERMISSIONS:
        raise SetupError(f"{member['name']} has the role {member['role']}, which doesn't exist.")
    query = insert(tables.person).returning(tables.person.c.key)
    person = connection.execute(query, {"authority": authority, "name": member["name"]}).scalar_one()
    connection.execute(
        insert(tables.membership),
        {
            "authority": authority,
            "person_key": person,
            "organisation_key": organisation_key,
            "role": member["role"],
            "valid_from": _SINCE,
        },
    )
