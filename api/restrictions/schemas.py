"""What the restriction of a case looks like."""

from __future__ import annotations

from typing import Any

from marshmallow import fields, validate

from api.fields import Instant, Key, Line, Prose
from api.schema import AnswerSchema, RequestSchema

_MOST_NAMED, _LONGEST_KEY = 50, 18


class NewRestriction(RequestSchema):
    """Who still sees a case, and why nobody else does."""

    membership_keys = fields.List(
        Line(longest=_LONGEST_KEY),
        required=True,
        validate=validate.Length(max=_MOST_NAMED),
        metadata={"description": "Whoever restricts the case is always among them."},
    )
    reason = Prose(required=True, metadata={"description": "For those who still see the case."})


class Lifting(RequestSchema):
    """Why a case needn't be restricted any more."""

    reason = Prose(required=True, metadata={"description": "Kept for the SEND team alone."})


class Named(AnswerSchema):
    """Somebody who still sees a restricted case, as far as they saw it before."""

    membership_key = Key(required=True)
    person = fields.String(required=True, allow_none=True)
    role = fields.String(required=True, allow_none=True)
    organisation = fields.String(required=True, allow_none=True)


class Restriction(AnswerSchema):
    """Whether a case is restricted, why, and who still sees it."""

    case_key = Key(required=True)
    restricted = fields.Boolean(required=True)
    reason = fields.String(required=True, allow_none=True)
    restricted_at = Instant(required=True, allow_none=True)
    members = fields.List(fields.Nested(Named), required=True)


NEW_RESTRICTION: dict[str, Any] = {
    "membershipKeys": ["1"],
    "reason": "A parent of the child works in the team.",
}
LIFTING: dict[str, Any] = {"reason": "The parent has left the authority."}
RESTRICTION: dict[str, Any] = {
    "caseKey": "1024",
    "restricted": True,
    "reason": "A parent of the child works in the team.",
    "restrictedAt": "2026-11-02T09:30:00Z",
    "members": [
        {
            "membershipKey": "1",
            "person": "Amara Okafor",
            "role": "caseworker",
            "organisation": "send_team",
        }
    ],
}
