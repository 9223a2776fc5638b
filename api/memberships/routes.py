"""`/memberships`: who belongs to which organisation, from when and until when."""

from __future__ import annotations

from typing import Any

from flask import Response

from api.answers import answer
from api.blueprint import API_ROOT, Blueprint, permission, problems
from api.context import current_engine, current_principal
from api.memberships.schemas import (
    CHANGED_MEMBERSHIP,
    MEMBERSHIP,
    MEMBERSHIP_CHANGE,
    MEMBERSHIP_END,
    MEMBERSHIP_PAGE,
    NEW_MEMBERSHIP,
    ChangedMembership,
    Member,
    MemberPage,
    MembershipChange,
    MembershipEnd,
    MembershipQuery,
    NewMembership,
)
from api.preconditions import conditional
from api.repeats import repeatable
from engine.services.people import memberships as service

memberships = Blueprint(
    "memberships", f"{API_ROOT}/memberships", "Who belongs to which organisation, in which role."
)


@memberships.get("")
@permission("member:read")
@memberships.filters(MembershipQuery)
@memberships.answers(200, MemberPage, MEMBERSHIP_PAGE)
def list_memberships(query: dict[str, Any]) -> Response:
    """List memberships, those that are over included.

    An organisation's administrator sees those of its organisation and its teams.
    """
    return answer(service.list_memberships(current_engine(), current_principal(), **query))


@memberships.post("")
@permission("member:manage")
@repeatable
@problems("conflict")
@memberships.takes(NewMembership, NEW_MEMBERSHIP)
@memberships.answers(201, Member, MEMBERSHIP, "ETag", "Location")
def create_membership(body: dict[str, Any]) -> Response:
    """Let a person belong to an organisation.

    The role must fit the kind of organisation; an organisation's administrator grants only those that reach
    no further than the organisation.
    """
    new = service.NewMembership(**body)
    made = service.create_membership(current_engine(), current_principal(), new)
    return answer(made, 201, version=made.version, location=f"{API_ROOT}/memberships/{made.key}")


@memberships.get("/<key:membership_key>")
@permission("member:read")
@problems("not-found")
@memberships.answers(200, Member, MEMBERSHIP, "ETag")
def get_membership(membership_key: str) -> Response:
    """Read a membership."""
    found = service.get_membership(current_engine(), current_principal(), membership_key)
    return answer(found, version=found.version)


@memberships.patch("/<key:membership_key>")
@permission("member:manage")
@conditional
@problems("not-found", "conflict")
@memberships.takes(MembershipChange, MEMBERSHIP_CHANGE)
@memberships.answers(200, ChangedMembership, CHANGED_MEMBERSHIP, "ETag")
def change_membership(body: dict[str, Any], membership_key: str, version: int | None) -> Response:
    """Change the days of a membership.

    Another role is another membership: end this one.
    """
    changed = service.change_membership(current_engine(), current_principal(), membership_key, body, version)
    return answer(changed, version=changed.membership.version)


@memberships.post("/<key:membership_key>/end")
@permission("member:manage")
@repeatable
@conditional
@problems("not-found", "conflict")
@memberships.takes(MembershipEnd, MEMBERSHIP_END)
@memberships.answers(200, ChangedMembership, CHANGED_MEMBERSHIP, "ETag")
def end_membership(body: dict[str, Any], membership_key: str, version: int | None) -> Response:
    """End a membership.

    Tokens and sessions end with it. The organisation keeps its cases; open tasks go back to the group.
    The cases whose named officer leaves are listed: name another.
    """
    ended = service.end_membership(
        current_engine(), current_principal(), membership_key, body.get("last_day"), version
    )
    return answer(ended, version=ended.membership.version)
