"""What an agreement between two authorities looks like."""

from __future__ import annotations

from typing import Any

from marshmallow import fields

from api.fields import Day, Key, Pattern
from api.lists import LAST, ListPage
from api.schema import AnswerSchema, RequestSchema

_CODE = Pattern("^[0-9]{3}$", error="This must be the three digits of an authority.")
_URN = Pattern("^[0-9]{6}$", error="This must be a URN: six digits.")


class NewAgreement(RequestSchema):
    """Whose members may work on this authority's cases, and from when to when."""

    kept_by = fields.String(
        required=True,
        validate=_CODE,
        metadata={"description": "The authority that keeps the setting and its members."},
    )
    urn = fields.String(required=True, validate=_URN, metadata={"description": "The setting's number."})
    starts_on = Day(data_key="from", required=True)
    ends_on = Day(data_key="to", allow_none=True, load_default=None)


class AgreementEnd(RequestSchema):
    """The last day of an agreement."""

    ends_on = Day(data_key="to", required=True)


class Agreement(AnswerSchema):
    """That the members of a setting which another authority keeps may work on this one's cases."""

    key = Key(required=True)
    authority = fields.String(required=True)
    kept_by = fields.String(required=True)
    urn = fields.String(required=True)
    from_on = Day(required=True)
    to_on = Day(required=True, allow_none=True)
    in_force = fields.Boolean(required=True)


class AgreementPage(ListPage):
    """What an authority has agreed to, the oldest first."""

    items = fields.List(fields.Nested(Agreement), required=True)


NEW_AGREEMENT: dict[str, Any] = {"keptBy": "334", "urn": "104001", "from": "2026-11-02", "to": None}
AGREEMENT_END: dict[str, Any] = {"to": "2027-07-31"}
AGREEMENT: dict[str, Any] = {
    "key": "3",
    "authority": "333",
    "keptBy": "334",
    "urn": "104001",
    "fromOn": "2026-11-02",
    "toOn": None,
    "inForce": True,
}
AGREEMENT_PAGE: dict[str, Any] = {"items": [AGREEMENT], "page": LAST}
