"""What memberships look like."""

from __future__ import annotations

from typing import Any

from marshmallow import fields

from api.fields import Day, Key, Line, QueryFlag, WholeNumber, choice
from api.lists import LAST, ListPage, ListQuery
from api.people.schemas import EMAIL
from api.schema import AnswerSchema, RequestSchema
from engine.services.permissions import ROLES

_LARGEST = 2**31 - 1


class MembershipQuery(ListQuery):
    """Which memberships are asked for."""

    organisation_key = Key()
    person_key = Key()
    role = choice(*ROLES)
    current = QueryFlag(metadata={"description": "Only those that hold today (true), or only the others."})


class NewMembership(RequestSchema):
    """Who is to belong to an organisation: a known person by key, or a new one by name."""

    organisation_key = Key(required=True)
    role = choice(*ROLES, required=True)
    person_key = Key()
    name = Line()
    email = fields.String(validate=EMAIL)
    valid_from = Day(metadata={"description": "Without it, from today."})
    valid_to = Day(allow_none=True, metadata={"description": "The last day; null or left out: until ended."})


class MembershipChange(RequestSchema):
    """The days to change; what isn't sent stays."""

    valid_from = Day()
    valid_to = Day(allow_none=True)


class MembershipEnd(RequestSchema):
    """When a membership ends."""

    last_day = Day(metadata={"description": "Without it, access ends at once."})


class Member(AnswerSchema):
    """That a person belongs to an organisation in a role; both days count."""

    key = Key(required=True)
    person_key = Key(required=True)
    person = fields.String(required=True)
    organisation_key = Key(required=True)
    organisation = fields.String(required=True)
    role = choice(*ROLES, required=True)
    valid_from = Day(required=True)
    valid_to = Day(required=True, allow_none=True)
    version = WholeNumber(least=1, most=_LARGEST, required=True)


class MemberPage(ListPage):
    """One page of memberships."""

    items = fields.List(fields.Nested(Member), required=True)


class ChangedMembership(AnswerSchema):
    """A membership as it is now; when it is over, how many open tasks went back to their groups.

    Once it has a last day, the open cases whose named officer is lost with it.
    """

    membership = fields.Nested(Member, required=True)
    tasks_given_back = WholeNumber(least=0, most=_LARGEST, required=True)
    officer_of = fields.List(
        Key(),
        required=True,
        metadata={"description": "Keys of open cases that need another named officer."},
    )


NEW_MEMBERSHIP: dict[str, Any] = {"organisationKey": "6", "role": "professional", "name": "Ines Marlow"}
MEMBERSHIP_CHANGE: dict[str, Any] = {"validTo": "2027-08-31"}
MEMBERSHIP_END: dict[str, Any] = {"lastDay": "2026-12-31"}
MEMBERSHIP: dict[str, Any] = {
    "key": "57",
    "personKey": "57",
    "person": "Ines Marlow",
    "organisationKey": "6",
    "organisation": "social_care",
    "role": "professional",
    "validFrom": "2026-11-02",
    "validTo": None,
    "version": 1,
}
MEMBERSHIP_PAGE: dict[str, Any] = {"items": [MEMBERSHIP], "page": LAST}
CHANGED_MEMBERSHIP: dict[str, Any] = {
    "membership": {**MEMBERSHIP, "validTo": "2027-08-31", "version": 2},
    "tasksGivenBack": 0,
    "officerOf": ["1024"],
}
