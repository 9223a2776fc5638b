"""What sessions look like, and who asks."""

from __future__ import annotations

from typing import Any

from marshmallow import fields

from api.fields import Day, Instant, Key, WholeNumber, choice
from api.lists import LAST, ListPage
from api.schema import AnswerSchema, RequestSchema


class HeldMembership(AnswerSchema):
    """One person's role in one organisation."""

    key = Key(required=True)
    organisation = fields.String(required=True)
    organisation_name = fields.String(required=True)
    role = fields.String(required=True)
    authority = fields.String(required=True)
    valid_to = Day(
        required=True, allow_none=True, metadata={"description": "The last day; null: no end set."}
    )


class Principal(AnswerSchema):
    """Who asks, by what, and what that allows."""

    person_key = Key(required=True)
    person_name = fields.String(required=True)
    means = choice("token", "client", "session", required=True)
    membership = fields.Nested(HeldMembership, required=True)
    permissions = fields.List(
        fields.String(),
        required=True,
        metadata={"description": "What the role holds, as far as the token's scope goes."},
    )
    memberships = fields.List(
        fields.Nested(HeldMembership),
        required=True,
        metadata={"description": "All that the person holds today."},
    )


class Session(AnswerSchema):
    """A session."""

    key = Key(required=True)
    membership = fields.Nested(HeldMembership, required=True)
    provider = fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "Where it began; null: with a password of ours."},
    )
    kept_in = choice("answer", "cookie", required=True)
    created_at = Instant(required=True)
    seen_at = Instant(required=True, metadata={"description": "To within two minutes."})
    expires_at = Instant(required=True)
    ended_at = Instant(required=True, allow_none=True)
    current = fields.Boolean(required=True, metadata={"description": "Whether it is the one that asks."})
    version = WholeNumber(least=1, most=2, required=True)


class SessionPage(ListPage):
    """A page of sessions, the newest first."""

    items = fields.List(fields.Nested(Session), required=True)


class OpenedSession(AnswerSchema):
    """A session that has just begun."""

    key = Key(required=True)
    token = fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "Send it as `Authorization: Bearer <token>`; null where a cookie holds it."},
    )
    expires_at = Instant(required=True)
    idle_minutes = fields.Integer(
        required=True, metadata={"description": "It ends when it isn't used for so many minutes."}
    )
    membership = fields.Nested(HeldMembership, required=True)
    memberships = fields.List(fields.Nested(HeldMembership), required=True)


class Switch(RequestSchema):
    """As which of one's memberships to go on."""

    membership_key = Key(required=True)


class SignedOut(AnswerSchema):
    """What was ended."""

    ended = fields.Integer(required=True, metadata={"description": "How many sessions."})
    provider_address = fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "Send the browser there to sign out at the provider as well; null: none."},
    )


MEMBERSHIP: dict[str, Any] = {
    "key": "1",
    "organisation": "send_team",
    "organisationName": "SEND service",
    "role": "caseworker",
    "authority": "333",
    "validTo": None,
}
PRINCIPAL: dict[str, Any] = {
    "personKey": "1",
    "personName": "Amara Okafor",
    "means": "session",
    "membership": MEMBERSHIP,
    "permissions": ["task:read", "task:work"],
    "memberships": [MEMBERSHIP],
}
SESSION: dict[str, Any] = {
    "key": "12",
    "membership": MEMBERSHIP,
    "provider": None,
    "keptIn": "answer",
    "createdAt": "2026-11-02T09:00:00Z",
    "seenAt": "2026-11-02T09:14:00Z",
    "expiresAt": "2026-11-02T21:00:00Z",
    "endedAt": None,
    "current": True,
    "version": 1,
}
SESSION_PAGE: dict[str, Any] = {"items": [SESSION], "page": LAST}
OPENED: dict[str, Any] = {
    "key": "12",
    "token": "ehc_ses_0Jm5pTq2Xw9ZcRb7Yk4VnLs8Dg3HfA1e2Ab3Cd",
    "expiresAt": "2026-11-02T21:00:00Z",
    "idleMinutes": 30,
    "membership": MEMBERSHIP,
    "memberships": [MEMBERSHIP],
}
SWITCH: dict[str, Any] = {"membershipKey": "1"}
SIGNED_OUT: dict[str, Any] = {"ended": 1, "providerAddress": None}
