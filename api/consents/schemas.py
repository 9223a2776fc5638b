"""What a family's consents look like."""

from __future__ import annotations

from typing import Any

from marshmallow import fields, validate

from api.fields import Day, Instant, Key, Line, Prose, choice
from api.lists import LAST, ListPage
from api.schema import AnswerSchema, RequestSchema
from engine.services.sight.consents import COVERS, DECISIONS

_LONGEST_CODE, _LONGEST_KEY = 80, 18
_MEMBER = "The key of a member of the family who holds its rights on that day."


def _covers() -> fields.List[Any]:
    return fields.List(
        choice(*COVERS),
        required=True,
        validate=validate.Length(min=1, max=len(COVERS)),
        metadata={
            "description": "What it is about: `plan`, what stands in the sections; `documents` of others."
        },
    )


class NewConsent(RequestSchema):
    """What a family agrees to, or refuses, for one agency."""

    organisation = Line(
        longest=_LONGEST_CODE, required=True, metadata={"description": "The code of the agency."}
    )
    decision = choice(*DECISIONS, required=True)
    covers = _covers()
    given_by = Line(longest=_LONGEST_KEY, required=True, metadata={"description": _MEMBER})
    starts_on = Day(
        data_key="from", required=True, metadata={"description": "The first day on which it holds."}
    )
    ends_on = Day(
        data_key="to",
        allow_none=True,
        load_default=None,
        metadata={"description": "The last day; null: until it is taken back."},
    )


class WithdrawnConsent(RequestSchema):
    """That a family takes back what it said."""

    withdrawn_on = Day(required=True, metadata={"description": "The first day on which it doesn't hold."})
    withdrawn_by = Line(longest=_LONGEST_KEY, required=True, metadata={"description": _MEMBER})
    reason = Prose(required=True, metadata={"description": "Kept for the SEND team alone."})


class Consent(AnswerSchema):
    """A family's word on what one agency may see."""

    key = Key(required=True)
    organisation = fields.String(required=True)
    decision = choice(*DECISIONS, required=True)
    covers = _covers()
    given_by = Key(required=True)
    from_on = Day(required=True)
    to_on = Day(required=True, allow_none=True)
    recorded_at = Instant(required=True)
    withdrawn_on = Day(required=True, allow_none=True)
    withdrawn_by = Key(required=True, allow_none=True)
    in_force = fields.Boolean(
        required=True, metadata={"description": "Whether it counts today: none that holds is newer."}
    )


class ConsentPage(ListPage):
    """What a family has said, the oldest first."""

    items = fields.List(fields.Nested(Consent), required=True)


NEW_CONSENT: dict[str, Any] = {
    "organisation": "camhs",
    "decision": "given",
    "covers": ["plan"],
    "givenBy": "77",
    "from": "2026-11-02",
    "to": None,
}
WITHDRAWN: dict[str, Any] = {
    "withdrawnOn": "2026-11-02",
    "withdrawnBy": "77",
    "reason": "Told us by telephone that they have changed their mind.",
}
CONSENT_PAGE: dict[str, Any] = {
    "items": [
        {
            "key": "5",
            "organisation": "camhs",
            "decision": "given",
            "covers": ["plan"],
            "givenBy": "77",
            "fromOn": "2026-11-02",
            "toOn": None,
            "recordedAt": "2026-11-02T09:30:00Z",
            "withdrawnOn": None,
            "withdrawnBy": None,
            "inForce": True,
        }
    ],
    "page": LAST,
}
