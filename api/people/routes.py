"""`/people`: members of organisations, by person."""

from __future__ import annotations

from typing import Any

from flask import Response

from api.answers import answer
from api.blueprint import API_ROOT, Blueprint, permission, problems
from api.context import current_engine, current_principal
from api.people.schemas import (
    PERSON,
    PERSON_CHANGE,
    PERSON_PAGE,
    Person,
    PersonChange,
    PersonPage,
    PersonQuery,
)
from api.preconditions import conditional
from engine.services.people import people as service

people = Blueprint("people", f"{API_ROOT}/people", "People who are members of organisations.")


@people.get("")
@permission("member:read")
@people.filters(PersonQuery)
@people.answers(200, PersonPage, PERSON_PAGE)
def list_people(query: dict[str, Any]) -> Response:
    """List people.

    An organisation's administrator finds the members that it has, had or will have.
    """
    return answer(service.list_people(current_engine(), current_principal(), **query))


@people.get("/<key:person_key>")
@permission("member:read")
@problems("not-found")
@people.answers(200, Person, PERSON, "ETag")
def get_person(person_key: str) -> Response:
    """Read a person."""
    found = service.get_person(current_engine(), current_principal(), person_key)
    return answer(found, version=found.version)


@people.patch("/<key:person_key>")
@permission("member:manage")
@conditional
@problems("not-found", "conflict")
@people.takes(PersonChange, PERSON_CHANGE)
@people.answers(200, Person, PERSON, "ETag")
def change_person(body: dict[str, Any], person_key: str, version: int | None) -> Response:
    """Correct a person's name or address.

    An organisation's administrator does it only for who belongs to no other organisation.
    """
    changed = service.change_person(current_engine(), current_principal(), person_key, body, version)
    return answer(changed, version=changed.version)
