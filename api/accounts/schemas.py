"""What accounts look like."""

from __future__ import annotations

from typing import Any

from marshmallow import fields

from api.fields import Instant, Key, Line, WholeNumber, choice
from api.lists import LAST, ListPage
from api.schema import AnswerSchema, RequestSchema
from api.sign_in.schemas import password_field
from engine.services.sign_in import logins

_MANY = 2**31 - 1


class NewAccount(RequestSchema):
    """For whom to open an account, and what is typed at sign-in."""

    person_key = Key(required=True)
    login = Line(required=True, longest=logins.LONGEST)


class Account(AnswerSchema):
    """An account. It lets a person in; what they may do hangs on their memberships."""

    key = Key(required=True)
    person_key = Key(required=True)
    person_name = fields.String(required=True)
    login = fields.String(required=True)
    state = choice("invited", "open", "closed", required=True)
    second_factor = fields.Boolean(required=True, metadata={"description": "Whether one is enrolled."})
    providers = fields.List(
        fields.String(), required=True, metadata={"description": "Providers at which the person may sign in."}
    )
    created_at = Instant(required=True)
    version = WholeNumber(least=1, most=_MANY, required=True)


class AccountPage(ListPage):
    """A page of accounts, the newest first."""

    items = fields.List(fields.Nested(Account), required=True)


class Invitation(AnswerSchema):
    """An account with a link, good for once, with which the person takes possession of it."""

    account = fields.Nested(Account, required=True)
    invitation = fields.String(
        required=True, metadata={"description": "Hand it to the person alone; it's shown this once."}
    )
    expires_at = Instant(required=True)


class PasswordChange(RequestSchema):
    """The present password and a code, and the new password."""

    password = password_field()
    code = Line(required=True, longest=20)
    new_password = password_field()


class Confirmation(RequestSchema):
    """The password and a code, shown again."""

    password = password_field()
    code = Line(required=True, longest=20)


class RecoveryCodes(AnswerSchema):
    """New recovery codes, shown this once."""

    recovery_codes = fields.List(fields.String(), required=True)


NEW_ACCOUNT: dict[str, Any] = {"personKey": "1", "login": "a.okafor@sandwell.example"}
ACCOUNT: dict[str, Any] = {
    "key": "3",
    "personKey": "1",
    "personName": "Amara Okafor",
    "login": "a.okafor@sandwell.example",
    "state": "invited",
    "secondFactor": False,
    "providers": [],
    "createdAt": "2026-11-02T09:00:00Z",
    "version": 1,
}
ACCOUNT_PAGE: dict[str, Any] = {"items": [ACCOUNT], "page": LAST}
INVITATION: dict[str, Any] = {
    "account": ACCOUNT,
    "invitation": "ehc_inv_0Jm5pTq2Xw9ZcRb7Yk4VnLs8Dg3HfA1e2Ab3Cd",
    "expiresAt": "2026-11-05T09:00:00Z",
}
PASSWORD_CHANGE: dict[str, Any] = {
    "password": "lantern gravel otter",
    "code": "418207",
    "newPassword": "copper thistle ladder",
}
CONFIRMATION: dict[str, Any] = {"password": "lantern gravel otter", "code": "418207"}
RECOVERY_CODES: dict[str, Any] = {"recoveryCodes": ["7KQM-P3XD-W9RT", "C4VN-8HJL-2YFA"]}
