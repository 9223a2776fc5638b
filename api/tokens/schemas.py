"""What tokens look like."""

from __future__ import annotations

from typing import Any

from marshmallow import fields

from api.fields import Instant, Key, Line, WholeNumber, choice
from api.lists import LAST, ListPage, ListQuery
from api.schema import AnswerSchema, RequestSchema
from api.sign_in.schemas import scope_field
from engine.services.sign_in.tokens import MOST_DAYS, USUAL_DAYS


class TokenQuery(ListQuery):
    """Whose tokens to list."""

    whose = choice(
        "mine",
        "all",
        load_default="mine",
        metadata={"description": "`all`: everybody's whom the caller administers."},
    )


class NewToken(RequestSchema):
    """What a token is for, what it may do, and how long."""

    label = Line(required=True, longest=100)
    scope = scope_field(
        required=True,
        metadata={
            "description": "Permissions, each held by the caller: the token never has more than these."
        },
    )
    days = WholeNumber(least=1, most=MOST_DAYS, load_default=USUAL_DAYS)


class Token(AnswerSchema):
    """A token, without its letters."""

    key = Key(required=True)
    label = fields.String(required=True)
    hint = fields.String(required=True, metadata={"description": "Its last four letters."})
    person_name = fields.String(required=True)
    membership_key = Key(required=True)
    scope = fields.List(
        fields.String(),
        required=True,
        allow_none=True,
        metadata={"description": "Null: all that the role holds."},
    )
    client = fields.Boolean(
        required=True, metadata={"description": "Whether a system got it for its secret."}
    )
    created_at = Instant(required=True)
    expires_at = Instant(required=True, allow_none=True)
    revoked_at = Instant(required=True, allow_none=True)
    version = WholeNumber(least=1, most=2, required=True)


class TokenPage(ListPage):
    """A page of tokens, the newest first."""

    items = fields.List(fields.Nested(Token), required=True)


class MadeToken(AnswerSchema):
    """A token with its letters, this once."""

    token = fields.String(required=True)
    made = fields.Nested(Token, required=True)


NEW_TOKEN: dict[str, Any] = {"label": "Spreadsheet of my tasks", "scope": ["task:read"], "days": 30}
TOKEN: dict[str, Any] = {
    "key": "31",
    "label": "Spreadsheet of my tasks",
    "hint": "b3Cd",
    "personName": "Amara Okafor",
    "membershipKey": "1",
    "scope": ["task:read"],
    "client": False,
    "createdAt": "2026-11-02T09:00:00Z",
    "expiresAt": "2026-12-02T09:00:00Z",
    "revokedAt": None,
    "version": 1,
}
TOKEN_PAGE: dict[str, Any] = {"items": [TOKEN], "page": LAST}
MADE_TOKEN: dict[str, Any] = {"token": "ehc_pat_0Jm5pTq2Xw9ZcRb7Yk4VnLs8Dg3HfA1e2Ab3Cd", "made": TOKEN}
