"""What GOV.UK Notify sends of a message's status. The names are Notify's, not ours."""

from __future__ import annotations

from typing import Any

import marshmallow
from marshmallow import fields, validate

from api.fields import Line
from api.schema import RequestSchema

_SHORT, _LONG = 60, 120


class NotifyReceipt(RequestSchema):
    """What became of an email or a text. Further fields of Notify's are taken and not looked at."""

    class Meta:
        """Notify may add fields: that is no reason to lose a receipt."""

        unknown = marshmallow.EXCLUDE

    id = Line(longest=_LONG, required=True, data_key="id", metadata={"description": "Notify's own."})
    reference = fields.String(
        data_key="reference",
        allow_none=True,
        load_default=None,
        validate=validate.Length(max=_LONG, error=f"This has at most {_LONG} letters."),
        metadata={"description": "The one that the message was sent under."},
    )
    status = Line(longest=_SHORT, required=True, data_key="status")
    completed_at = fields.String(
        data_key="completed_at",
        allow_none=True,
        load_default=None,
        validate=validate.Length(max=_SHORT, error=f"This has at most {_SHORT} letters."),
        metadata={"description": "When it came to that."},
    )


NOTIFY_RECEIPT: dict[str, Any] = {
    "id": "740e5834-3a29-46b4-9a6f-16142fde533a",
    "reference": "escalation:41:2:service_manager",
    "status": "delivered",
    "completed_at": "2026-11-25T09:31:12.000000Z",
}
