"""What systems' clients look like."""

from __future__ import annotations

from typing import Any

from marshmallow import fields

from api.fields import Instant, Key, Line, WholeNumber
from api.lists import LAST, ListPage
from api.schema import AnswerSchema, RequestSchema
from api.sign_in.schemas import scope_field


class NewClient(RequestSchema):
    """Which membership a system works for, and what it may do."""

    membership_key = Key(
        required=True, metadata={"description": "A membership with the role `machine_client`."}
    )
    label = Line(required=True, longest=100)
    scope = scope_field(required=True)


class Client(AnswerSchema):
    """A system that signs in by itself."""

    key = Key(required=True)
    client_id = fields.String(required=True)
    label = fields.String(required=True)
    membership_key = Key(required=True)
    organisation = fields.String(required=True)
    scope = fields.List(fields.String(), required=True)
    created_at = Instant(required=True)
    revoked_at = Instant(required=True, allow_none=True)
    version = WholeNumber(least=1, most=2, required=True)


class ClientPage(ListPage):
    """A page of clients, the newest first."""

    items = fields.List(fields.Nested(Client), required=True)


class MadeClient(AnswerSchema):
    """A client with its secret, this once."""

    client_secret = fields.String(required=True)
    client = fields.Nested(Client, required=True)


NEW_CLIENT: dict[str, Any] = {
    "membershipKey": "14",
    "label": "Council portal",
    "scope": ["request:raise", "task:read"],
}
CLIENT: dict[str, Any] = {
    "key": "2",
    "clientId": "client-6f1c0b5a92d4e873",
    "label": "Council portal",
    "membershipKey": "14",
    "organisation": "send_team",
    "scope": ["request:raise", "task:read"],
    "createdAt": "2026-11-02T09:00:00Z",
    "revokedAt": None,
    "version": 1,
}
CLIENT_PAGE: dict[str, Any] = {"items": [CLIENT], "page": LAST}
MADE_CLIENT: dict[str, Any] = {
    "clientSecret": "ehc_sec_0Jm5pTq2Xw9ZcRb7Yk4VnLs8Dg3HfA1e2Ab3Cd",
    "client": CLIENT,
}
