"""What a case's family looks like."""

from __future__ import annotations

from typing import Any

from marshmallow import fields, validate

from api.fields import Day, Flag, Key, Line, Pattern, Prose, choice
from api.schema import AnswerSchema, RequestSchema
from engine.services.families.families import CHANNELS, RELATIONS

_EMAIL = Pattern(r"^[^@\s]{1,64}@[^@\s]{1,190}$", error="This must be an email address.")
_AGREED = "The day on which they agreed in writing to be served by email or in the portal."


def _email() -> fields.String:
    return fields.String(validate=_EMAIL, allow_none=True)


class NewFamilyMember(RequestSchema):
    """Somebody who belongs to a family."""

    name = Line(required=True)
    relation = choice(*RELATIONS, required=True)
    parental_responsibility = Flag(load_default=False)
    alternative = Flag(
        load_default=False,
        metadata={"description": "Acts for a young person who lacks capacity (regulation 64)."},
    )
    channel = choice(*CHANNELS, required=True, metadata={"description": "How they are served."})
    electronic_agreed_on = Day(allow_none=True, metadata={"description": _AGREED})
    email = _email()
    address = Prose(longest=1000, allow_none=True)


class FamilyMemberChange(RequestSchema):
    """What changes of somebody, and why. What isn't sent stays as it is."""

    reason = Prose(required=True, metadata={"description": "Kept for the SEND team alone."})
    parental_responsibility = Flag()
    alternative = Flag()
    blocked = Flag(
        metadata={"description": "Safeguarding: while true, no notice is ever addressed to this person."}
    )
    channel = choice(*CHANNELS)
    electronic_agreed_on = Day(allow_none=True, metadata={"description": _AGREED})
    email = _email()
    address = Prose(longest=1000, allow_none=True)
    ended_on = Day(
        allow_none=True, metadata={"description": "The first day on which they no longer belong to it."}
    )


class Capacity(RequestSchema):
    """Since when a young person lacks capacity for decisions on the plan."""

    lacks_capacity_since = Day(required=True, allow_none=True, metadata={"description": "Null: they don't."})
    reason = Prose(required=True)


class FamilyMember(AnswerSchema):
    """Somebody around the child or young person."""

    key = Key(required=True)
    name = fields.String(required=True)
    relation = choice(*RELATIONS, required=True)
    parental_responsibility = fields.Boolean(required=True)
    alternative = fields.Boolean(required=True)
    blocked = fields.Boolean(required=True)
    channel = choice(*CHANNELS, required=True)
    electronic_agreed_on = Day(required=True, allow_none=True)
    email = fields.String(required=True, allow_none=True)
    address = fields.String(required=True, allow_none=True)
    ended_on = Day(required=True, allow_none=True)
    holds_rights = fields.Boolean(
        required=True, metadata={"description": "Whether a notice of today is addressed to them."}
    )


class Family(AnswerSchema):
    """Everybody recorded around the child or young person, and who holds the rights today."""

    rights_holder = fields.String(
        required=True,
        validate=validate.OneOf(["parent", "young_person", "alternative_person"]),
        metadata={"description": "`parent`, `young_person` or `alternative_person`, as of today."},
    )
    end_of_compulsory_school_age = Day(
        required=True, metadata={"description": "The last day on which the parents hold the rights."}
    )
    lacks_capacity_since = Day(required=True, allow_none=True)
    members = fields.List(fields.Nested(FamilyMember), required=True)


NEW_MEMBER: dict[str, Any] = {
    "name": "Alex Example",
    "relation": "parent",
    "parentalResponsibility": True,
    "channel": "post",
    "address": "1 Sample Street\nSampleton",
}
MEMBER_CHANGE: dict[str, Any] = {"blocked": True, "reason": "Court order seen on 2 November."}
CAPACITY: dict[str, Any] = {"lacksCapacitySince": "2026-09-01", "reason": "Assessment of 1 September 2026."}
FAMILY: dict[str, Any] = {
    "rightsHolder": "parent",
    "endOfCompulsorySchoolAge": "2034-06-30",
    "lacksCapacitySince": None,
    "members": [
        {
            "key": "77",
            "name": "Sam Example",
            "relation": "parent",
            "parentalResponsibility": True,
            "alternative": False,
            "blocked": False,
            "channel": "portal",
            "electronicAgreedOn": "2026-01-29",
            "email": None,
            "address": None,
            "endedOn": None,
            "holdsRights": True,
        }
    ],
}
