"""`/organisations`: who works with the authority, with their teams."""

from __future__ import annotations

from typing import Any

from flask import Response

from api.answers import answer
from api.blueprint import API_ROOT, Blueprint, permission, problems
from api.context import current_engine, current_principal
from api.organisations.schemas import (
    LAST_DAY,
    NEW_ORGANISATION,
    ORGANISATION,
    ORGANISATION_CHANGE,
    ORGANISATION_PAGE,
    LastDay,
    NewOrganisation,
    Organisation,
    OrganisationChange,
    OrganisationPage,
    OrganisationQuery,
)
from api.preconditions import conditional
from api.repeats import repeatable
from engine.services.people import organisations as service

organisations = Blueprint(
    "organisations", f"{API_ROOT}/organisations", "Who works with the authority, and their teams."
)


@organisations.get("")
@permission("organisation:read")
@organisations.filters(OrganisationQuery)
@organisations.answers(200, OrganisationPage, ORGANISATION_PAGE)
def list_organisations(query: dict[str, Any]) -> Response:
    """List organisations.

    The SEND team, auditors and administrators see all of the authority's, others their own with its teams.
    """
    return answer(service.list_organisations(current_engine(), current_principal(), **query))


@organisations.post("")
@permission("organisation:manage")
@repeatable
@organisations.takes(NewOrganisation, NEW_ORGANISATION)
@organisations.answers(201, Organisation, ORGANISATION, "ETag", "Location")
def create_organisation(body: dict[str, Any]) -> Response:
    """Make an organisation, or a team of one.

    The members of a team work on the tasks of its organisation.
    """
    new = service.NewOrganisation(**body)
    made = service.create_organisation(current_engine(), current_principal(), new)
    return answer(made, 201, version=made.version, location=f"{API_ROOT}/organisations/{made.key}")


@organisations.get("/<key:organisation_key>")
@permission("organisation:read")
@problems("not-found")
@organisations.answers(200, Organisation, ORGANISATION, "ETag")
def get_organisation(organisation_key: str) -> Response:
    """Read an organisation."""
    found = service.get_organisation(current_engine(), current_principal(), organisation_key)
    return answer(found, version=found.version)


@organisations.patch("/<key:organisation_key>")
@permission("organisation:manage")
@conditional
@problems("not-found")
@organisations.takes(OrganisationChange, ORGANISATION_CHANGE)
@organisations.answers(200, Organisation, ORGANISATION, "ETag")
def change_organisation(body: dict[str, Any], organisation_key: str, version: int | None) -> Response:
    """Change an organisation.

    Its code stays: diagrams and cases name it.
    """
    changed = service.change_organisation(
        current_engine(), current_principal(), organisation_key, body, version
    )
    return answer(changed, version=changed.version)


@organisations.post("/<key:organisation_key>/end")
@permission("organisation:manage")
@repeatable
@conditional
@problems("not-found", "conflict")
@organisations.takes(LastDay, LAST_DAY)
@organisations.answers(200, Organisation, ORGANISATION, "ETag")
def end_organisation(body: dict[str, Any], organisation_key: str, version: int | None) -> Response:
    """End an organisation on a day.

    So end its teams and everybody's membership. It may have no open tasks; its cases keep its history.
    """
    ended = service.end_organisation(
        current_engine(), current_principal(), organisation_key, body["last_day"], version
    )
    return answer(ended, version=ended.version)
