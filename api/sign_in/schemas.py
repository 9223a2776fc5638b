"""What signing in takes and answers."""

from __future__ import annotations

from typing import Any

from marshmallow import fields, validate

from api.fields import Instant, Key, Line, Pattern, choice
from api.lists import LAST, ListPage
from api.schema import AnswerSchema, RequestSchema
from api.sessions.schemas import OPENED, OpenedSession
from engine.services.sign_in import bearer, logins, passwords

#: Permissions that can be named in a scope; more than there are.
_MOST_IN_SCOPE = 200


def secret_field(**options: Any) -> fields.String:
    """A secret of ours, as it was given out."""
    check = Pattern(bearer.PATTERN, error="This isn't one of ours. Copy the whole of it.")
    return fields.String(required=True, validate=check, **options)


def password_field(**options: Any) -> fields.String:
    """A password, taken letter by letter."""
    check = validate.Length(
        1, passwords.LONGEST, error=f"A password has at most {passwords.LONGEST} letters."
    )
    return fields.String(required=True, validate=check, **options)


def scope_field(**options: Any) -> fields.List[Any]:
    """Permissions, by name."""
    name = fields.String(validate=Pattern("^[a-z_]{1,40}:[a-z_]{1,40}$", error="Name a permission."))
    return fields.List(name, validate=validate.Length(1, _MOST_IN_SCOPE), **options)


class SignIn(RequestSchema):
    """Login and password."""

    login = Line(required=True, longest=logins.LONGEST)
    password = password_field()


class Wish(RequestSchema):
    """How to go on once signed in."""

    membership_key = Key(metadata={"description": "As which member; without it, as the one of last time."})
    kept_in = choice(
        "answer",
        "cookie",
        load_default="answer",
        metadata={"description": "Who keeps the session's token: the caller, or the browser in a cookie."},
    )


class Code(Wish):
    """A code of the second factor, or a recovery code."""

    ticket = secret_field()
    code = Line(required=True, longest=20)


class Acceptance(RequestSchema):
    """An invitation, and the password that is chosen with it."""

    invitation = secret_field()
    password = password_field()


class ClientSecret(RequestSchema):
    """What a system shows to get a token."""

    client_id = Line(required=True, longest=40)
    client_secret = secret_field()
    scope = scope_field(
        metadata={"description": "Fewer permissions than the client has; without it, all of them."}
    )


class SecondFactor(AnswerSchema):
    """What an authenticator needs."""

    secret = fields.String(required=True, metadata={"description": "To be typed, in base 32."})
    address = fields.String(required=True, metadata={"description": "The same as an `otpauth:` address."})
    picture = fields.String(required=True, metadata={"description": "The address as a QR code (SVG)."})


class SignInStep(AnswerSchema):
    """Where a sign-in stands."""

    state = choice(
        "code_needed",
        "enrolment_needed",
        "signed_in",
        required=True,
        metadata={
            "description": "`code_needed`: send `ticket` and a code to /sign-in/code. `enrolment_needed`: add"
            " `secondFactor` to an authenticator, then send `ticket` and its code to /sign-in/second-factor."
        },
    )
    ticket = fields.String(required=True, allow_none=True)
    expires_at = Instant(
        required=True, allow_none=True, metadata={"description": "Until when the ticket is good."}
    )
    second_factor = fields.Nested(SecondFactor, required=True, allow_none=True)
    recovery_codes = fields.List(
        fields.String(),
        required=True,
        allow_none=True,
        metadata={"description": "For when the authenticator is lost; shown this once."},
    )
    recovery_codes_left = fields.Integer(required=True, allow_none=True)
    session = fields.Nested(OpenedSession, required=True, allow_none=True)


class Access(AnswerSchema):
    """A system's token for a short time."""

    token = fields.String(required=True)
    expires_at = Instant(required=True)
    scope = fields.List(fields.String(), required=True)


class Provider(AnswerSchema):
    """A provider at which people may sign in."""

    name = fields.String(required=True)
    title = fields.String(required=True)
    address = fields.String(required=True, metadata={"description": "Where it begins, for a browser."})


class ProviderPage(ListPage):
    """Every provider, always in one page."""

    items = fields.List(fields.Nested(Provider), required=True)


PROVIDER_PAGE: dict[str, Any] = {
    "items": [{"name": "council", "title": "Council account", "address": "/sign-in/council"}],
    "page": LAST,
}
_TICKET = "ehc_tkt_0Jm5pTq2Xw9ZcRb7Yk4VnLs8Dg3HfA1e2Ab3Cd"
SIGN_IN: dict[str, Any] = {"login": "a.okafor@sandwell.example", "password": "lantern gravel otter"}
CODE: dict[str, Any] = {"ticket": _TICKET, "code": "418207", "keptIn": "answer"}
ACCEPTANCE: dict[str, Any] = {
    "invitation": "ehc_inv_0Jm5pTq2Xw9ZcRb7Yk4VnLs8Dg3HfA1e2Ab3Cd",
    "password": "lantern gravel otter",
}
CLIENT_SECRET: dict[str, Any] = {
    "clientId": "client-6f1c0b5a92d4e873",
    "clientSecret": "ehc_sec_0Jm5pTq2Xw9ZcRb7Yk4VnLs8Dg3HfA1e2Ab3Cd",
    "scope": ["task:read"],
}
_NOTHING: dict[str, Any] = {
    "ticket": None,
    "expiresAt": None,
    "secondFactor": None,
    "recoveryCodes": None,
    "recoveryCodesLeft": None,
    "session": None,
}
CODE_NEEDED: dict[str, Any] = {
    **_NOTHING,
    "state": "code_needed",
    "ticket": _TICKET,
    "expiresAt": "2026-11-02T09:10:00Z",
}
ENROLMENT_NEEDED: dict[str, Any] = {
    **CODE_NEEDED,
    "state": "enrolment_needed",
    "secondFactor": {
        "secret": "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP",
        "address": "otpauth://totp/EHC%20workflow:a.okafor%40sandwell.example?secret=JBSWY3DPEHPK3PXP",
        "picture": "<svg xmlns='http://www.w3.org/2000/svg'/>",
    },
}
SIGNED_IN: dict[str, Any] = {**_NOTHING, "state": "signed_in", "recoveryCodesLeft": 10, "session": OPENED}
ENROLLED: dict[str, Any] = {**SIGNED_IN, "recoveryCodes": ["7KQM-P3XD-W9RT", "C4VN-8HJL-2YFA"]}
ACCESS: dict[str, Any] = {
    "token": "ehc_cat_0Jm5pTq2Xw9ZcRb7Yk4VnLs8Dg3HfA1e2Ab3Cd",
    "expiresAt": "2026-11-02T09:15:00Z",
    "scope": ["task:read"],
}
